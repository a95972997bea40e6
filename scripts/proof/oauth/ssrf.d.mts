import type { Proven } from '../refresh/world.d.mts';

export const SPELLINGS: readonly string[];
export function ssrf(options: { readonly dist: string }): Promise<Proven>;
