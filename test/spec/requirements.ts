/**
 * Every requirement of the product, gathered from the files beside this one.
 *
 * @module
 */
import { readdirSync } from 'node:fs';
import type { Requirement } from './requirements/requirement.ts';

const folder = new URL('requirements/', import.meta.url);
const areas = readdirSync(folder)
  .filter((file) => file.endsWith('.ts') && file !== 'requirement.ts')
  .map((file) => file.slice(0, -'.ts'.length));

async function ofArea(area: string): Promise<readonly Requirement[]> {
  const loaded = (await import(`./requirements/${area}.ts`)) as { REQUIREMENTS: readonly Requirement[] };
  return loaded.REQUIREMENTS;
}

/** All of them, in the order of their files. A new file in `requirements/` is found by itself. */
export const REQUIREMENTS: readonly Requirement[] = (await Promise.all(areas.map(ofArea))).flat();
