/**
 * The merged lists while servers come and go.
 */
import { describe, expect, test } from 'vitest';
import { Emitter } from '../../../../src/base/emitter.ts';
import { silentLogger } from '../../../../src/base/logger.ts';
import type { FleetEvent } from '../../../../src/core/events.ts';
import type { Lists } from '../../../../src/core/ports.ts';
import type { Snapshot } from '../../../../src/core/snapshot.ts';
import { CALL, PROCESS, REMOTE } from '../../../../src/gateway/catalogue/first-look.ts';
import { CatalogueKeeper } from '../../../../src/gateway/catalogue/keeper.ts';
import { createVirtualClock } from '../../../../src/testing/virtual-clock.ts';
import type { VirtualClock } from '../../../../src/testing/virtual-clock.ts';
import { snapshotOf } from '../../../support/recording-fleet.ts';

const LISTS: Lists = {
  tools: [{ name: 'echo', inputSchema: { type: 'object' } }],
  prompts: [],
  resources: [],
  resourceTemplates: [],
};

type Change = Partial<Snapshot>;
const many = (one: Change): Readonly<Record<string, Change>> => ({ a: READY, b: READY, c: READY, d: one });
const PENDING: Change = { status: 'pending', attempt: 1 };
const READY: Change = { status: 'connected', tools: 1 };

interface Rig {
  readonly clock: VirtualClock;
  readonly keeper: CatalogueKeeper;
  readonly set: (name: string, change: Change) => void;
  /** Names that the first question gets, and how long it took. */
  readonly first: () => Promise<{ readonly names: string; readonly ms: number }>;
}

function rig(first: Readonly<Record<string, Change>>): Rig {
  const clock = createVirtualClock();
  const servers = new Map(Object.entries(first));
  const news = new Emitter<FleetEvent>(() => undefined);
  const keeper = new CatalogueKeeper({
    clock,
    logger: silentLogger,
    fleet: {
      snapshots: async () => [...servers].map(([name, change]) => snapshotOf(name, change)),
      lists: async () => LISTS,
      async *events(signal) {
        const queue: FleetEvent[] = [];
        let wake = (): void => undefined;
        news.on((event) => {
          queue.push(event);
          wake();
        });
        while (!signal.aborted) {
          yield* queue.splice(0);
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      },
    },
  });
  return {
    clock,
    keeper,
    set: (name: string, change: Change): void => {
      servers.set(name, change);
      news.emit({ event: 'server.status' } as FleetEvent);
    },
    first: async (): Promise<{ readonly names: string; readonly ms: number }> => {
      const began = clock.monotonic();
      const over = { yes: false };
      const asking = keeper.current().finally(() => {
        over.yes = true;
      });
      for (let turn = 0; !over.yes && turn < 1_000; turn += 1) {
        await clock.settle();
        if (!over.yes) await clock.advance(10);
      }
      const ms = clock.monotonic() - began;
      const names = (await asking).items('tools').map(({ name }) => String(name));
      return { names: names.join(' '), ms };
    },
  };
}

describe('[gateway.first] a call of a tool that is not listed', () => {
  const NEVER = { aborted: false };

  test('waits for its server that is being connected, also where it was tried before', async () => {
    const { clock, keeper, set } = rig({ late: { ...PENDING, attempt: 3 }, b: READY });
    const seen: unknown[] = [];
    const asking = keeper.target('tool', 'late__echo', NEVER).finally(() => seen.push('late'));
    for (const name of ['nobody__echo', 'b__other', 'late'])
      expect(await keeper.target('tool', name, NEVER)).toBeUndefined();
    await clock.advance(20_000);
    expect(seen).toEqual([]);
    set('late', READY);
    await clock.settle();
    expect(await asking).toEqual({ server: 'late', name: 'echo' });
    expect(await keeper.target('tool', 'late__echo', NEVER)).toEqual({ server: 'late', name: 'echo' });
  });

  test('waits for no other server', async () => {
    const { clock, keeper } = rig({ a: READY, b: { ...PENDING, transport: 'stdio' } });
    expect(await keeper.target('tool', 'a__echo', NEVER)).toEqual({ server: 'a', name: 'echo' });
    expect(clock.monotonic()).toBe(createVirtualClock().monotonic());
  });

  test('ends when the server fails, has no such tool, or takes longer than a connection may take', async () => {
    const { clock, keeper, set } = rig({ bad: PENDING, other: PENDING, hangs: PENDING });
    const asked = ['bad__echo', 'other__none', 'hangs__echo'].map((name) => keeper.target('tool', name, NEVER));
    await clock.advance(1_000);
    set('bad', { status: 'failed' });
    set('other', READY);
    await clock.advance(CALL.wholeMs);
    expect(await Promise.all(asked)).toEqual([undefined, undefined, undefined]);
  });
});

describe('[gateway.first] the first question about the lists', () => {
  test.each<[string, Readonly<Record<string, Change>>, number]>([
    ['nobody who is connected', { a: READY }, 0],
    ['nobody whose lists are known from earlier', { a: { ...PENDING, tools: 1 } }, 0],
    ['nobody who failed, needs a person or is switched off', { a: { status: 'failed' }, b: { status: 'disabled' } }, 0],
    ['nobody who was tried before', { a: { ...PENDING, attempt: 2 }, b: { ...PENDING, nextRetryAt: 'later' } }, 0],
    ['for an address, a moment', { a: { ...PENDING, transport: 'http' } }, REMOTE.wholeMs],
    ['for one address of four, until the others are quiet', many({ ...PENDING, transport: 'http' }), REMOTE.quietMs],
    ['for one process of four, a little longer', many({ ...PENDING, transport: 'stdio' }), PROCESS.quietMs],
    ['for a process, longer', { a: { ...PENDING, transport: 'stdio' } }, PROCESS.wholeMs],
  ])('waits for %s', async (_, servers, ms) => {
    const { first } = rig(servers);
    const { ms: took } = await first();
    expect(took).toBeGreaterThanOrEqual(ms);
    expect(took).toBeLessThanOrEqual(ms + 20);
  });

  test('has the tools of everybody who came in time, and goes soon after the last of many', async () => {
    const { clock, first, set, keeper } = rig({
      a: READY,
      b: { status: 'needs-auth' },
      c: { status: 'disabled' },
      soon: { ...PENDING, transport: 'stdio' },
      hangs: { ...PENDING, transport: 'http' },
    });
    const changed: unknown[] = [];
    keeper.changed.on((lists) => changed.push(lists));
    clock.after(800, () => set('soon', READY));
    const { names, ms } = await first();
    expect(names).toBe('a__echo soon__echo');
    expect(ms).toBeGreaterThanOrEqual(800 + REMOTE.quietMs);
    expect(ms).toBeLessThan(850 + REMOTE.quietMs);
    expect(changed).toEqual([]);
    set('hangs', READY);
    await clock.advance(100);
    expect(changed).toEqual([['tools']]);
    const before = clock.monotonic();
    expect((await keeper.current()).items('tools')).toHaveLength(3);
    expect(clock.monotonic()).toBe(before);
  });

  test('waits, too, where lists were built before anybody had asked', async () => {
    const { clock, first, set } = rig({ a: { ...PENDING, transport: 'stdio' }, b: { ...PENDING, transport: 'stdio' } });
    await clock.settle();
    set('a', READY);
    await clock.advance(100);
    clock.after(300, () => set('b', READY));
    expect((await first()).names).toBe('a__echo b__echo');
  });

  test('ends with the keeper', async () => {
    const { first, keeper } = rig({ a: { ...PENDING, transport: 'stdio' } });
    keeper.close();
    expect((await first()).ms).toBeLessThan(20);
  });
});

test('[gateway.rules] a server whose rules cannot be read shows nothing, for nobody knows what is hidden', async () => {
  const clock = createVirtualClock();
  const keeper = new CatalogueKeeper({
    clock,
    logger: silentLogger,
    fleet: {
      snapshots: async () => [snapshotOf('a', READY)],
      lists: async () => ({ ...LISTS, resources: [{ uri: 'test://one' }] }),
      gatewayRules: () => Promise.reject(new Error('gone')),
      // eslint-disable-next-line require-yield -- nothing happens
      async *events() {
        await new Promise(() => undefined);
      },
    },
  });
  const catalogue = await keeper.current();
  expect(catalogue.count('tools') + catalogue.count('resources')).toBe(0);
  expect(catalogue.resource('a+test://one')).toBeUndefined();
  expect(await keeper.target('tool', 'a__echo', { aborted: false })).toBeUndefined();
  keeper.close();
});
