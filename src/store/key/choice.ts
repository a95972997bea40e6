/**
 * The note beside the records that says which key they were begun with: chosen once, never silently changed.
 *
 * @module
 */
import { errnoOf } from '../../base/errors.ts';
import type { Disk } from '../disk.ts';
import { newerFile } from '../faults.ts';
import type { NoticeBoard } from '../notices.ts';
import { tempName } from '../places.ts';
import type { Places } from '../places.ts';
import { join } from 'node:path';

/** Which key a folder was begun with. No key is ever in it. */
export type Choice =
  /** Records are plain. */
  | { readonly from: 'none'; readonly why: string }
  /** A file, where it was then. */
  | { readonly from: 'file'; readonly path: string; readonly id: string }
  | { readonly from: 'keyring'; readonly service: string; readonly account: string; readonly id: string };

const SCHEMA = 'store/v1';
const LARGEST = 64 * 1024;

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

function choiceIn(value: unknown): Choice | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { from, why, path, id, service, account } = value as Readonly<Record<string, unknown>>;
  if (from === 'none') return { from, why: isText(why) ? why : 'no reason is noted' };
  if (from === 'file' && isText(path) && isText(id)) return { from, path, id };
  if (from === 'keyring' && isText(service) && isText(account) && isText(id)) return { from, service, account, id };
  return undefined;
}

function parsed(bytes: Uint8Array | undefined): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    return undefined;
  }
}

/** What the note file is made of. */
export interface ChoiceParts {
  readonly places: Places;
  readonly disk: Disk;
  readonly notices: NoticeBoard;
}

/**
 * The choice as noted: `undefined` when none was made, `damaged` when the note cannot be understood. Errors: those of the
 * disk; `ERR_STORE_UNREADABLE` for a later version's note.
 */
export async function readChoice({ places, disk, notices }: ChoiceParts): Promise<Choice | 'damaged' | undefined> {
  const found = await disk.read(places.choice, LARGEST);
  if (found === undefined) return undefined;
  notices.modes(places.choice, found.modes);
  const file = parsed(found.bytes);
  const schema = file?.['schema'];
  if (isText(schema) && /^store\/v[1-9]\d*$/.test(schema) && schema !== SCHEMA) throw newerFile(places.choice, schema);
  return (schema === SCHEMA ? choiceIn(file?.['key']) : undefined) ?? 'damaged';
}

/** Notes the choice. The caller holds the lock of the note. Errors: those of the disk. */
export async function writeChoice({ places, disk }: ChoiceParts, choice: Choice): Promise<void> {
  const text = Buffer.from(`${JSON.stringify({ schema: SCHEMA, key: choice }, null, 2)}\n`);
  const file = await disk.create(join(places.root, tempName('store')), text.length);
  try {
    await file.fill(text);
    await disk.rename(file.path, places.choice);
  } catch (error) {
    await disk.remove(file.path).catch(() => false);
    throw error;
  } finally {
    await file.close();
  }
  await disk.sync(places.root);
}

/** Moves a note that cannot be understood out of the way, and tells so. */
export async function setChoiceAside({ places, disk, notices }: ChoiceParts, stamp: string): Promise<void> {
  const kept = `${places.choice}.damaged-${stamp}`;
  await disk.rename(places.choice, kept).catch((error: unknown) => {
    if (errnoOf(error) !== 'ENOENT') throw error;
  });
  notices.add({
    kind: 'quarantined',
    path: kept,
    text: `${places.choice} cannot be understood; it is kept as ${kept}`,
  });
}
