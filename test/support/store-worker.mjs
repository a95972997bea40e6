/**
 * A process that works on a store of files as it is told, for tests of many processes. Arguments: folder of the built
 * package, state folder, work, number.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import { existsSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [dist, folder, work, number] = process.argv.slice(2);
const load = (file) => import(pathToFileURL(join(dist, file)).href);
const [
  { systemClock: clock },
  { silentLogger: logger },
  { createFileStore },
  { createFiles },
  { createLocks },
  cipher,
] = await Promise.all(
  [
    'base/clock.js',
    'base/logger.js',
    'store/file-store.js',
    'system/files.js',
    'system/locks.js',
    'store/cipher.js',
  ].map(load),
);

const key = cipher.storeKey(new Uint8Array(32).fill(1));
const store = createFileStore({
  folder,
  files: createFiles({ clock }),
  locks: createLocks({ clock, platform: process.platform }),
  clock,
  logger,
  uid: process.getuid?.(),
  keys: { forWriting: async () => key, forReading: async () => key, sawPlain: async () => undefined },
});
// At once and in one piece: a process that is killed has said all that it has done.
const say = (fact) => writeSync(1, `${JSON.stringify(fact)}\n`);
const bodyOf = (text) => ({
  id: 'a1',
  facts: { text, sum: createHash('sha256').update(text).digest('hex') },
  secrets: { accessToken: `${text} ${'x'.repeat(2_000)}` },
});

/** Counts a record up, `number` times, against everybody else. */
async function count() {
  while (!existsSync(join(folder, 'go'))) await clock.sleep(5);
  for (let won = 0; won < Number(number);) {
    const seen = (await store.read('credential', 'a1'))?.generation ?? 0;
    const room = await store.reserve('credential', 'a1');
    const record = await store.write('credential', bodyOf(`${process.pid} after ${seen}`), seen, room);
    await room.release();
    if (record === undefined) continue;
    won += 1;
    say({ generation: record.generation, text: record.facts.text });
  }
}

/** Writes for ever, and says what is safe. */
async function write() {
  for (;;) {
    const seen = (await store.read('credential', 'a1'))?.generation ?? 0;
    const room = await store.reserve('credential', 'a1');
    say({ begun: seen + 1 });
    const record = await store.write('credential', bodyOf(`number ${seen + 1}`), seen, room);
    say({ safe: record.generation });
  }
}

await { count, write }[work]();
