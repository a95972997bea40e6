/**
 * The four cells of the era matrix: the official client of each era through the gateway to the official server of each
 * era, with everything that goes in both directions.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import type { ClientCapabilities } from '@modelcontextprotocol/client';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/logger.ts';
import { createHoldfast } from '../../src/create.ts';
import type { Fleet } from '../../src/core/fleet.ts';
import { listenHttp } from '../../src/gateway/front/http.ts';
import type { HttpGateway } from '../../src/gateway/front/http.ts';
import { legacySseServer, startFaultServer } from '../../src/testing/index.ts';
import type { FaultServer } from '../../src/testing/index.ts';
import { PlainClient } from '../support/gateway-client.ts';
import { startFixture } from '../conformance/fixture-server.mjs';
import type { Fixture } from '../conformance/fixture-server.mjs';

type Era = 'legacy' | 'modern';
const EVERYTHING: ClientCapabilities = { elicitation: { form: {}, url: {} }, sampling: {}, roots: {} };
const FIXTURE = fileURLToPath(new URL('../conformance/fixture-server.mjs', import.meta.url));
const CELLS = (['legacy', 'modern'] as const).flatMap((client) =>
  (['legacy', 'modern'] as const).map((server) => ({ client, server })),
);

let fixtures: Record<Era, Fixture>;
let faults: FaultServer;
let fleet: Fleet;
let gateway: HttpGateway;
let home: string;
const open: Client[] = [];

beforeAll(async () => {
  faults = await startFaultServer();
  fixtures = { legacy: await startFixture({ era: 'legacy' }), modern: await startFixture({ era: 'modern' }) };
  home = await mkdtemp(join(tmpdir(), 'holdfast-eras-'));
  fleet = await createHoldfast({
    servers: {
      legacy: { type: 'http', url: fixtures.legacy.url },
      modern: { type: 'http', url: fixtures.modern.url },
      stdio: { command: process.execPath, args: [FIXTURE, 'stdio'] },
      sse: { type: 'sse', url: faults.mount('/sse', legacySseServer().behaviour).url },
    },
    env: { PATH: process.env['PATH'], HOME: home, HOLDFAST_KEYRING: 'off' },
    relays: true,
  });
  await fleet.settled({ timeoutMs: 20_000 });
  gateway = await listenHttp({ fleet, clock: systemClock, logger: silentLogger, version: '0' }, { port: 0 });
}, 60_000);
afterEach(async () => {
  await Promise.all(open.splice(0).map((client) => client.close()));
});
afterAll(async () => {
  await gateway.close();
  await fleet.close();
  await Promise.all([fixtures.legacy.close(), fixtures.modern.close(), faults.close()]);
  await rm(home, { recursive: true, force: true });
});

/** A client that answers every question; what it was asked. */
async function connect(era: Era, capabilities: ClientCapabilities): Promise<{ client: Client; asked: string[] }> {
  const asked: string[] = [];
  const client = new Client(
    { name: 'test', version: '1' },
    { capabilities, versionNegotiation: { mode: era === 'modern' ? 'auto' : 'legacy' } },
  );
  if (capabilities.elicitation !== undefined)
    client.setRequestHandler('elicitation/create', ({ params }) => {
      asked.push(`elicitation ${params.mode ?? 'form'} ${params.message}`);
      return { action: 'accept', content: params.mode === 'url' ? {} : { username: 'ann', name: 'ann' } };
    });
  if (capabilities.sampling !== undefined)
    client.setRequestHandler('sampling/createMessage', ({ params }) => {
      asked.push(`sampling ${JSON.stringify(params.messages[0]?.content)}`);
      return { role: 'assistant', model: 'm', content: { type: 'text', text: 'sampled' } };
    });
  if (capabilities.roots !== undefined)
    client.setRequestHandler('roots/list', () => {
      asked.push('roots');
      return { roots: [{ uri: 'file:///work', name: 'work' }] };
    });
  await client.connect(new StreamableHTTPClientTransport(new URL(gateway.url)));
  expect(client.getNegotiatedProtocolVersion()).toBe(era === 'modern' ? '2026-07-28' : '2025-11-25');
  open.push(client);
  return { client, asked };
}

test('[gateway.eras] each server speaks the era that it is here for', async () => {
  const eras = (await fleet.snapshots()).map(({ name, era }) => `${name} ${era}`);
  expect(eras.toSorted()).toEqual(['legacy legacy', 'modern modern', 'sse legacy', 'stdio legacy']);
});

describe.each(CELLS)('[gateway.relay] a $client client of a $server server', ({ client: era, server }) => {
  const call = async (client: Client, tool: string, args: Record<string, unknown> = {}): Promise<string> =>
    JSON.stringify((await client.callTool({ name: `${server}__${tool}`, arguments: args })).content);

  test('is asked by form, by address, for a sample and for its roots, and each answer reaches the server', async () => {
    const { client, asked } = await connect(era, EVERYTHING);
    expect(await call(client, 'test_elicitation', { message: 'Who?' })).toContain('ann');
    expect(await call(client, 'test_url_elicitation')).toContain('accept');
    expect(await call(client, 'test_sampling', { prompt: 'Say it' })).toContain('LLM response: sampled');
    expect(await call(client, 'test_input_required_result_list_roots')).toContain('file:///work');
    expect(asked).toEqual([
      'elicitation form Who?',
      'elicitation url Please open',
      expect.stringContaining('Say it'),
      'roots',
    ]);
  });

  test('answers several questions, in one round or one after the other', async () => {
    const { client, asked } = await connect(era, EVERYTHING);
    const all = await call(client, 'test_input_required_result_multiple_inputs');
    expect(all).toContain('sampled');
    expect(all).toContain('file:///work');
    expect(asked).toHaveLength(3);
  });

  test('is not asked for what it cannot do, and the server knows that before', async () => {
    const { client, asked } = await connect(era, {});
    const outcome = await call(client, 'test_missing_capability').catch((error: unknown) => String(error));
    expect(outcome).toMatch(/did(?: not|n't) declare|do not declare/);
    const some = await connect(era, { sampling: {} });
    expect(await call(some.client, 'test_input_required_result_capabilities')).toContain('nothing was left to ask');
    expect(some.asked.join()).toMatch(/^sampling/);
    expect(asked).toEqual([]);
  });

  test('sees which arguments stand in headers, and sends them', async () => {
    const { client } = await connect(era, {});
    const { tools } = await client.listTools();
    const schema = tools.find(({ name }) => name === `${server}__test_mirrored_argument`)?.inputSchema;
    expect(schema?.properties).toMatchObject({ region: { 'x-mcp-header': 'Region' } });
    expect(await call(client, 'test_mirrored_argument', { region: 'Zürich' })).toContain('region Zürich');
    const name = `${server}__test_mirrored_argument`;
    const silent = await new PlainClient(gateway.url).call(name, { region: 'eu' });
    expect(silent.error).toMatchObject({ code: -32_020, message: 'the header mcp-param-region is missing' });
    const other = new PlainClient(gateway.url, { 'mcp-param-region': 'us' });
    expect((await other.call(name, { region: 'eu' })).error).toMatchObject({ code: -32_020 });
    expect(await other.call(name, { region: 'us' })).toMatchObject({ ok: true });
  });

  test('hears progress of its call', async () => {
    const { client } = await connect(era, EVERYTHING);
    const heard: number[] = [];
    const onprogress = ({ progress }: { progress: number }): void => void heard.push(progress);
    await client.callTool({ name: `${server}__test_tool_with_progress`, arguments: {} }, { onprogress });
    expect(heard).toEqual([0, 50, 100]);
  });

  test('hears log messages from the level on that it wants', async () => {
    const { client } = await connect(era, {});
    const heard: unknown[] = [];
    client.setNotificationHandler('notifications/message', ({ params }) => void heard.push(params.data));
    const wanting = async (level: 'info' | 'error'): Promise<void> => {
      if (era === 'legacy') await client.setLoggingLevel(level);
      const meta = era === 'legacy' ? {} : { _meta: { 'io.modelcontextprotocol/logLevel': level } };
      await client.callTool({ name: `${server}__test_logging_tool`, arguments: {}, ...meta });
    };
    await wanting('info');
    await vi.waitFor(() => expect(heard).toEqual(['a line']));
    await wanting('error');
    expect(heard).toEqual(['a line']);
  });

  test('hears of a resource that it watches, until it does not watch it any more', async () => {
    const { client } = await connect(era, {});
    const heard: string[] = [];
    client.setNotificationHandler('notifications/resources/updated', ({ params }) => void heard.push(params.uri));
    const uri = `${server}+test://watched-resource`;
    const listening = era === 'modern' ? await client.listen({ resourceSubscriptions: [uri] }) : undefined;
    if (era === 'legacy') await client.subscribeResource({ uri });
    await call(client, 'test_touch_resource');
    await vi.waitFor(() => expect(heard).toEqual([uri]), 5_000);
    await listening?.close();
    if (era === 'legacy') await client.unsubscribeResource({ uri });
    await call(client, 'test_touch_resource');
    expect(await client.readResource({ uri })).toMatchObject({ contents: [{ uri, text: 'Watched resource content' }] });
    expect(heard).toEqual([uri]);
  });

  test('hears that a list has changed, and completes arguments', async () => {
    const { client } = await connect(era, {});
    const changed = vi.fn<() => void>();
    client.setNotificationHandler('notifications/tools/list_changed', changed);
    const listening = era === 'modern' ? await client.listen({ toolsListChanged: true }) : undefined;
    await call(client, 'test_trigger_tool_change');
    // What is heard first may be about another server's change: the list of the test before.
    await vi.waitFor(async () => {
      expect(changed).toHaveBeenCalled();
      expect((await client.listTools()).tools.map(({ name }) => name)).toContain(`${server}__test_extra`);
    }, 10_000);
    await call(client, 'test_trigger_tool_change');
    await listening?.close();
    const ref = { type: 'ref/prompt', name: `${server}__test_prompt_with_arguments` } as const;
    const { completion } = await client.complete({ ref, argument: { name: 'arg1', value: 'par' } });
    expect(completion.values).toEqual(['paris', 'park', 'party']);
  }, 20_000);
});

test.each(['legacy', 'modern'] as const)(
  '[gateway.rounds] the state of a stateless server goes from round to round with a %s client',
  async (era) => {
    const { client } = await connect(era, EVERYTHING);
    const call = async (tool: string): Promise<string> =>
      JSON.stringify(
        (await client.callTool({ name: `modern__test_input_required_result_${tool}`, arguments: {} })).content,
      );
    expect(await call('request_state')).toContain('state-ok');
    expect(await call('multi_round')).toContain('ann likes');
  },
);

describe.each(['legacy', 'modern'] as const)('[gateway.relay] a %s client of a process', (era) => {
  test('is asked on behalf of its own call', async () => {
    const { client, asked } = await connect(era, EVERYTHING);
    const { content } = await client.callTool({ name: 'stdio__test_elicitation', arguments: { message: 'Who?' } });
    expect(JSON.stringify(content)).toContain('ann');
    expect(asked).toEqual(['elicitation form Who?']);
  });

  test('is not asked where several have calls under way, and none of them gets an answer of another', async () => {
    const [one, other] = [await connect(era, EVERYTHING), await connect(era, EVERYTHING)];
    const slow = other.client.callTool({ name: 'stdio__test_tool_with_progress', arguments: {} });
    const { content } = await one.client.callTool({ name: 'stdio__test_sampling', arguments: { prompt: 'x' } });
    expect(JSON.stringify(content)).toContain('several clients have calls under way');
    expect([...one.asked, ...other.asked]).toEqual([]);
    expect(JSON.stringify((await slow).content)).toContain('done');
  });

  test('that cannot be asked is answered for', async () => {
    const { client } = await connect(era, {});
    const { content } = await client.callTool({ name: 'stdio__test_elicitation', arguments: { message: 'Who?' } });
    expect(JSON.stringify(content)).toContain('cancel');
  });

  test('calls servers over HTTP+SSE, too', async () => {
    const { client } = await connect(era, EVERYTHING);
    const { content } = await client.callTool({ name: 'sse__echo', arguments: { text: 'over sse' } });
    expect(JSON.stringify(content)).toContain('over sse');
  });
});

test('[gateway.relay] a server that has forgotten its sessions is asked in new ones, whatever the client can', async () => {
  const { client, asked } = await connect('legacy', EVERYTHING);
  const ask = async (): Promise<string> =>
    JSON.stringify((await client.callTool({ name: 'legacy__test_sampling', arguments: { prompt: 'x' } })).content);
  expect(await ask()).toContain('sampled');
  fixtures.legacy.forget();
  expect(await Promise.all([ask(), ask(), ask()])).toEqual(
    Array.from({ length: 3 }, () => expect.stringContaining('sampled')),
  );
  expect(asked).toHaveLength(4);
});
