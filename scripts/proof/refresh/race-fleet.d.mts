import type { Proven } from './world.d.mts';

export function raceFleet(about: {
  readonly dist: string;
  readonly seconds?: number;
  readonly processes?: number;
  readonly servers?: number;
}): Promise<Proven>;
