import type { Proven } from '../refresh/world.d.mts';

export function chaos(about: {
  readonly dist: string;
  readonly seconds?: number;
  readonly clients?: number;
  readonly calls?: number;
  readonly cutMs?: number;
  readonly killMs?: number;
  readonly rotateMs?: number;
}): Promise<Proven>;
