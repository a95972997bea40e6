import type { Proven } from './world.d.mts';

export function race(about: {
  readonly dist: string;
  readonly trials?: number;
  readonly processes?: number;
  readonly callers?: number;
}): Promise<Proven>;
