/**
 * When what is learnt of servers is written.
 *
 * @module
 */
import { expect, test } from 'vitest';
import type { EffectiveEntry } from '../../../src/core/entry.ts';
import type { Lists } from '../../../src/core/ports.ts';
import { Memory } from '../../../src/fleet/memory.ts';
import { createVirtualClock } from '../../../src/testing/virtual-clock.ts';

const entry = { key: 'a' } as EffectiveEntry;
const lists = (name: string): Lists => ({ tools: [{ name }], prompts: [], resources: [], resourceTemplates: [] });

function rig() {
  const clock = createVirtualClock();
  const did: string[] = [];
  const kept = {
    load: () => Promise.resolve(undefined),
    save: async (key: string, { tools }: Lists) => void did.push(`save ${key} ${JSON.stringify(tools)}`),
    forget: async (key: string) => void did.push(`forget ${key}`),
  };
  return { clock, did, memory: new Memory(kept, clock) };
}

test('[gateway.warm] lists are kept a second after they were learnt, not while servers are being connected', async () => {
  const { clock, did, memory } = rig();
  memory.learnLists(entry, lists('one'));
  await clock.advance(999);
  expect(did).toEqual([]);
  await clock.advance(1);
  expect(did).toEqual(['save a [{"name":"one"}]']);
});

test('[gateway.warm] a fleet that ends keeps them at once, in the order in which they were learnt', async () => {
  const { clock, did, memory } = rig();
  memory.learnLists(entry, lists('one'));
  memory.forget({ ...entry, endpoint: { kind: 'stdio' } } as EffectiveEntry);
  memory.learnLists(entry, lists('two'));
  await memory.settled();
  expect(did).toEqual(['save a [{"name":"one"}]', 'forget a', 'save a [{"name":"two"}]']);
  await clock.advance(5_000);
  expect(did).toHaveLength(3);
});
