import type { JSONRPCMessage } from '@modelcontextprotocol/client';
import { expect, test, vi } from 'vitest';
import type { RelayAnswer } from '../../../../src/core/relay.ts';
import { Relays } from '../../../../src/transport/forward/relays.ts';
import { forwardByPost } from '../../../../src/transport/http/forward-post.ts';

test('[gateway.relay] behind the answer to a request nobody is asked on its behalf, and nobody is told of its progress', async () => {
  const told: unknown[] = [];
  const elsewhere: unknown[] = [];
  const ask = vi.fn<() => Promise<RelayAnswer>>(async () => ({ result: {} }));
  let deliver: ((message: JSONRPCMessage) => void) | undefined;
  const progress = { jsonrpc: '2.0', method: 'notifications/progress', params: { progressToken: 'hf-1' } } as const;
  const log = { jsonrpc: '2.0', method: 'notifications/message', params: { level: 'info', data: 'x' } } as const;
  const question = { jsonrpc: '2.0', id: 0, method: 'roots/list' } as const;
  const reply = forwardByPost(
    {
      message: { jsonrpc: '2.0', id: 'hf-1', method: 'tools/call' },
      headers: {},
      cut: new AbortController(),
      onbegin: () => {},
      onnotification: (method) => told.push(method),
      asking: { capabilities: { roots: {} }, ask },
    },
    {
      send: async (outgoing) => {
        ({ deliver } = outgoing);
      },
      cancel: async () => {},
      respond: async () => {},
      relays: new Relays(),
      onmessage: (message) => elsewhere.push(message),
    },
  );
  for (const message of [progress, log, question]) deliver?.(message);
  deliver?.({ jsonrpc: '2.0', id: 'hf-1', result: { content: [] } });
  expect(await reply).toMatchObject({ reply: { result: { content: [] } } });
  expect(ask).toHaveBeenCalledOnce();
  for (const message of [progress, log, question]) deliver?.(message);
  expect(told).toEqual([progress.method, log.method, log.method]);
  expect(ask).toHaveBeenCalledOnce();
  expect(elsewhere).toEqual([question]);
});
