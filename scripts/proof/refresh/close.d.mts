import type { Proven } from './world.d.mts';

export function closing(about: { readonly dist: string }): Promise<Proven>;

export function interrupted(about: { readonly dist: string; readonly signal?: NodeJS.Signals }): Promise<Proven>;
