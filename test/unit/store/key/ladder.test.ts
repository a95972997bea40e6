import { promises as fs } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { silentLogger } from '../../../../src/base/logger.ts';
import type { Keys } from '../../../../src/store/cipher.ts';
import type { Keyring, KeyringAnswer, KeyringItem } from '../../../../src/store/key/keyring.ts';
import { createKeys } from '../../../../src/store/key/ladder.ts';
import { NoticeBoard } from '../../../../src/store/notices.ts';
import { Places } from '../../../../src/store/places.ts';
import { createVirtualClock } from '../../../../src/testing/virtual-clock.ts';
import { memoryDisk } from '../../../support/memory-disk.ts';
import type { MemoryDisk } from '../../../support/memory-disk.ts';
import { memoryLocks } from '../../../support/memory-files.ts';
import { ROOT, keyOf } from '../../../support/store-rig.ts';
import { codeOf } from '../../../support/waiting.ts';

let folder = '';
beforeEach(async () => {
  folder = await fs.mkdtemp(join(tmpdir(), 'holdfast-key-'));
});
afterEach(() => fs.rm(folder, { recursive: true, force: true }));

/** A keyring in memory; `answer` replaces what it says. */
interface FakeKeyring extends Keyring {
  readonly items: Map<string, string>;
  readonly asked: string[];
  answer: (work: 'get' | 'set' | 'remove', item: KeyringItem) => KeyringAnswer | undefined;
}

function fakeKeyring(): FakeKeyring {
  const items = new Map<string, string>();
  const asked: string[] = [];
  const nameOf = ({ service, account }: KeyringItem): string => `${service}/${account}`;
  const keyring: FakeKeyring = {
    items,
    asked,
    answer: () => undefined,
    async get(item) {
      asked.push(`get ${nameOf(item)}`);
      const text = items.get(nameOf(item));
      return keyring.answer('get', item) ?? { ok: true, ...(text === undefined ? {} : { text }) };
    },
    async set(item, text) {
      asked.push(`set ${nameOf(item)}`);
      const answer = keyring.answer('set', item);
      if (answer === undefined) items.set(nameOf(item), text);
      return answer ?? { ok: true };
    },
    async remove(item) {
      asked.push(`remove ${nameOf(item)}`);
      const answer = keyring.answer('remove', item);
      if (answer === undefined) items.delete(nameOf(item));
      return answer ?? { ok: true };
    },
  };
  return keyring;
}

interface Rig {
  readonly disk: MemoryDisk;
  readonly keyring: FakeKeyring;
  readonly clock: ReturnType<typeof createVirtualClock>;
  /** The keys as another process would open them. */
  readonly keys: (env?: Record<string, string>) => Keys;
  readonly noticed: () => readonly string[];
  readonly choice: () => Record<string, unknown>;
}

function rigOf(): Rig {
  const disk = memoryDisk();
  const keyring = fakeKeyring();
  const clock = createVirtualClock();
  const locks = memoryLocks();
  const places = new Places(ROOT);
  let notices = new NoticeBoard(silentLogger);
  return {
    disk,
    keyring,
    clock,
    keys(env = {}) {
      notices = new NoticeBoard(silentLogger);
      return createKeys({ places, disk, locks, clock, env, notices, keyring: () => Promise.resolve(keyring) });
    },
    noticed: () => notices.all().map(({ kind, text }) => `${kind}: ${text}`),
    choice: () => (JSON.parse(disk.text(places.choice)) as { key: Record<string, unknown> }).key,
  };
}

const none: KeyringAnswer = { ok: false, why: 'no bus' };

async function keyFile(byte: number, name = 'key'): Promise<string> {
  const path = join(folder, name);
  await fs.writeFile(path, Buffer.alloc(32, byte));
  return path;
}

describe('[store.key-ladder] the key of a store', () => {
  test('is that of the named file before any other', async () => {
    const r = rigOf();
    const path = await keyFile(1);
    const key = await r.keys({ HOLDFAST_KEY_FILE: path, CREDENTIALS_DIRECTORY: folder }).forWriting();
    expect([key?.id, r.choice(), r.keyring.asked]).toEqual([keyOf(1).id, { from: 'file', path, id: keyOf(1).id }, []]);
  });

  test('is the credential that systemd hands over, and the keyring where it hands over none', async () => {
    const r = rigOf();
    await keyFile(2, 'holdfast-key');
    expect((await r.keys({ CREDENTIALS_DIRECTORY: folder }).forWriting())?.id).toBe(keyOf(2).id);
    const other = rigOf();
    await other.keys({ CREDENTIALS_DIRECTORY: join(folder, 'empty') }).forWriting();
    expect(other.choice()['from']).toBe('keyring');
  });

  test('is one small item of a keyring that has proved itself', async () => {
    const r = rigOf();
    const key = await r.keys().forWriting();
    expect(r.choice()).toMatchObject({ from: 'keyring', service: 'holdfast', id: key?.id });
    const [item, ...others] = [...r.keyring.items];
    expect([item?.[0], item?.[1].length, others]).toEqual([`holdfast/${String(r.choice()['account'])}`, 44, []]);
    expect(r.disk.text(`${ROOT}/store.json`)).not.toContain(item?.[1]);
    expect(r.noticed()).toEqual([]);
  });

  test.each<[string, FakeKeyring['answer']]>([
    ['is not there', () => none],
    ['cannot be written', (work) => (work === 'set' ? none : undefined)],
    ['cannot be read', (work, { account }) => (work === 'get' && account.startsWith('probe') ? none : undefined)],
    ['forgets', (work) => (work === 'get' ? { ok: true } : undefined)],
    [
      'says something else',
      (work, { account }) => (work === 'get' && account.startsWith('probe') ? { ok: true, text: 'x' } : undefined),
    ],
    ['cannot remove', (work) => (work === 'remove' ? none : undefined)],
    ['only says that it removes', (work) => (work === 'remove' ? { ok: true } : undefined)],
    [
      'does not keep the key itself',
      (work, { account }) => (work === 'set' && account.startsWith('store') ? { ok: true } : undefined),
    ],
  ])('[store.keyring-proof] is none where the keyring %s, and that is told with the remedy', async (_what, answer) => {
    const r = rigOf();
    r.keyring.answer = answer;
    expect(await r.keys().forWriting()).toBeUndefined();
    expect(r.choice()['from']).toBe('none');
    expect(r.noticed()).toEqual([
      expect.stringMatching(/^plaintext: Logins in \/state are not encrypted \(no keyring: .*HOLDFAST_KEY_FILE/),
    ]);
  });

  test('is none without asking where HOLDFAST_KEYRING is off', async () => {
    const r = rigOf();
    expect(await r.keys({ HOLDFAST_KEYRING: 'off' }).forWriting()).toBeUndefined();
    expect([r.choice(), r.keyring.asked]).toEqual([{ from: 'none', why: 'HOLDFAST_KEYRING is off' }, []]);
  });

  test('is chosen once by many who ask at the same time, in one process and in several', async () => {
    const r = rigOf();
    const one = r.keys();
    const ids = await Promise.all([one, one, r.keys(), r.keys()].map(async (keys) => (await keys.forWriting())?.id));
    expect(new Set(ids).size).toBe(1);
    expect(r.keyring.items.size).toBe(1);
  });

  test('is read once in a process', async () => {
    const r = rigOf();
    await r.keys().forWriting();
    r.keyring.asked.length = 0;
    const keys = r.keys();
    const id = String(r.choice()['id']);
    for (let times = 0; times < 5; times += 1) await Promise.all([keys.forReading(id), keys.forWriting()]);
    expect(r.keyring.asked).toHaveLength(1);
  });

  test('stays none when a key file or a keyring comes later, and it is said how to change that', async () => {
    const r = rigOf();
    await r.keys({ HOLDFAST_KEYRING: 'off' }).forWriting();
    const path = await keyFile(1);
    expect(await r.keys({ HOLDFAST_KEY_FILE: path }).forWriting()).toBeUndefined();
    expect(r.noticed().join('')).toContain(`There is a key in ${path} now: to use it, remove /state/store.json`);
    expect(await r.keys().forWriting()).toBeUndefined();
  });

  test('stays that of the keyring when a key file is named later', async () => {
    const r = rigOf();
    const before = await r.keys().forWriting();
    const after = await r.keys({ HOLDFAST_KEY_FILE: await keyFile(1) }).forWriting();
    expect(after?.id).toBe(before?.id);
  });

  test('is found where its file lay when nobody names it any more, and where it was moved to', async () => {
    const r = rigOf();
    const path = await keyFile(1);
    await r.keys({ HOLDFAST_KEY_FILE: path }).forWriting();
    expect((await r.keys().forReading(keyOf(1).id)).id).toBe(keyOf(1).id);
    const moved = join(folder, 'moved');
    await fs.rename(path, moved);
    expect((await r.keys({ HOLDFAST_KEY_FILE: moved }).forReading(keyOf(1).id)).id).toBe(keyOf(1).id);
  });

  test('is found again in the keyring when the note is lost or damaged', async () => {
    const r = rigOf();
    const id = (await r.keys().forWriting())?.id ?? '';
    r.disk.files.delete(`${ROOT}/store.json`);
    expect((await r.keys().forReading(id)).id).toBe(id);
    expect((await r.keys().forWriting())?.id).toBe(id);
    r.disk.put(`${ROOT}/store.json`, '{"half');
    expect((await r.keys().forReading(id)).id).toBe(id);
    expect((await r.keys().forWriting())?.id).toBe(id);
    expect([...r.disk.files.keys()].filter((path) => path.includes('store.json.damaged-'))).toHaveLength(1);
    expect(r.noticed().join('')).toMatch(/^quarantined: /);
  });

  test('of records older than the choice is found in the file that is named', async () => {
    const r = rigOf();
    await r.keys({ HOLDFAST_KEYRING: 'off' }).forWriting();
    expect((await r.keys({ HOLDFAST_KEY_FILE: await keyFile(3) }).forReading(keyOf(3).id)).id).toBe(keyOf(3).id);
  });

  test('[store.newer] is not looked for by the note of a later version', async () => {
    const r = rigOf();
    r.disk.put(`${ROOT}/store.json`, '{"schema":"store/v2"}');
    expect(await codeOf(r.keys().forWriting())).toBe('ERR_STORE_UNREADABLE');
    expect(r.disk.text(`${ROOT}/store.json`)).toBe('{"schema":"store/v2"}');
  });

  test('[store.faults] is not used where the choice cannot be noted, and can be as soon as it can', async () => {
    const r = rigOf();
    r.disk.fault = (work) => (work === 'create' ? 'ENOSPC' : undefined);
    const keys = r.keys();
    expect(await codeOf(keys.forWriting())).toBe('ERR_STORE_UNWRITABLE');
    r.disk.fault = () => undefined;
    expect(await keys.forWriting()).toBeDefined();
  });
});

describe('[store.key-unreadable] a key that cannot be read', () => {
  test('from a locked keyring is an error and a notice, is asked for again a little later, and then both are gone', async () => {
    const r = rigOf();
    const id = (await r.keys().forWriting())?.id ?? '';
    const keys = r.keys();
    r.keyring.answer = () => ({ ok: false, why: 'it is locked' });
    r.keyring.asked.length = 0;
    for (const work of [() => keys.forReading(id), () => keys.forReading(id), () => keys.forWriting()])
      expect(await codeOf(work())).toBe('ERR_STORE_UNREADABLE');
    expect(r.keyring.asked).toHaveLength(1);
    expect(r.noticed()).toEqual(['key-unreadable: the key of the logins cannot be read: it is locked']);
    r.keyring.answer = () => undefined;
    await r.clock.advance(6_000);
    expect((await keys.forReading(id)).id).toBe(id);
    expect(r.noticed()).toEqual([]);
  });

  test.each<[string, (r: Rig) => void]>([
    ['is gone from the keyring', (r) => r.keyring.items.clear()],
    [
      'is another one there',
      (r) =>
        r.keyring.items.forEach((_text, name) => r.keyring.items.set(name, Buffer.alloc(32, 9).toString('base64'))),
    ],
    ['is nonsense there', (r) => r.keyring.items.forEach((_text, name) => r.keyring.items.set(name, 'nonsense'))],
  ])('because it %s is never replaced by a new one', async (_what, harm) => {
    const r = rigOf();
    const id = (await r.keys().forWriting())?.id ?? '';
    harm(r);
    const before = [...r.keyring.items];
    expect(await codeOf(r.keys().forReading(id))).toBe('ERR_STORE_UNREADABLE');
    expect(await codeOf(r.keys().forWriting())).toBe('ERR_STORE_UNREADABLE');
    expect([...r.keyring.items]).toEqual(before);
    expect(r.choice()['id']).toBe(id);
  });

  test('because its file is gone, another one or nonsense is an error that names the file', async () => {
    const r = rigOf();
    const path = await keyFile(1);
    await r.keys({ HOLDFAST_KEY_FILE: path }).forWriting();
    for (const harm of [() => fs.rm(path), () => keyFile(2), () => fs.writeFile(path, 'open sesame')]) {
      await harm();
      const keys = r.keys({ HOLDFAST_KEY_FILE: path });
      await expect(keys.forReading(keyOf(1).id)).rejects.toMatchObject({
        code: 'ERR_STORE_UNREADABLE',
        message: expect.stringContaining(path) as unknown,
      });
      expect(r.noticed().join('')).toMatch(/^key-unreadable: /);
    }
  });

  test('because the file that a person names is missing or no key writes nothing, plain least of all', async () => {
    for (const content of [undefined, 'open sesame', '']) {
      const r = rigOf();
      const path = join(folder, `key-${String(content)}`);
      if (content !== undefined) await fs.writeFile(path, content);
      expect(await codeOf(r.keys({ HOLDFAST_KEY_FILE: path }).forWriting())).toBe('ERR_STORE_UNREADABLE');
      expect([...r.disk.files.keys()].filter((name) => name.endsWith('store.json'))).toEqual([]);
    }
  });

  test('because it is named by a path that means another file in another folder writes nothing', async () => {
    const r = rigOf();
    const error = await r
      .keys({ HOLDFAST_KEY_FILE: 'my.key' })
      .forWriting()
      .catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'ERR_STORE_UNREADABLE', hint: expect.stringContaining('root') as string });
    expect([...r.disk.files.keys()].filter((name) => name.endsWith('store.json'))).toEqual([]);
  });

  test('because nobody has ever noted one is an error, too', async () => {
    const r = rigOf();
    r.keyring.answer = () => none;
    expect(await codeOf(r.keys().forReading('0123456789abcdef'))).toBe('ERR_STORE_UNREADABLE');
    expect(r.noticed().join('')).toMatch(/^key-unreadable: /);
  });
});

describe('a key file', () => {
  test.each([
    ['32 bytes', Buffer.alloc(32, 1)],
    ['hex with a line end', `${'01'.repeat(32)}\n`],
    ['base64', Buffer.alloc(32, 1).toString('base64')],
    ['base64 without its last sign', `${Buffer.alloc(32, 1).toString('base64').slice(0, -1)}\r\n`],
  ])('may hold a key as %s', async (_what, content) => {
    const path = join(folder, 'key');
    await fs.writeFile(path, content);
    expect((await rigOf().keys({ HOLDFAST_KEY_FILE: path }).forWriting())?.id).toBe(keyOf(1).id);
  });
});
