import type { Proven } from './world.d.mts';

export function disk(about: { readonly dist: string; readonly isQuick?: boolean }): Promise<Proven>;
