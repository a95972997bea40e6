import type { Proven } from './world.d.mts';

export function kill(about: {
  readonly dist: string;
  readonly blows?: number;
  readonly graceMs?: number;
  readonly mode?: 'library' | 'command';
}): Promise<Proven>;
