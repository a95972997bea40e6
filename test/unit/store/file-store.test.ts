import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { messageOf } from '../../../src/base/errors.ts';
import type { StoreChange } from '../../../src/core/store.ts';
import { codeOf } from '../../support/waiting.ts';
import { ROOT, bodyOf, fileOf, keyOf, keysOf, storeRig } from '../../support/store-rig.ts';
import type { StoreRig } from '../../support/store-rig.ts';

const FOLDER = `${ROOT}/credentials`;
const errorOf = async (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );
const namesIn = (rig: StoreRig): readonly string[] =>
  [...rig.disk.files.keys()].filter((path) => path.startsWith(FOLDER)).map((path) => path.slice(FOLDER.length + 1));

describe('records as files', () => {
  test('are JSON with a schema; without a key the secrets stand in it', async () => {
    const rig = storeRig();
    await rig.store.write('credential', bodyOf('a1'), 0);
    expect(JSON.parse(rig.disk.text(fileOf('a1')))).toMatchObject({
      schema: 'record/v1',
      record: { kind: 'credential', id: 'a1', generation: 1, secrets: { form: 'plain', values: bodyOf('a1').secrets } },
    });
  });

  test('[store.cipher] with a key no secret stands in them, and the facts do', async () => {
    const rig = storeRig(keysOf(keyOf(1)));
    await rig.store.write('credential', bodyOf('a1'), 0);
    const text = rig.disk.text(fileOf('a1'));
    expect(text).toContain('https://a1.example/mcp');
    expect(text).not.toMatch(/access-a1|refresh-a1/);
    expect(await rig.again(keysOf(keyOf(1))).read('credential', 'a1')).toEqual({ ...bodyOf('a1'), generation: 1 });
  });

  test('[store.whole] are written beside their place, synced, renamed, and their folder synced, in this order', async () => {
    const rig = storeRig();
    await rig.store.write('credential', bodyOf('a1'), 0);
    const words = rig.disk.asked.map((text) => text.split(' ')[0]);
    expect(words.slice(words.indexOf('create'))).toEqual(['create', 'fill', 'rename', 'sync']);
    expect(namesIn(rig)).toEqual(['a1.json']);
  });

  test('nothing is made by reading, listing or removing', async () => {
    const rig = storeRig();
    await rig.store.read('credential', 'a1');
    await rig.store.list('credential');
    await rig.store.remove('credential', 'a1');
    expect([rig.disk.files.size, rig.disk.folders.size]).toEqual([0, 0]);
  });

  test.each(['', '../a', 'A1', 'a.json', 'x'.repeat(3), 'a'.repeat(65)])('an id like %j is refused', async (id) => {
    const { store } = storeRig();
    const body = { ...bodyOf('a1'), id };
    expect(await codeOf(store.write('credential', body, 0))).toBe('ERR_INTERNAL');
    expect(await codeOf(store.read('credential', id))).toBe('ERR_INTERNAL');
    expect(await codeOf(store.reserve('credential', id))).toBe('ERR_INTERNAL');
  });

  test('a record that would be too large to be read again is not written', async () => {
    const { store, disk } = storeRig();
    const body = { ...bodyOf('a1'), secrets: { accessToken: 'x'.repeat(2 * 1024 * 1024) } };
    expect(await codeOf(store.write('credential', body, 0))).toBe('ERR_STORE_UNWRITABLE');
    expect([...disk.files.keys()].filter((path) => path.startsWith(FOLDER))).toEqual([]);
  });
});

describe('[store.reserve] room that was reserved', () => {
  const full = (rig: StoreRig): void => {
    rig.disk.fault = (work) => (['create', 'touch', 'makeFolder'].includes(work) ? 'ENOSPC' : undefined);
  };

  test('takes the record when nothing new can be made any more', async () => {
    const rig = storeRig();
    const room = await rig.store.reserve('credential', 'a1');
    const sizes = [...rig.disk.files.values()].map(({ length }) => length);
    expect(sizes).toContain(16 * 1024);
    rig.disk.fault = (work) => (work === 'create' || work === 'touch' ? 'ENOSPC' : undefined);
    expect(await rig.store.write('credential', bodyOf('a1'), 0, room)).toMatchObject({ generation: 1 });
    rig.disk.fault = () => undefined;
    expect(await rig.store.read('credential', 'a1')).toMatchObject(bodyOf('a1'));
    expect(namesIn(rig)).toEqual(['a1.json']);
  });

  test.each(['makeFolder', 'create', 'touch'] as const)(
    '[store.faults] cannot be had when %s fails, and the error names the path',
    async (work) => {
      const rig = storeRig();
      rig.disk.fault = (asked) => (asked === work ? 'ENOSPC' : undefined);
      expect(await errorOf(rig.store.reserve('credential', 'a1'))).toMatchObject({
        code: 'ERR_STORE_UNWRITABLE',
        message: `${fileOf('a1')} cannot be written: ENOSPC`,
        hint: 'Free some space on that disk.',
        data: { path: fileOf('a1'), errno: 'ENOSPC' },
      });
    },
  );

  test.each(['fill', 'rename'] as const)('stays for another try when %s fails once', async (work) => {
    const rig = storeRig();
    const room = await rig.store.reserve('credential', 'a1');
    let isFirst = true;
    rig.disk.fault = (asked) => {
      if (asked !== work || !isFirst) return undefined;
      isFirst = false;
      return 'EIO';
    };
    expect(await codeOf(rig.store.write('credential', bodyOf('a1'), 0, room))).toBe('ERR_STORE_UNWRITABLE');
    expect(await rig.store.write('credential', bodyOf('a1'), 0, room)).toMatchObject({ generation: 1 });
    expect(namesIn(rig)).toEqual(['a1.json']);
  });

  test('is made anew when somebody has cleaned it away', async () => {
    const rig = storeRig();
    const room = await rig.store.reserve('credential', 'a1');
    for (const name of namesIn(rig)) rig.disk.files.delete(`${FOLDER}/${name}`);
    expect(await rig.store.write('credential', bodyOf('a1'), 0, room)).toMatchObject({ generation: 1 });
    expect(await rig.store.read('credential', 'a1')).toMatchObject(bodyOf('a1'));
  });

  test('leaves nothing when it is given back', async () => {
    const rig = storeRig();
    const room = await rig.store.reserve('credential', 'a1', 64);
    expect(namesIn(rig)).toHaveLength(1);
    await room.release();
    expect(namesIn(rig)).toEqual([]);
    full(rig);
    await room.release();
  });

  test('that is used up by a write whose last step failed does not keep that write from being tried again', async () => {
    const rig = storeRig();
    const room = await rig.store.reserve('credential', 'a1');
    rig.disk.fault = (work) => (work === 'sync' ? 'EIO' : undefined);
    expect(await codeOf(rig.store.write('credential', bodyOf('a1'), 0, room))).toBe('ERR_STORE_UNWRITABLE');
    rig.disk.fault = () => undefined;
    expect(await rig.store.write('credential', bodyOf('a1'), 0, room)).toBeUndefined();
    expect(await rig.store.read('credential', 'a1')).toEqual({ ...bodyOf('a1'), generation: 1 });
  });

  test('serves only its own record', async () => {
    const rig = storeRig();
    const room = await rig.store.reserve('credential', 'a1');
    expect(await codeOf(rig.store.write('credential', bodyOf('b2'), 0, room))).toBe('ERR_INTERNAL');
    expect(await codeOf(rig.store.write('flow', bodyOf('a1'), 0, room))).toBe('ERR_INTERNAL');
    expect(await rig.store.write('credential', bodyOf('a1'), 0, room)).toMatchObject({ generation: 1 });
  });

  test('cannot be had where the key cannot', async () => {
    const refused = { ...keysOf(keyOf(1)), forWriting: () => Promise.reject(new Error('locked')) };
    const rig = storeRig(refused);
    expect(await codeOf(rig.store.reserve('credential', 'a1'))).toBe('ERR_STORE_UNWRITABLE');
    expect(namesIn(rig)).toEqual([]);
  });
});

describe('[store.faults] a disk that fails', () => {
  const WORKS = [
    'makeFolder',
    'names',
    'checkFolder',
    'read',
    'create',
    'fill',
    'touch',
    'rename',
    'remove',
    'sync',
    'look',
  ] as const;

  test.each(WORKS.flatMap((work) => ['ENOSPC', 'EROFS', 'EIO'].map((code) => [work, code] as const)))(
    'in %s with %s leaves the old record or the new one, and says so',
    async (work, code) => {
      const rig = storeRig(keysOf(keyOf(1)));
      await rig.store.write('credential', bodyOf('a1', 'old'), 0);
      rig.disk.fault = (asked) => (asked === work ? code : undefined);
      const outcome = await errorOf(rig.store.write('credential', bodyOf('a1', 'new'), 1));
      rig.disk.fault = () => undefined;
      if (outcome !== undefined) {
        expect(outcome).toMatchObject({ code: 'ERR_STORE_UNWRITABLE', data: { path: fileOf('a1'), errno: code } });
        expect(messageOf(outcome)).toContain(fileOf('a1'));
      }
      const kept = await rig.again(keysOf(keyOf(1))).read('credential', 'a1');
      // The sync of the folder comes after the rename: the new record is there, only not surely after a loss of power.
      const word = outcome === undefined || work === 'sync' ? 'new' : 'old';
      expect(kept?.secrets).toEqual(bodyOf('a1', word).secrets);
      expect(rig.store.notices()).toEqual([]);
    },
  );

  test.each(['checkFolder', 'names', 'read'] as const)('in %s is an error, never "no login"', async (work) => {
    const rig = storeRig();
    await rig.store.write('credential', bodyOf('a1'), 0);
    rig.disk.fault = (asked) => (asked === work ? 'EIO' : undefined);
    expect(await codeOf(rig.store.list('credential'))).toBe('ERR_STORE_UNREADABLE');
    if (work !== 'names') expect(await codeOf(rig.store.read('credential', 'a1'))).toBe('ERR_STORE_UNREADABLE');
    rig.disk.fault = () => undefined;
    expect(await rig.store.list('credential')).toHaveLength(1);
  });
});

describe('[store.quarantine] a file that cannot be understood', () => {
  const KEPT = `${fileOf('a1')}.damaged-20260301T100000000Z`;

  async function damagedRig(content: string | Uint8Array): Promise<StoreRig> {
    const rig = storeRig(keysOf(keyOf(1)));
    for (const id of ['a1', 'b2', 'c3']) await rig.store.write('credential', bodyOf(id), 0);
    rig.disk.put(fileOf('a1'), content);
    return rig;
  }

  test.each(['read', 'list'] as const)('is set aside by %s, told once, and the others are there', async (how) => {
    const rig = await damagedRig('{"half');
    if (how === 'read') expect(await rig.store.read('credential', 'a1')).toBeUndefined();
    const ids = (await rig.store.list('credential')).map(({ id }) => id);
    expect(ids).toEqual(['b2', 'c3']);
    expect(rig.disk.text(KEPT)).toBe('{"half');
    expect(rig.store.notices()).toEqual([
      { kind: 'quarantined', path: KEPT, text: `${fileOf('a1')} is no JSON object; it is kept as ${KEPT}` },
    ]);
    expect(await rig.store.read('credential', 'a1')).toBeUndefined();
    expect(namesIn(rig).toSorted()).toEqual(['a1.json.damaged-20260301T100000000Z', 'b2.json', 'c3.json']);
  });

  test('makes way for a new login', async () => {
    const rig = await damagedRig('');
    expect(await rig.store.write('credential', bodyOf('a1', 'new'), 0)).toMatchObject({ generation: 1 });
    expect([...rig.disk.files.keys()]).toContain(KEPT);
  });

  test('is put up with where it cannot be moved', async () => {
    const rig = await damagedRig('nonsense');
    rig.disk.fault = (work) => (work === 'rename' ? 'EROFS' : undefined);
    expect((await rig.store.list('credential')).map(({ id }) => id)).toEqual(['b2', 'c3']);
    expect(rig.noticed()).toEqual(['quarantined']);
    expect(rig.disk.text(fileOf('a1'))).toBe('nonsense');
  });

  test('is not set aside when another process has just mended it', async () => {
    const rig = await damagedRig('half');
    const good = storeRig(keysOf(keyOf(1)));
    await good.store.write('credential', bodyOf('a1', 'mended'), 0);
    let reads = 0;
    rig.disk.fault = (work, path) => {
      if (work === 'read' && path === fileOf('a1')) reads += 1;
      if (reads === 2) rig.disk.put(fileOf('a1'), good.disk.text(fileOf('a1')));
      return undefined;
    };
    expect(await rig.store.read('credential', 'a1')).toMatchObject(bodyOf('a1', 'mended'));
    expect(rig.store.notices()).toEqual([]);
  });

  test('[store.cipher] whose secrets belong to another generation is one', async () => {
    const rig = storeRig(keysOf(keyOf(1)));
    await rig.store.write('credential', bodyOf('a1', 'one'), 0);
    const old = rig.disk.text(fileOf('a1'));
    const other = storeRig(keysOf(keyOf(2)));
    await other.store.write('credential', bodyOf('a1', 'two'), 0);
    // Sealed under another key that says it is this one.
    const forged = other.disk.text(fileOf('a1')).replace(keyOf(2).id, keyOf(1).id);
    const file = JSON.parse(forged) as { schema: string; sum: string; record: object };
    const { createHash } = await import('node:crypto');
    file.sum = createHash('sha256')
      .update(`record/v1\n${JSON.stringify(file.record)}`)
      .digest('hex');
    rig.disk.put(fileOf('a1'), JSON.stringify(file));
    expect(await rig.store.read('credential', 'a1')).toBeUndefined();
    expect(rig.noticed()).toEqual(['quarantined']);
    rig.disk.put(fileOf('a1'), old);
    expect(await rig.store.read('credential', 'a1')).toMatchObject(bodyOf('a1', 'one'));
  });

  const mutation = fc.oneof(
    fc.record({ how: fc.constant('flip'), at: fc.nat(), byte: fc.integer({ min: 1, max: 255 }) }),
    fc.record({ how: fc.constant('truncate'), at: fc.nat() }),
    fc.record({ how: fc.constant('replace'), text: fc.json() }),
    fc.record({ how: fc.constant('replace'), text: fc.string() }),
    fc.record({ how: fc.constant('field'), path: fc.constantFrom('schema', 'sum', 'record'), value: fc.jsonValue() }),
    fc.record({
      how: fc.constant('part'),
      path: fc.constantFrom('kind', 'id', 'generation', 'facts', 'secrets'),
      value: fc.jsonValue(),
    }),
    fc.record({ how: fc.constant('double'), key: fc.constantFrom('schema', 'sum', 'record') }),
    fc.constant({ how: 'huge' }),
    fc.constant({ how: 'bom' }),
    fc.constant({ how: 'swap' }),
  );

  test('of whatever kind crashes nothing and takes only itself away', async () => {
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(mutation, fc.boolean(), async (change, isPlain) => {
        const rig = isPlain ? storeRig() : storeRig(keysOf(keyOf(1)));
        for (const id of ['a1', 'b2', 'c3']) await rig.store.write('credential', bodyOf(id), 0);
        rig.disk.put(fileOf('a1'), mutated(rig, change));
        const before = new Map([...rig.disk.files].filter(([path]) => path !== fileOf('a1')));
        const found = await rig.store.read('credential', 'a1').catch((error: unknown) => error);
        const listed = (await rig.store.list('credential')).map(({ id }) => id);
        expect(listed.filter((id) => id !== 'a1')).toEqual(['b2', 'c3']);
        for (const [path, bytes] of before) expect(rig.disk.files.get(path), path).toBe(bytes);
        if (found === undefined) {
          seen.add('set aside');
          expect(rig.noticed()).toEqual(['quarantined']);
          expect(namesIn(rig).filter((name) => name.includes('.damaged-'))).toHaveLength(1);
        } else if (found instanceof Error) {
          seen.add('newer');
          expect(found).toMatchObject({ code: 'ERR_STORE_UNREADABLE', data: { newer: true } });
        } else {
          seen.add('unharmed');
          expect(found).toEqual({ ...bodyOf('a1'), generation: 1 });
        }
      }),
      {
        numRuns: 1_000,
        examples: [
          [{ how: 'bom' }, true],
          [{ how: 'field', path: 'schema', value: 'record/v9' }, false],
        ],
      },
    );
    expect([...seen].toSorted()).toEqual(['newer', 'set aside', 'unharmed']);
  });
});

interface Mutation {
  readonly how: string;
  readonly at?: number;
  readonly byte?: number;
  readonly text?: string;
  readonly path?: string;
  readonly key?: string;
  readonly value?: unknown;
}

/** The bytes of the file of `a1`, changed. */
function mutated(
  rig: StoreRig,
  { how, at = 0, byte = 1, text = '', path = '', key = '', value }: Mutation,
): Uint8Array {
  const old = Buffer.from(rig.disk.text(fileOf('a1')));
  const file = JSON.parse(String(old)) as Record<string, unknown> & { record: object };
  switch (how) {
    case 'flip': {
      const bytes = Buffer.from(old);
      bytes[at % old.length] = (bytes[at % old.length] ?? 0) ^ byte;
      return bytes;
    }
    case 'truncate':
      return old.subarray(0, at % old.length);
    case 'field':
      return Buffer.from(JSON.stringify({ ...file, [path]: value }));
    case 'part':
      return Buffer.from(JSON.stringify({ ...file, record: { ...file.record, [path]: value } }));
    case 'double':
      return Buffer.from(`${String(old).trimEnd().slice(0, -1)},"${key}":null}`);
    case 'huge':
      return Buffer.alloc(10 * 1024 * 1024, 'x');
    case 'bom':
      return Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), old]);
    case 'swap':
      return Buffer.from(rig.disk.text(fileOf('b2')));
    default:
      return Buffer.from(text);
  }
}

describe('[store.newer] a file of a later version', () => {
  const LATER = JSON.stringify({ schema: 'record/v2', whatever: 1 });

  test('is refused by reading, writing over and removing one generation, and stays', async () => {
    const rig = storeRig();
    await rig.store.write('credential', bodyOf('b2'), 0);
    rig.disk.put(fileOf('a1'), LATER);
    expect(await errorOf(rig.store.read('credential', 'a1'))).toMatchObject({
      code: 'ERR_STORE_UNREADABLE',
      message: `${fileOf('a1')} was written by a newer Holdfast (record/v2)`,
    });
    expect(await codeOf(rig.store.write('credential', bodyOf('a1'), 0))).toBe('ERR_STORE_UNWRITABLE');
    expect(await codeOf(rig.store.remove('credential', 'a1', 1))).toBe('ERR_STORE_UNWRITABLE');
    expect(rig.disk.text(fileOf('a1'))).toBe(LATER);
  });

  test('is left out of a list, and told', async () => {
    const rig = storeRig();
    await rig.store.write('credential', bodyOf('b2'), 0);
    rig.disk.put(fileOf('a1'), LATER);
    expect((await rig.store.list('credential')).map(({ id }) => id)).toEqual(['b2']);
    expect(rig.noticed()).toEqual(['newer-version']);
  });

  test('can be removed by whoever wants it gone', async () => {
    const rig = storeRig();
    rig.disk.put(fileOf('a1'), LATER);
    expect(await rig.store.remove('credential', 'a1')).toBe(true);
  });
});

describe('[store.not-ours] what is not ours', () => {
  test('is refused by reading and writing, left out of a list, and told', async () => {
    const rig = storeRig();
    for (const id of ['a1', 'b2']) await rig.store.write('credential', bodyOf(id), 0);
    rig.disk.refused.set(fileOf('a1'), 'is a symbolic link');
    for (const work of [() => rig.store.read('credential', 'a1'), () => rig.store.write('credential', bodyOf('a1'), 1)])
      expect(await errorOf(work())).toMatchObject({
        message: `${fileOf('a1')} is a symbolic link`,
        data: { path: fileOf('a1') },
      });
    expect((await rig.store.list('credential')).map(({ id }) => id)).toEqual(['b2']);
    expect(rig.store.notices()).toMatchObject([{ kind: 'refused', path: fileOf('a1') }]);
  });

  test('makes everything in a folder an error that names the folder', async () => {
    const rig = storeRig();
    await rig.store.write('credential', bodyOf('a1'), 0);
    rig.disk.refused.set(FOLDER, 'belongs to user 7, not to you (1)');
    for (const work of [
      () => rig.store.read('credential', 'a1'),
      () => rig.store.list('credential'),
      () => rig.store.reserve('credential', 'a1'),
    ])
      expect(await errorOf(work())).toMatchObject({ message: `${FOLDER} belongs to user 7, not to you (1)` });
  });
});

describe('[store.stray] temp files', () => {
  test('older than a day are removed at the first write of a store, younger ones and other files are not', async () => {
    const rig = storeRig();
    const stray = `${FOLDER}/.a1.0123456789ab.tmp`;
    const other = `${FOLDER}/notes.txt`;
    rig.disk.put(stray, 'half');
    rig.disk.put(other, 'mine');
    await rig.clock.advance(23 * 3_600_000);
    const young = `${FOLDER}/.b2.0123456789ab.tmp`;
    rig.disk.put(young, 'half');
    await rig.again().write('credential', bodyOf('c3'), 0);
    expect(namesIn(rig).toSorted()).toEqual(['.a1.0123456789ab.tmp', '.b2.0123456789ab.tmp', 'c3.json', 'notes.txt']);
    await rig.clock.advance(2 * 3_600_000);
    await rig.again().write('credential', bodyOf('c3'), 1);
    expect(namesIn(rig).toSorted()).toEqual(['.b2.0123456789ab.tmp', 'c3.json', 'notes.txt']);
  });

  test('are never taken for records', async () => {
    const rig = storeRig();
    rig.disk.put(`${FOLDER}/.a1.0123456789ab.tmp`, 'half');
    rig.disk.put(`${fileOf('b2')}.damaged-20260101T000000000Z`, 'half');
    expect(await rig.store.list('credential')).toEqual([]);
    expect(rig.store.notices()).toEqual([]);
  });
});

describe('[store.watch] a watch', () => {
  const settle = (): Promise<void> =>
    new Promise((resolve) => {
      setImmediate(resolve);
    });

  async function watching(): Promise<{ rig: StoreRig; heard: StoreChange[]; end: () => void }> {
    const rig = storeRig();
    await rig.store.write('credential', bodyOf('a1'), 0);
    const heard: StoreChange[] = [];
    const end = rig.store.watch((change) => heard.push(change));
    await settle();
    return { rig, heard, end };
  }

  test('tells what another process has written or removed, once, however often the system says it', async () => {
    const { rig, heard } = await watching();
    const other = rig.again();
    await other.write('credential', bodyOf('a1'), 1);
    rig.stir(FOLDER, '.a1.0123456789ab.tmp');
    for (let times = 0; times < 3; times += 1) rig.stir(FOLDER, 'a1.json');
    await settle();
    await other.remove('credential', 'a1');
    rig.stir(FOLDER, 'a1.json');
    await settle();
    expect(heard).toEqual([
      { kind: 'credential', id: 'a1' },
      { kind: 'credential', id: 'a1' },
    ]);
  });

  test('finds out by itself what has changed where the system does not say', async () => {
    const { rig, heard } = await watching();
    const other = rig.again();
    await other.write('credential', bodyOf('b2'), 0);
    await other.remove('credential', 'a1');
    rig.stir(FOLDER);
    await settle();
    expect(heard.map(({ id }) => id).toSorted()).toEqual(['a1', 'b2']);
  });

  test('loses nothing that happens while it begins', async () => {
    const rig = storeRig();
    const heard: StoreChange[] = [];
    rig.store.watch((change) => heard.push(change));
    await rig.store.write('credential', bodyOf('a1'), 0);
    await settle();
    expect(heard).toContainEqual({ kind: 'credential', id: 'a1' });
  });

  test('survives a folder that cannot be looked at, and a listener that throws', async () => {
    const { rig, heard } = await watching();
    rig.store.watch(() => {
      throw new Error('listener');
    });
    await settle();
    rig.disk.fault = (work) => (work === 'names' ? 'EIO' : undefined);
    rig.stir(FOLDER);
    await settle();
    rig.disk.fault = () => undefined;
    await rig.store.write('credential', bodyOf('a1'), 1);
    await settle();
    expect(heard).toEqual([{ kind: 'credential', id: 'a1' }]);
  });
});
