/**
 * Server processes as they are: how they start, fail, talk, die and are ended. Nothing here knows of sessions.
 *
 * @module
 */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JSONRPCMessage } from '@modelcontextprotocol/client';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { EffectiveStdio } from '../../src/core/entry.ts';
import { resolveNumbers } from '../../src/core/numbers.ts';
import type { NumberOverrides } from '../../src/core/numbers.ts';
import { AnswerError } from '../../src/transport/answer-error.ts';
import { ServerProcess } from '../../src/transport/process/server-process.ts';
import { StdioLink } from '../../src/transport/process/stdio-link.ts';
import type { StdioWorld } from '../../src/transport/stdio.ts';
import { inGroups, launched, nodeEndpoint, secrets, serverFile, shellEndpoint, stdioWorld } from '../support/stdio.ts';

/** Short graces, so that a ladder is climbed in half a second. */
const QUICK = { stdinGraceMs: 300, termGraceMs: 300 } as const;

let world: StdioWorld;
let folder: string;
beforeEach(() => {
  world = stdioWorld();
  folder = mkdtempSync(join(tmpdir(), 'holdfast-'));
});
afterEach(async () => {
  await world.host.close();
  rmSync(folder, { recursive: true, force: true });
});

async function start(endpoint: EffectiveStdio, numbers: NumberOverrides = QUICK): Promise<ServerProcess> {
  const started = await world.host.start({ endpoint, numbers: resolveNumbers(numbers) });
  if (!(started instanceof ServerProcess)) throw new Error(`not started: ${JSON.stringify(started)}`);
  return started;
}

interface Talk {
  readonly process: ServerProcess;
  readonly link: StdioLink;
  readonly notes: string[];
  readonly failures: unknown[];
  /** Resolves with the answer to the request. */
  readonly ask: (method: string, params?: Record<string, unknown>) => Promise<JSONRPCMessage>;
}

async function talk(endpoint: EffectiveStdio, numbers: NumberOverrides = QUICK): Promise<Talk> {
  const process = await start(endpoint, numbers);
  const link = new StdioLink(process, resolveNumbers(numbers).messageBytes, world.redactor);
  const waiting = new Map<unknown, (message: JSONRPCMessage) => void>();
  const talking = { process, link, notes: [] as string[], failures: [] as unknown[] };
  const listeners: Partial<StdioLink> = {
    onmessage: (message: JSONRPCMessage) => {
      if ('id' in message) waiting.get(message.id)?.(message);
    },
    onnote: (about, text) => talking.notes.push(`${about}: ${text}`),
    onfail: (id, error) => talking.failures.push([id, error.answer.kind]),
  };
  Object.assign(link, listeners);
  await link.start();
  let last = 0;
  return {
    ...talking,
    ask(method, params) {
      last += 1;
      const id = last;
      const answered = new Promise<JSONRPCMessage>((resolve) => waiting.set(id, resolve));
      return link.send({ jsonrpc: '2.0', id, method, ...(params && { params }) }).then(() => answered);
    },
  };
}

const call = (name: string, args: Record<string, unknown>): Record<string, unknown> => ({ name, arguments: args });
const textOf = (message: JSONRPCMessage): string =>
  (message as unknown as { result: { content: { text: string }[] } }).result.content[0]?.text ?? '';

describe('starting', () => {
  const missing = (endpoint: EffectiveStdio): Promise<unknown> =>
    world.host.start({ endpoint, numbers: resolveNumbers() });

  test('[connect.spawn-not-found] a command that does not exist is ENOENT and named', async () => {
    expect(await missing({ ...nodeEndpoint(''), command: 'no-such-command-7' })).toEqual({
      kind: 'spawn',
      errno: 'ENOENT',
      text: 'the command "no-such-command-7" was not found',
    });
  });

  test('[connect.spawn-not-found] a missing working folder is told as such, not as a missing command', async () => {
    expect(await missing({ ...nodeEndpoint(serverFile('plain')), cwd: join(folder, 'gone') })).toEqual({
      kind: 'spawn',
      errno: 'ENOENT',
      text: `the folder "${folder}/gone" does not exist`,
    });
  });

  test('a file in the place of the working folder is told', async () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    expect(await missing({ ...nodeEndpoint(serverFile('plain')), cwd: file })).toMatchObject({ errno: 'ENOTDIR' });
  });

  test('[connect.spawn-denied] a command that may not be executed is EACCES and named', async () => {
    const file = join(folder, 'tool');
    writeFileSync(file, '#!/bin/sh\n');
    chmodSync(file, 0o600);
    expect(await missing({ ...nodeEndpoint(''), command: file })).toEqual({
      kind: 'spawn',
      errno: 'EACCES',
      text: `the command "${file}" may not be executed`,
    });
  });

  test('a value that no process can be given is refused, not thrown', async () => {
    expect(await missing(nodeEndpoint('a\0b'))).toMatchObject({ kind: 'spawn', errno: 'EINVAL' });
  });

  test('the command is looked up in the PATH of the caller', async () => {
    const file = join(folder, 'only-here');
    writeFileSync(file, '#!/bin/sh\nexit 9\n');
    chmodSync(file, 0o700);
    const endpoint = { ...nodeEndpoint(''), command: 'only-here', args: [] };
    expect(await missing(endpoint)).toMatchObject({ errno: 'ENOENT' });
    const process = await start({ ...endpoint, path: `${folder}:/bin:/usr/bin` });
    expect((await process.ended).code).toBe(9);
  });

  test('the process gets the variables of its entry and no others of the owner', async () => {
    process.env['HOLDFAST_TEST_CANARY'] = 'canary';
    const { ask } = await talk({ ...nodeEndpoint(serverFile('plain')), env: secrets({ API_KEY: 'k-123456' }) });
    const seen = JSON.parse(textOf(await ask('tools/call', call('environment', {})))) as Record<string, string>;
    delete process.env['HOLDFAST_TEST_CANARY'];
    expect(seen['API_KEY']).toBe('k-123456');
    expect(seen['HOME']).toBe(process.env['HOME']);
    expect(seen['HOLDFAST_TEST_CANARY']).toBeUndefined();
  });
});

describe('talking', () => {
  test('[transport.stdio-stderr] 300 KB of stderr before the first answer block nothing, and the last 64 KiB are kept', async () => {
    const { ask, link } = await talk(nodeEndpoint(serverFile('flood')));
    expect(await ask('ping')).toMatchObject({ result: {} });
    const lines = link.stderr().map(({ text }) => text);
    expect(lines.at(-1)).toMatch(/^002999 /);
    expect(Buffer.byteLength(lines.join('\n'))).toBeLessThanOrEqual(65_536);
    expect(lines.length).toBeGreaterThan(400);
  });

  test('[transport.stdio-lines] stray stdout lines are counted, the first five told, cleaned and redacted', async () => {
    const endpoint = { ...nodeEndpoint(serverFile('stray')), env: secrets({ TOKEN: 'canary-5d1f' }) };
    const { ask, link, notes } = await talk(endpoint);
    expect(await ask('ping')).toMatchObject({ result: {} });
    expect(notes).toEqual([
      'stray-output: Starting up…',
      'stray-output: ready token=[secret]',
      'stray-output: {"not": "json-rpc"}',
      'stray-output: noise 0',
      'stray-output: noise 1',
    ]);
    expect(link.counts).toEqual({ strays: 23, dropped: 0 });
  });

  test('[transport.bounded] an answer over the limit fails its request at once, and the conversation goes on', async () => {
    const talking = await talk(nodeEndpoint(serverFile('plain')), { ...QUICK, messageBytes: 100_000 });
    void talking.ask('tools/call', call('large', { bytes: 200_000 }));
    expect(await talking.ask('ping')).toMatchObject({ result: {} });
    expect(talking.failures).toEqual([[1, 'protocol']]);
    expect(talking.notes).toEqual([expect.stringMatching(/^stray-output: a message of the server has 2000\d\d bytes/)]);
  });

  test('[transport.bounded] a message of ours over the limit is refused unsent', async () => {
    const { link } = await talk(nodeEndpoint(serverFile('plain')), { ...QUICK, messageBytes: 1_000 });
    const sending = link.send({ jsonrpc: '2.0', method: 'x'.repeat(1_000) });
    await expect(sending).rejects.toMatchObject({ sent: 'no', answer: { kind: 'protocol', tooLarge: 'call' } });
  });

  test('10 MiB go through in both directions', async () => {
    const { ask } = await talk(nodeEndpoint(serverFile('plain')));
    const text = 'ü'.repeat(5_000_000);
    expect(textOf(await ask('tools/call', call('echo', { text })))).toBe(text);
  });

  test('a server that does not read its input is told after 40 MiB, not remembered for ever', async () => {
    const { link, process } = await talk(shellEndpoint('sleep 60'));
    const params = { filler: 'x'.repeat(9_000_000) };
    const sendings = Array.from({ length: 7 }, () => link.send({ jsonrpc: '2.0', method: 'm', params }));
    const outcomes = sendings.map((sending) =>
      sending.then(
        () => 'sent',
        (error: unknown) => error,
      ),
    );
    expect(await outcomes.at(-1)).toMatchObject({ sent: 'no', answer: { kind: 'protocol' } });
    expect(process.stdin.writableLength).toBeLessThan(55_000_000);
    await link.close();
    for (const outcome of outcomes) expect(await outcome).toBeInstanceOf(AnswerError);
  });
});

describe('dying', () => {
  test('[connect.exited] exit code and last stderr lines are told, redacted', async () => {
    const process = await start({ ...nodeEndpoint(serverFile('broken')), env: secrets({ P: 'canary-77aa' }) });
    expect(await process.ended).toEqual({
      code: 3,
      signal: null,
      stderr: ['reading the configuration', 'cannot open the database, password=[secret]'],
    });
    expect(process.diedByItself).toBe(true);
  });

  test('[connect.exited] a signal is told', async () => {
    const started = await start(nodeEndpoint(serverFile('plain')));
    process.kill(started.pid, 'SIGKILL');
    expect(await started.ended).toMatchObject({ code: null, signal: 'SIGKILL' });
  });

  test('a grandchild that holds stdout does not hide the death of the server, and is ended', async () => {
    const { link, process, ask } = await talk(nodeEndpoint(serverFile('holder')));
    await ask('ping');
    expect(inGroups(process.pid)).toHaveLength(2);
    const closed = new Promise<number>((resolve) => {
      Object.assign(link, { onclose: () => resolve(performance.now()) });
    });
    const began = performance.now();
    void ask('tools/call', call('exit', { code: 4 }));
    expect((await closed) - began).toBeLessThan(1_000);
    expect(link.ending()).toMatchObject({ kind: 'exit', exit: { code: 4 } });
    await process.cleared;
    expect(inGroups(process.pid)).toEqual([]);
  });

  test('a request sent to a process that has ended is rejected as unsent, with the way it ended', async () => {
    const { link, process } = await talk(nodeEndpoint(serverFile('broken')));
    await process.cleared;
    await expect(link.send({ jsonrpc: '2.0', id: 1, method: 'ping' })).rejects.toMatchObject({
      sent: 'no',
      answer: { kind: 'exit', exit: { code: 3 } },
    });
  });

  test('a server that closes its stdout and lives on is ended and told as dead', async () => {
    const { link, process, ask } = await talk(nodeEndpoint(serverFile('mute')));
    void ask('ping');
    const { signal } = await process.ended;
    expect(signal).toBe('SIGTERM');
    expect(process.diedByItself).toBe(true);
    expect(link.ending().kind).toBe('exit');
  });
});

describe('ending', () => {
  test('[transport.stdio-close] a server that behaves ends by the end of its stdin, without a signal', async () => {
    const { process, link, ask } = await talk(nodeEndpoint(serverFile('plain')), {});
    await ask('ping');
    const began = performance.now();
    await link.close();
    expect(performance.now() - began).toBeLessThan(1_500);
    expect(await process.ended).toMatchObject({ code: 0, signal: null });
    expect(process.diedByItself).toBe(false);
  });

  test('[transport.stdio-close] a stubborn one gets TERM after the first grace and KILL after the second', async () => {
    const { process, link, ask } = await talk(nodeEndpoint(serverFile('stubborn')));
    await ask('ping');
    const began = performance.now();
    await Promise.all([link.close(), link.close()]);
    const took = performance.now() - began;
    expect(took).toBeGreaterThanOrEqual(590);
    expect(took).toBeLessThan(1_500);
    expect(await process.ended).toMatchObject({ signal: 'SIGKILL' });
    expect(inGroups(process.pid)).toEqual([]);
  });

  test.each(['plain', 'stubborn'])('[transport.stdio-close] of a launcher nothing is left (%s)', async (name) => {
    const { process, link, ask } = await talk(launched(name));
    await ask('ping');
    expect(inGroups(process.pid)).toHaveLength(2);
    await link.close();
    expect(inGroups(process.pid)).toEqual([]);
  });

  test('many servers are ended at the same time', async () => {
    const talks = await Promise.all(Array.from({ length: 6 }, () => talk(nodeEndpoint(serverFile('stubborn')))));
    await Promise.all(talks.map(({ ask }) => ask('ping')));
    const began = performance.now();
    await world.host.close();
    expect(performance.now() - began).toBeLessThan(2_500);
    expect(inGroups(...talks.map(({ process }) => process.pid))).toEqual([]);
  });
});
