/**
 * Calls of servers that were never met: what they have is not known to anybody.
 */
import { afterEach, expect, test } from 'vitest';
import { TestConversation, textOf } from '../../../support/conversation.ts';
import { memoryRig, signedIn } from '../../../support/memory-rig.ts';
import type { MemoryRig } from '../../../support/memory-rig.ts';

let rig: MemoryRig | undefined;
let client: TestConversation | undefined;

afterEach(async () => {
  client?.close();
  await rig?.end();
});

async function talkTo(one: MemoryRig, alone?: string): Promise<TestConversation> {
  rig = one;
  client =
    alone === undefined
      ? new TestConversation(one.fleet, one.clock)
      : await TestConversation.alone(alone, one.fleet, one.clock);
  await client.begin();
  return client;
}

const down = (): Promise<MemoryRig> =>
  memoryRig((world) => {
    world.add('gone').down();
    world.add('off', { url: 'http://off.test/mcp', disabled: true });
    world.add('new', undefined, 'awaiting');
    world.add('well');
  });

const MINUTE = 60_000;

test.each([
  ['gone__echo', /^gone is failed: Nothing listens.* The entry: \S+:\d+\. Run "holdfast reconnect gone"\.$/],
  ['off__echo', /^off is disabled: .*switched.* The entry: \S+:\d+\. Run "holdfast enable off"\.$/],
  ['new__echo', /approv.* The entry: \S+:\d+\. Run "holdfast approve new"/],
])(
  '[gateway.unread] a call of %s says how its server stands, where its entry is and what to type',
  async (name, words) => {
    const one = await down();
    await one.clock.advance(MINUTE);
    const answer = await (await talkTo(one)).ask('tools/call', { name }, MINUTE);
    expect(answer.result?.['isError']).toBe(true);
    expect(textOf(answer)).toMatch(words);
    const prompt = await client?.ask('prompts/get', { name }, MINUTE);
    expect(prompt?.error?.message).toMatch(words);
  },
);

test('[gateway.unread] a server that waits for approval is waited for neither by the first list nor by a call', async () => {
  const one = await memoryRig((world) => {
    world.add('new', undefined, 'awaiting');
    world.add('well');
  });
  await one.clock.advance(MINUTE);
  const talk = await talkTo(one);
  const began = one.clock.monotonic();
  expect((await talk.ask('tools/list')).result?.['tools']).toBeDefined();
  expect(textOf(await talk.ask('tools/call', { name: 'new__echo' }))).toContain('Run "holdfast approve new"');
  expect(one.clock.monotonic() - began).toBeLessThan(100);
});

test.each([['well__nothing'], ['nobody__echo'], ['echo']])('[gateway.unread] %s is an unknown tool', async (name) => {
  const one = await down();
  await one.clock.advance(MINUTE);
  const answer = await (await talkTo(one)).ask('tools/call', { name });
  expect(answer.error).toEqual({ code: -32_602, message: `Unknown tool: ${name}` });
});

test('[gateway.unread] a call tries a failed server once more, and goes on where it has come', async () => {
  const one = await down();
  await one.clock.advance(MINUTE);
  const talk = await talkTo(one);
  expect((await one.fleet.snapshot('gone')).status).toBe('failed');
  one.world.servers.find(({ name }) => name === 'gone')?.up();
  const answer = await talk.ask('tools/call', { name: 'gone__echo', arguments: { x: 3 } }, 5_000);
  expect(textOf(answer)).toContain('"x":3');
});

test.each([[undefined], ['a']])(
  '[gateway.unread] a server nobody has signed in to (endpoint: %s) gives the link to whoever calls it, and a tool that signs in',
  async (alone) => {
    const talk = await talkTo(await signedIn({ out: true }), alone);
    const { result } = await talk.ask('tools/list');
    const names = ((result?.['tools'] ?? []) as { name: string }[]).map(({ name }) => name);
    expect(names).toContain('a__authenticate');
    expect(names.includes('holdfast__status')).toBe(alone === undefined);
    const name = alone === undefined ? 'a__echo' : 'echo';
    const told = await talk.ask('tools/call', { name, arguments: { x: 4 } });
    expect(told.result?.['isError']).toBe(true);
    expect(textOf(told)).toMatch(
      /A person has to open this address:\nhttp\S+\nThen try again, or call a__authenticate/,
    );
    const waiting = talk.send('tools/call', { name: 'a__authenticate' });
    await rig?.clock.advance(100);
    rig?.world.signIns.approve();
    expect(textOf(await talk.answerTo(waiting))).toContain('a: connected');
    expect(textOf(await talk.ask('tools/call', { name, arguments: { x: 4 } }))).toContain('"x":4');
  },
);

test.each([
  ['tools/call', {}, 'the argument "server" is missing. See holdfast__status for the names.'],
  [
    'tools/call',
    { server: 'elsewhere' },
    'no server is named "elsewhere". Run "holdfast list" to see the configured servers.',
  ],

  ['prompts/get', {}, 'the argument "server" is missing. See holdfast__status for the names.'],
  [
    'prompts/get',
    { server: 'elsewhere' },
    'no server is named "elsewhere". Run "holdfast list" to see the configured servers.',
  ],
])('[gateway.unread] %s of holdfast__reconnect with %o says what is wrong with it', async (method, args, words) => {
  const answer = await (await talkTo(await down())).ask(method, { name: 'holdfast__reconnect', arguments: args });
  if (method === 'tools/call') expect(textOf(answer)).toBe(words);
  else expect(answer.error).toMatchObject({ code: -32_602, message: words });
});

test('[gateway.unread] holdfast__reconnect of an entry that waits for approval says what to type', async () => {
  const talk = await talkTo(await down());
  const answer = await talk.ask('tools/call', { name: 'holdfast__reconnect', arguments: { server: 'new' } });
  expect(textOf(answer)).toContain('Run "holdfast approve new"');
});
