import type { Proven } from './world.d.mts';

export function closing(about: { readonly dist: string }): Promise<Proven>;
