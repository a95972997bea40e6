import type { Proven } from './world.d.mts';

export function freeze(about: {
  readonly dist: string;
  readonly freezeMs?: number;
  readonly numbers?: Readonly<Record<string, number>>;
}): Promise<Proven>;
