/**
 * Servers that forget sessions faster than they answer in them.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mcpServer, onRpc, startFaultServer, status } from '../../src/testing/index.ts';
import type { FaultServer } from '../../src/testing/index.ts';
import { createRemote } from '../support/remote.ts';
import type { Remote } from '../support/remote.ts';

let server: FaultServer;
let remote: Remote;

beforeAll(async () => {
  server = await startFaultServer();
  remote = createRemote();
});
afterAll(async () => {
  await remote.close();
  await server.close();
});

describe('[transport.session-404] a session that is forgotten at once', () => {
  const FORGETFUL = { kind: 'network', errno: 'ECONNRESET' };

  test('is no wrong address while it is opened: that passes, and is tried again', async () => {
    const mcp = mcpServer({ era: 'legacy' });
    const { url } = server.mount('/opening', onRpc('notifications/initialized', status(404), mcp.behaviour));
    expect(await remote.try(url, { era: 'legacy' })).toMatchObject({ ok: false, answer: FORGETFUL });
  });

  test('is none for our own contact either', async () => {
    const mcp = mcpServer({ era: 'legacy' });
    const place = server.mount('/contact', mcp.behaviour);
    const { session } = await remote.open(place.url, { era: 'legacy' });
    place.set(onRpc('ping', status(404), mcp.behaviour));
    expect(await session.contact(new AbortController().signal)).toMatchObject(FORGETFUL);
  });

  test('is told of a call, which was refused both times', async () => {
    const mcp = mcpServer({ era: 'legacy' });
    const place = server.mount('/call', mcp.behaviour);
    const { session } = await remote.open(place.url, { era: 'legacy' });
    place.set(onRpc('tools/call', status(404), mcp.behaviour));
    const fault = { kind: 'http', sent: 'rejected', sessionLost: true };
    expect(await session.request('tools/call', { name: 'echo' })).toMatchObject({ ok: false, fault });
    expect(mcp.calls).toHaveLength(0);
    // A server without sessions has nothing to forget.
    const plain = mcpServer({ era: 'modern' });
    const other = server.mount('/plain', plain.behaviour);
    const { session: modern } = await remote.open(other.url);
    other.set(onRpc('tools/call', status(404), plain.behaviour));
    const outcome = await modern.request('tools/call', { name: 'echo' });
    expect(outcome).toMatchObject({ ok: false, fault: { kind: 'http', sent: 'rejected' } });
    expect(outcome).not.toHaveProperty('fault.sessionLost');
  });
});
