import type { Proven } from '../refresh/world.d.mts';

export function hostile(options: {
  readonly dist: string;
  readonly isQuick: boolean;
  /** Which cases, by `document, as place`. Default all. */
  readonly only?: (name: string) => boolean;
}): Promise<Proven>;
