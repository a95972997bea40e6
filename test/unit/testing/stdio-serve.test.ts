import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { parseStdioOptions } from '../../../src/testing/stdio-options.ts';
import type { StdioSettings } from '../../../src/testing/stdio-options.ts';
import { serveStdio } from '../../../src/testing/stdio-serve.ts';
import { createVirtualClock } from '../../../src/testing/virtual-clock.ts';
import type { VirtualClock } from '../../../src/testing/virtual-clock.ts';

interface Talk {
  readonly clock: VirtualClock;
  readonly lines: string[];
  readonly crashes: string[];
  readonly send: (message: object | string) => Promise<void>;
  readonly end: () => Promise<void>;
}

function talk(settings: StdioSettings = {}): Talk {
  const input = new PassThrough();
  const output = new PassThrough();
  const clock = createVirtualClock(0);
  const lines: string[] = [];
  const crashes: string[] = [];
  output.on('data', (chunk: Buffer) => lines.push(...String(chunk).trimEnd().split('\n')));
  const served = serveStdio(settings, { input, output, clock, crash: (why) => crashes.push(why) });
  const turns = async (): Promise<void> => {
    for (let turn = 0; turn < 5; turn += 1) await clock.advance(0);
  };
  return {
    clock,
    lines,
    crashes,
    async send(message) {
      input.write(`${typeof message === 'string' ? message : JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
      await turns();
    },
    async end() {
      input.end();
      await served;
    },
  };
}

const messages = (lines: readonly string[]): unknown[] => lines.map((line) => JSON.parse(line) as unknown);

describe('the command line of the stdio server', () => {
  test('is read into typed settings', () => {
    expect(
      parseStdioOptions(['--crash-after', '200', '--exit-code', '3', '--silent', '--crash-on-call', 'add']),
    ).toEqual({ 'crash-after': 200, 'exit-code': 3, silent: true, 'crash-on-call': 'add' });
    expect(parseStdioOptions([])).toEqual({});
  });

  test.each([
    [['--nonsense'], 'unknown option --nonsense'],
    [['silent'], 'unknown option silent'],
    [['--constructor'], 'unknown option --constructor'],
    [['--crash-after'], '--crash-after needs a value'],
    [['--crash-after', 'soon'], '--crash-after needs a whole number, not soon'],
    [['--exit-code', '-1'], '--exit-code needs a whole number, not -1'],
  ])('refuses %j', (args, message) => {
    expect(() => parseStdioOptions(args)).toThrow(message);
  });
});

describe('the stdio server', () => {
  test('opens, lists, calls and ends with its input', async () => {
    const { lines, send, end } = talk({ name: 'clock', tools: 1 });
    await send({ id: 1, method: 'initialize', params: { protocolVersion: '2025-06-18' } });
    await send({ method: 'notifications/initialized' });
    await send({ id: 2, method: 'tools/list' });
    await send({ id: 'x', method: 'tools/call', params: { name: 'add', arguments: { a: 1, b: 2 } } });
    await end();
    expect(messages(lines)).toMatchObject([
      { id: 1, result: { protocolVersion: '2025-06-18', serverInfo: { name: 'clock' } } },
      { id: 2, result: { tools: { length: 6 } } },
      { id: 'x', result: { content: [{ text: '3' }] } },
    ]);
  });

  test('answers a modern probe like any other unknown method, and broken lines with a parse error', async () => {
    const { lines, send } = talk();
    await send({ id: 1, method: 'server/discover' });
    await send('no json');
    expect(messages(lines)).toMatchObject([
      { id: 1, error: { code: -32_601 } },
      { id: null, error: { code: -32_700 } },
    ]);
  });

  test('is silent when told to be', async () => {
    const { lines, send } = talk({ silent: true });
    await send({ id: 1, method: 'initialize' });
    expect(lines).toEqual([]);
  });

  test('writes stray lines before its first answer', async () => {
    const { lines, send } = talk({ 'stray-lines': 2 });
    await send({ id: 1, method: 'ping' });
    expect(lines).toEqual(['stray line 1 on stdout', 'stray line 2 on stdout', '{"jsonrpc":"2.0","id":1,"result":{}}']);
  });

  test('answers initialize late when told to', async () => {
    const { lines, send, clock } = talk({ 'initialize-delay': 8_000 });
    await send({ id: 1, method: 'initialize' });
    await clock.advance(7_999);
    expect(lines).toEqual([]);
    await clock.advance(1);
    await clock.settle();
    expect(lines).toHaveLength(1);
  });

  test('announces a change of its tools', async () => {
    const { lines, send, clock } = talk({ 'change-after': 1_000 });
    await send({ id: 1, method: 'initialize' });
    await clock.advance(1_000);
    await send({ id: 2, method: 'tools/list' });
    expect(messages(lines).slice(1)).toMatchObject([
      { method: 'notifications/tools/list_changed' },
      { result: { tools: { length: 6 } } },
    ]);
  });

  test('reports progress, and gives no answer to a call that was cancelled', async () => {
    const { lines, send, clock } = talk();
    const call = { name: 'progress', arguments: { steps: 4, ms: 100 }, _meta: { progressToken: 'p' } };
    await send({ id: 7, method: 'tools/call', params: call });
    await clock.advance(250);
    await send({ method: 'notifications/cancelled', params: { requestId: 7 } });
    await clock.advance(1_000);
    expect(messages(lines)).toMatchObject([
      { method: 'notifications/progress', params: { progressToken: 'p', progress: 1 } },
      { method: 'notifications/progress', params: { progress: 2, total: 4 } },
    ]);
    expect(clock.pending).toBe(0);
  });

  test('crashes when the fatal tool is called, and not for another', async () => {
    const { crashes, send } = talk({ 'crash-on-call': 'add' });
    await send({ id: 1, method: 'tools/call', params: { name: 'echo', arguments: { text: 'x' } } });
    expect(crashes).toEqual([]);
    await send({ id: 2, method: 'tools/call', params: { name: 'add' } });
    expect(crashes).toEqual(['the tool add was called']);
  });
});
