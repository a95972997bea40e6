import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { TestConversation, textOf } from '../../../support/conversation.ts';
import type { MemoryRig, SignInServer } from '../../../support/memory-rig.ts';
import { signedIn } from '../../../support/memory-rig.ts';

const CAN_OPEN = { elicitation: { url: {} } };
let rig: MemoryRig & { readonly server: SignInServer };
let client: TestConversation;

beforeEach(async () => {
  rig = await signedIn({
    before: (server) => {
      server.authority.toolScopes = { write: ['mcp:write'] };
      server.tools = { names: ['echo', 'write'] };
    },
  });
});
afterEach(async () => {
  client.close();
  await rig.end();
});

/** The login ends, and its tokens are refused. */
function signOut(): void {
  rig.server.authority.revokeAll();
  rig.server.authority.refresh = 'refused';
}
const echo = { name: 'a__echo', arguments: { x: 1 } };

async function legacy(capabilities: object = {}): Promise<void> {
  client = new TestConversation(rig.fleet, rig.clock);
  await client.begin(capabilities);
}

async function names(): Promise<string[]> {
  const { result } = await client.ask('tools/list');
  return ((result?.['tools'] ?? []) as { name: string }[]).map(({ name }) => name);
}

describe('[gateway.person] a server whose sign-in has ended', () => {
  test('keeps its tools listed, and gets a tool that signs in', async () => {
    await legacy();
    expect(await names()).not.toContain('a__authenticate');
    signOut();
    await client.ask('tools/call', echo);
    await rig.clock.advance(1_000);
    expect(await names()).toEqual(expect.arrayContaining(['a__echo', 'a__authenticate']));
    expect((await client.ask('tools/call', { name: 'holdfast__status' })).result).toBeDefined();
  });

  test('tells a client that opens no addresses what is wrong, with the link, in words', async () => {
    await legacy();
    signOut();
    const answer = await client.ask('tools/call', echo);
    expect(answer.result?.['isError']).toBe(true);
    expect(textOf(answer)).toMatch(
      /sign-in has ended[^.]*\.\nA person has to open this address:\nhttp\S+\nThen try again, or call a__authenticate/s,
    );
    expect(client.heard.filter(({ method }) => method === 'elicitation/create')).toEqual([]);
  });

  test('is signed in to by a client with a session that is asked to open the address; the call goes on', async () => {
    await legacy(CAN_OPEN);
    signOut();
    const id = client.send('tools/call', echo);
    const question = await client.find(({ method }) => method === 'elicitation/create');
    const { flow } = rig.world.signIns.waiting[0] ?? { flow: '' };
    expect(question.params).toMatchObject({ mode: 'url', elicitationId: flow, url: expect.stringMatching(/^http/) });
    client.say({ id: question.id, result: { action: 'accept' } });
    await rig.clock.advance(100);
    rig.world.signIns.approve(flow);
    expect(textOf(await client.answerTo(id))).toContain('"x":1');
    const told = client.heard.find(({ method }) => method === 'notifications/elicitation/complete');
    expect(told?.params).toEqual({ elicitationId: flow });
  });

  test('is signed in to by a stateless client in a round of its own; the call goes on', async () => {
    client = new TestConversation(rig.fleet, rig.clock, CAN_OPEN);
    await client.ask('tools/list');
    signOut();
    const first = await client.ask('tools/call', echo);
    expect(first.result).toMatchObject({ resultType: 'input_required' });
    const [[key, question] = ['', undefined]] = Object.entries(first.result?.inputRequests ?? {});
    expect(question).toMatchObject({ method: 'elicitation/create', params: { mode: 'url' } });
    const requestState = first.result?.['requestState'];
    const id = client.send('tools/call', { ...echo, requestState, inputResponses: { [key]: { action: 'accept' } } });
    await rig.clock.advance(100);
    rig.world.signIns.approve();
    expect(textOf(await client.answerTo(id))).toContain('"x":1');
    const stolen = { name: 'a__write', requestState, inputResponses: { [key]: { action: 'accept' } } };
    expect((await client.ask('tools/call', stolen)).error).toMatchObject({ code: -32_602 });
  });

  test.each(['decline', 'cancel'])('is left as it is when the person says %s', async (action) => {
    await legacy(CAN_OPEN);
    signOut();
    const id = client.send('tools/call', echo);
    const question = await client.find(({ method }) => method === 'elicitation/create');
    client.say({ id: question.id, result: { action } });
    const answer = await client.answerTo(id);
    expect(answer.result?.['isError']).toBe(true);
    expect(textOf(answer)).toContain('did not want to');
  });

  test('ends the wait of a call that nobody signs in for', async () => {
    await legacy(CAN_OPEN);
    signOut();
    const id = client.send('tools/call', echo);
    const question = await client.find(({ method }) => method === 'elicitation/create');
    client.say({ id: question.id, result: { action: 'accept' } });
    expect(textOf(await client.answerTo(id, 60_000))).toContain('Nobody has signed in to a within 45 s');
  });
});

describe('[gateway.person] the tool that signs in', () => {
  const tool = { name: 'a__authenticate', _meta: { progressToken: 'p' } };
  beforeEach(async () => {
    await legacy();
    signOut();
    await client.ask('tools/call', echo);
    await rig.clock.advance(1_000);
  });

  test('gives the link; called again it waits, says so, and tells how the server stands', async () => {
    await rig.fleet.cancelLogin(rig.world.signIns.waiting[0]?.flow ?? '');
    expect(textOf(await client.ask('tools/call', tool))).toMatch(
      /A person has to open this address:\nhttp\S+\nThen call this tool again/,
    );
    const id = client.send('tools/call', tool);
    await rig.clock.advance(11_000);
    const progress = client.heard.filter(({ method }) => method === 'notifications/progress');
    expect(progress.length).toBeGreaterThanOrEqual(3);
    expect(progress[0]?.params).toMatchObject({ progressToken: 'p', progress: 1 });
    rig.world.signIns.approve();
    expect(textOf(await client.answerTo(id))).toContain('a: connected');
    await rig.clock.advance(100);
    expect(await names()).not.toContain('a__authenticate');
  });

  test('is ended by a cancellation, and the sign-in waits on', async () => {
    const id = client.send('tools/call', tool);
    await rig.clock.advance(100);
    client.say({ method: 'notifications/cancelled', params: { requestId: id } });
    await rig.clock.advance(10_000);
    const after = client.heard.length;
    await rig.clock.advance(10_000);
    expect(client.heard).toHaveLength(after);
    expect(client.heard.some((said) => said.id === id)).toBe(false);
    expect((await rig.fleet.snapshot('a')).signingIn).toBeDefined();
  });
});

test('[gateway.person] the tool that signs in grants rights, too, for clients that open no addresses', async () => {
  await legacy();
  await names();
  const write = { name: 'a__write', arguments: { x: 2 } };
  expect(textOf(await client.ask('tools/call', write))).toMatch(
    /more rights.*A person has to open this address:\nhttp\S+\n/s,
  );
  await rig.clock.advance(1_000);
  expect(await names()).toContain('a__authenticate');
  const id = client.send('tools/call', { name: 'a__authenticate' });
  await rig.clock.advance(1_000);
  expect(client.heard.some((said) => said.id === id)).toBe(false);
  rig.world.signIns.approve();
  expect(textOf(await client.answerTo(id))).toContain('a: connected');
  expect(textOf(await client.ask('tools/call', write))).toContain('"x":2');
});

test('[gateway.person] a call that needs more rights is granted them and goes on', async () => {
  await legacy(CAN_OPEN);
  await names();
  const write = { name: 'a__write', arguments: { x: 2 } };
  const id = client.send('tools/call', write);
  const question = await client.find(({ method }) => method === 'elicitation/create');
  client.say({ id: question.id, result: { action: 'accept' } });
  await rig.clock.advance(100);
  rig.world.signIns.approve();
  expect(textOf(await client.answerTo(id))).toContain('"x":2');
});

test('[gateway.relay] addresses that a server with sessions names in an error become a question to a stateless client', async () => {
  let opened = false;
  const elicitation = { mode: 'url', elicitationId: 'e1', url: 'https://example.com/connect', message: 'Connect' };
  rig.server.tools = {
    names: ['echo'],
    call: () => {
      if (opened) return { ok: true, result: { content: [{ type: 'text', text: 'done' }] } };
      const rpc = { code: -32_042, message: 'open it first', data: { elicitations: [elicitation] } };
      return { ok: false, fault: { kind: 'rpc', sent: 'maybe', rpc, text: 'open it first' } };
    },
  };
  client = new TestConversation(rig.fleet, rig.clock, CAN_OPEN);
  const first = await client.ask('tools/call', echo);
  expect(first.result?.inputRequests).toMatchObject({ url1: { method: 'elicitation/create', params: elicitation } });
  opened = true;
  const requestState = first.result?.['requestState'];
  const again = { ...echo, requestState, inputResponses: { url1: { action: 'accept' } } };
  expect(textOf(await client.ask('tools/call', again))).toBe('done');
  client.close();
  client = new TestConversation(rig.fleet, rig.clock, {});
  opened = false;
  const told = await client.ask('tools/call', echo);
  expect(told.result?.['isError']).toBe(true);
  expect(textOf(told)).toContain('Connect: https://example.com/connect');
});
