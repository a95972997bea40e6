/**
 * The last good lists of servers as files, one for each effective entry: readable by their owner alone, bounded in number.
 *
 * @module
 */
import { basename, join } from 'node:path';
import { messageOf } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { KeptLists } from '../core/kept-lists.ts';
import type { Files } from '../core/machine.ts';
import type { Lists } from '../core/ports.ts';

/** What keeping lists in files needs. */
export interface KeptListsParts {
  /** The state folder; the files lie in `lists` inside it. */
  readonly folder: string;
  readonly files: Files;
  readonly logger: Logger;
  /** Files that are kept; the oldest ones go. Default 400. */
  readonly most?: number;
}

const MOST = 400;
/** Lists larger than this, in characters, are read anew instead. */
const LARGEST = 8_388_608;
const NAME = /^[0-9a-f]{16,128}\.json$/;
const SCHEMA = 'lists/v1';
const LIST_KEYS = ['tools', 'prompts', 'resources', 'resourceTemplates'] as const;

/** The lists in a text of ours; `undefined` for anything else. */
function readLists(text: string): Lists | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { schema, lists } = value as { readonly schema?: unknown; readonly lists?: unknown };
  if (schema !== SCHEMA || typeof lists !== 'object' || lists === null) return undefined;
  const read = lists as Lists;
  return LIST_KEYS.every((key) => Array.isArray(read[key])) ? read : undefined;
}

/** Opens the folder. It is made by the first thing that is kept. */
export function createKeptLists({ folder, files, logger, most = MOST }: KeptListsParts): KeptLists {
  const place = join(folder, 'lists');
  const fileOf = (key: string): string | undefined =>
    NAME.test(`${key}.json`) ? join(place, `${key}.json`) : undefined;
  const quietly = async (what: string, work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      logger.debug({ error: messageOf(error) }, what);
    }
  };

  const prune = async (): Promise<void> => {
    const names = (await files.list(place)).map((path) => basename(path)).filter((name) => NAME.test(name));
    if (names.length <= most) return;
    const aged = await Promise.all(
      names.map(async (name) => ({ name, at: (await files.facts(join(place, name)))?.mtimeMs ?? 0 })),
    );
    const oldest = aged.toSorted((one, other) => one.at - other.at).slice(0, names.length - most);
    await Promise.all(oldest.map(({ name }) => files.remove(join(place, name))));
  };

  return {
    async load(key) {
      const path = fileOf(key);
      if (path === undefined) return undefined;
      try {
        const text = await files.readText(path, LARGEST);
        return text === undefined ? undefined : readLists(text);
      } catch (error) {
        logger.debug({ error: messageOf(error) }, 'kept lists cannot be read');
        return undefined;
      }
    },
    async save(key, lists) {
      const path = fileOf(key);
      if (path === undefined) return;
      await quietly('lists cannot be kept', async () => {
        const text = JSON.stringify({ schema: SCHEMA, lists });
        if (text.length > LARGEST) return;
        const isNew = (await files.facts(path)) === undefined;
        await files.writeAtomic(path, text, 0o600);
        if (isNew) await prune();
      });
    },
    async forget(key) {
      const path = fileOf(key);
      if (path !== undefined) await quietly('kept lists cannot be forgotten', () => files.remove(path));
    },
  };
}
