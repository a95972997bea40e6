/**
 * Removes what writes that were cut short have left behind.
 *
 * @module
 */
import { join } from 'node:path';
import type { RecordKind } from '../core/store.ts';
import { isTemp } from './places.ts';
import type { Parts } from './reader.ts';

/** No write takes so long. */
const STRAY_MS = 24 * 3_600_000;

/** Removes temp files older than a day from the folder of a kind. Never throws: it is done again at the next start. */
export async function sweep(
  { places, disk, clock }: Pick<Parts, 'places' | 'disk' | 'clock'>,
  kind: RecordKind,
): Promise<void> {
  const folder = places.folder(kind);
  try {
    for (const name of await disk.names(folder)) {
      if (!isTemp(name)) continue;
      const path = join(folder, name);
      const facts = await disk.look(path);
      if (facts !== undefined && clock.now() - facts.modifiedAt > STRAY_MS) await disk.remove(path);
    }
  } catch {
    // A folder that cannot be listed is told by whoever needs it.
  }
}
