/**
 * Rules of an entry over what clients see of its server, changed while clients are there.
 */
import { writeFile } from 'node:fs/promises';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { HttpGateway } from '../../src/gateway/front/http.ts';
import { mcpServer, startFaultServer } from '../../src/testing/index.ts';
import type { FaultServer, McpServer, Mount } from '../../src/testing/index.ts';
import { PlainClient } from '../support/gateway-client.ts';
import { gatewayOver } from '../support/gateway-over.ts';

let faults: FaultServer;
let gateway: HttpGateway;
let server: McpServer;
let mount: Mount;
let file: string;
let close: () => Promise<void>;

const write = (holdfast: object): Promise<void> =>
  writeFile(file, JSON.stringify({ mcpServers: { one: { url: mount.url, holdfast } } }));

beforeEach(async () => {
  faults = await startFaultServer();
  server = mcpServer({ instructions: 'Ask politely.' });
  mount = faults.mount('/one', server.behaviour);
  const place = await gatewayOver(async (path) => {
    file = path;
    await write({ tools: { rename: { echo: 'say' } } });
  });
  ({ gateway, close } = place);
});
afterEach(async () => {
  await close();
  await faults.close();
});

test('[gateway.rules] a change of the rules is seen without a new connection', async () => {
  const client = new PlainClient(gateway.url);
  expect(await client.tools()).toContain('one__say');
  expect(await client.call('one__say', { text: 'hello' })).toMatchObject({ ok: true });
  expect(server.calls.map(({ name }) => name)).toEqual(['echo']);
  const { initializes } = mount;
  await write({ tools: { deny: ['echo'] } });
  await vi.waitFor(async () => expect(await client.tools()).not.toContain('one__say'), 5_000);
  expect((await client.call('one__echo', { text: 'hello' })).ok).toBe(false);
  expect(server.calls).toHaveLength(1);
  expect(mount.initializes).toBe(initializes);
});

test('[gateway.rules] a file that was broken meanwhile takes no server away, and the status says where it is broken', async () => {
  const client = new PlainClient(gateway.url);
  expect(await client.call('one__say', { text: 'hello' })).toMatchObject({ ok: true });
  await writeFile(file, '{ "mcpServers": {');
  const status = async (): Promise<string> =>
    JSON.stringify((await client.ask('tools/call', { name: 'holdfast__status', arguments: {} })).result);
  await vi.waitFor(async () => expect(await status()).toContain(`- not readable: ${file}:1:`), 5_000);
  expect(await status()).toContain('the entries of the last good reading are kept');
  expect(await client.call('one__say', { text: 'hello' })).toMatchObject({ ok: true });
  await write({});
  await vi.waitFor(async () => expect(await status()).not.toContain('not readable'), 5_000);
});

test('[gateway.rules] where the only file is broken from the beginning the status says that alone', async () => {
  const broken = await gatewayOver((path) => writeFile(path, '{ "mcpServers": {'));
  try {
    const client = new PlainClient(broken.gateway.url);
    const { result } = await client.ask('tools/call', { name: 'holdfast__status', arguments: {} });
    expect(JSON.stringify(result)).toContain('"- not readable: ');
    expect(JSON.stringify(result)).not.toContain('No MCP server is configured');
  } finally {
    await broken.close();
  }
});

const HIDING = {
  prompts: { deny: ['review'], rename: { greet: 'hello' } },
  resources: { deny: ['test://two', 'test://secret*'] },
};

/** What one kind of list has, by the key that names its items. */
async function listed(client: PlainClient, kind: string, key: string): Promise<readonly unknown[]> {
  const list = kind === 'resources/templates' ? 'resourceTemplates' : kind;
  const { result } = await client.ask(`${kind}/list`);
  return ((result?.[list] ?? []) as Record<string, unknown>[]).map((item) => item[key]);
}

/** The methods that the server was asked for, but for what is asked of it to connect. */
const asked = (): readonly unknown[] =>
  mount
    .hits()
    .map(({ rpcMethod }) => rpcMethod)
    .filter((method) => /get$|read$|complete$|subscribe$/.test(method ?? ''));

describe('[gateway.rules] prompts and resources', () => {
  test.each([
    ['/mcp', '', 'one__', 'one+'],
    ['/mcp/one', '/one', '', ''],
  ])('that are hidden are neither listed at %s nor there', async (_, path, prefix, scheme) => {
    const client = new PlainClient(`${gateway.url}${path}`);
    const prompts = async (): Promise<readonly unknown[]> =>
      (await listed(client, 'prompts', 'name')).filter((name) => !String(name).startsWith('holdfast__'));
    const resources = (): Promise<readonly unknown[]> => listed(client, 'resources', 'uri');
    expect(await prompts()).toEqual([`${prefix}greet`, `${prefix}review`]);
    expect(await resources()).toEqual([`${scheme}test://one`, `${scheme}test://two`]);
    const { initializes } = mount;
    await write(HIDING);
    await vi.waitFor(async () => expect(await prompts()).toEqual([`${prefix}hello`]), 5_000);
    expect(await resources()).toEqual([`${scheme}test://one`]);
    expect(await listed(client, 'resources/templates', 'uriTemplate')).toEqual([`${scheme}test://{name}`]);
    expect(mount.initializes).toBe(initializes);

    for (const name of [`${prefix}greet`, `${prefix}review`]) {
      const { error } = await client.ask('prompts/get', { name });
      expect(error).toMatchObject({ code: -32_602, message: `Unknown prompt: ${name}` });
    }
    for (const own of ['test://two', 'test://%74wo', 'test://secret/key', 'TEST://two']) {
      const uri = `${scheme}${own}`;
      const { error } = await client.ask('resources/read', { uri });
      expect(error).toMatchObject({ code: -32_602, message: `Unknown resource: ${uri}`, data: { uri } });
    }
    const ref = { type: 'ref/resource', uri: `${scheme}test://secret/{day}` };
    const completing = await client.ask('completion/complete', { ref, argument: { name: 'day', value: '' } });
    expect(completing.error).toMatchObject({ code: -32_602 });
    const hidden = { ref: { type: 'ref/prompt', name: `${prefix}review` }, argument: { name: 'a', value: '' } };
    expect((await client.ask('completion/complete', hidden)).error).toMatchObject({ code: -32_602 });
    // The name of a prompt that is shown must not carry a hidden template along.
    for (const uri of ['test://secret/{day}', `${scheme}test://secret/{day}`]) {
      const both = { ref: { type: 'ref/resource', name: `${prefix}hello`, uri }, argument: { name: 'day', value: '' } };
      expect((await client.ask('completion/complete', both)).error).toMatchObject({ code: -32_602 });
    }
    expect(asked()).toEqual([]);

    expect(await client.ask('prompts/get', { name: `${prefix}hello` })).toMatchObject({ ok: true });
    // Listed nowhere: it comes from the template alone.
    const free = await client.ask('resources/read', { uri: `${scheme}test://three` });
    expect(free.result?.['contents']).toMatchObject([{ uri: `${scheme}test://three` }]);
  });

  test('that are hidden, and come again, are announced by their kind, and cannot be watched', async () => {
    const client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode: 'auto' } });
    await client.connect(new StreamableHTTPClientTransport(new URL(gateway.url)));
    const legacy = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode: 'legacy' } });
    await legacy.connect(new StreamableHTTPClientTransport(new URL(gateway.url)));
    const told: string[] = [];
    for (const kind of ['tools', 'prompts', 'resources'] as const)
      client.setNotificationHandler(`notifications/${kind}/list_changed`, () => void told.push(kind));
    const all = { toolsListChanged: true, promptsListChanged: true, resourcesListChanged: true };
    const listening = await client.listen(all);
    const tools = { rename: { echo: 'say' } };
    const changed = async (rules: object, wanted: readonly string[]): Promise<void> => {
      told.length = 0;
      await write({ tools, ...rules });
      await vi.waitFor(() => expect(told).toEqual(wanted), 5_000);
    };
    await changed({ prompts: HIDING.prompts }, ['prompts']);
    await changed(HIDING, ['resources']);
    await expect(client.readResource({ uri: 'one+test://two' })).rejects.toThrow('Unknown resource');
    await expect(legacy.subscribeResource({ uri: 'one+test://two' })).rejects.toThrow('Unknown resource');
    expect(asked()).toEqual([]);
    await changed({ resources: { deny: ['test://{*'] } }, ['prompts', 'resources']);
    await changed({}, ['resources']);
    await expect(client.readResource({ uri: 'one+test://two' })).resolves.toBeDefined();
    await listening.close();
    await client.close();
    await legacy.close();
  });
});

test('[gateway.catalogue] what servers say of themselves is told to clients under their names', async () => {
  const { result } = await new PlainClient(gateway.url).ask('server/discover');
  expect(result?.['instructions']).toBe('## one\n\nAsk politely.');
});
