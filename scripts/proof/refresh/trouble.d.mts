import type { Proven } from './world.d.mts';

export function trouble(about: {
  readonly dist: string;
  readonly retryAfterMs?: number;
  readonly numbers?: Readonly<Record<string, number>>;
}): Promise<Proven>;
