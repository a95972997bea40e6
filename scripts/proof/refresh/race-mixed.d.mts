import type { Proven } from './world.d.mts';

export function raceMixed(about: {
  readonly dist: string;
  readonly trials?: number;
  readonly libraries?: number;
  readonly shells?: number;
  readonly callers?: number;
}): Promise<Proven>;
