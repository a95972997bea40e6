/**
 * Sessions with servers that are processes: the published MCP servers, and the ones that misbehave.
 *
 * @module
 */
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { EffectiveStdio } from '../../src/core/entry.ts';
import type { Answer } from '../../src/core/fault.ts';
import type { Session, SessionEvent } from '../../src/core/ports.ts';
import { openStdio } from '../../src/transport/stdio.ts';
import type { StdioWorld } from '../../src/transport/stdio.ts';
import { childrenOf, launched, nodeEndpoint, openRequest, publishedServer } from '../support/stdio.ts';
import { secrets, serverFile, shellEndpoint, stdioWorld, until } from '../support/stdio.ts';

const QUICK = { stdinGraceMs: 300, termGraceMs: 300 } as const;

let world: StdioWorld;
let folder: string;
beforeEach(() => {
  world = stdioWorld();
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'holdfast-')));
});
afterEach(async () => {
  await world.host.close();
  rmSync(folder, { recursive: true, force: true });
  const left = childrenOf(process.pid);
  if (left.length > 0) throw new Error(`processes are left: ${left.join(' ')}`);
});

type More = NonNullable<Parameters<typeof openRequest>[1]>;

async function opened(
  endpoint: EffectiveStdio,
  more: More = {},
): Promise<Session & { readonly heard: SessionEvent[] }> {
  const outcome = await openStdio(openRequest(endpoint, { numbers: QUICK, ...more }), world);
  if (!outcome.ok) throw new Error(`not opened: ${JSON.stringify(outcome.answer)}`);
  const heard: SessionEvent[] = [];
  outcome.session.onEvent = (event) => heard.push(event);
  return Object.assign(outcome.session, { heard });
}

async function refused(endpoint: EffectiveStdio, more: More = {}): Promise<Answer> {
  const outcome = await openStdio(openRequest(endpoint, { numbers: QUICK, ...more }), world);
  if (outcome.ok) throw new Error('opened');
  return outcome.answer;
}

async function call(session: Session, name: string, args: Record<string, unknown>): Promise<unknown> {
  const outcome = await session.request('tools/call', { name, arguments: args });
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.fault));
  return outcome.result;
}

const namesOf = (session: Session): readonly string[] =>
  session.lists.tools.map((tool) => (tool as { name: string }).name);
const lost = ({ heard }: { readonly heard: readonly SessionEvent[] }): SessionEvent | undefined =>
  heard.find(({ kind }) => kind === 'lost');

describe('published servers', () => {
  test('server-everything is listed and called, with progress', async () => {
    const session = await opened(nodeEndpoint(publishedServer('everything'), ['stdio']));
    expect(session).toMatchObject({ transport: 'stdio', era: 'legacy', protocolVersion: '2025-11-25' });
    expect(namesOf(session)).toContain('echo');
    expect(session.lists.prompts.length).toBeGreaterThan(0);
    expect(session.lists.resources.length).toBeGreaterThan(0);
    expect(await call(session, 'echo', { message: 'hé 🚀' })).toMatchObject({ content: [{ text: 'Echo: hé 🚀' }] });
    const progress: number[] = [];
    const long = { name: 'trigger-long-running-operation', arguments: { duration: 0.4, steps: 4 } };
    const outcome = await session.request('tools/call', long, { onProgress: (step) => progress.push(step.progress) });
    expect(outcome.ok).toBe(true);
    expect(progress).toEqual([1, 2, 3, 4]);
    expect(await session.contact(AbortSignal.timeout(5_000))).toBeUndefined();
    await session.close();
  });

  test('server-filesystem is listed and called', async () => {
    writeFileSync(join(folder, 'note.txt'), 'written by the test');
    const session = await opened(nodeEndpoint(publishedServer('filesystem'), [folder]));
    expect(namesOf(session)).toContain('read_text_file');
    const read = await call(session, 'read_text_file', { path: join(folder, 'note.txt') });
    expect(read).toMatchObject({ content: [{ text: 'written by the test' }] });
  });

  test('server-memory is listed and called, and its entry says where it writes', async () => {
    const env = secrets({ MEMORY_FILE_PATH: join(folder, 'memory.jsonl') });
    const session = await opened({ ...nodeEndpoint(publishedServer('memory')), env });
    const entities = [{ name: 'Holdfast', entityType: 'tool', observations: ['keeps servers connected'] }];
    await call(session, 'create_entities', { entities });
    expect(JSON.stringify(await call(session, 'read_graph', {}))).toContain('keeps servers connected');
  });
});

describe('servers that do not open', () => {
  test('[connect.spawn-not-found] a missing command is the answer at once', async () => {
    const answer = await refused({ ...nodeEndpoint(''), command: 'no-such-command-7' });
    expect(answer).toMatchObject({ kind: 'spawn', errno: 'ENOENT' });
  });

  test('[connect.exited] a program that ends is told with exit code and its last words', async () => {
    expect(await refused({ ...nodeEndpoint(serverFile('broken')), env: secrets({ P: 'canary-77aa' }) })).toEqual({
      kind: 'exit',
      exit: {
        code: 3,
        signal: null,
        stderr: ['reading the configuration', 'cannot open the database, password=[secret]'],
      },
    });
  });

  test('[connect.exited] one that dies right after it was initialized, too', async () => {
    const answer = await refused(nodeEndpoint(serverFile('crasher')));
    expect(answer).toMatchObject({ kind: 'exit', exit: { code: null, signal: 'SIGKILL', stderr: ['out of memory'] } });
  });

  test('[connect.one-deadline] a silent one is a time-out at the deadline, its last line told, and its process is gone', async () => {
    const began = performance.now();
    const answer = await refused(nodeEndpoint(serverFile('silent')), { signal: AbortSignal.timeout(700) });
    expect(answer).toEqual({ kind: 'timeout', text: 'last line of its stderr: waiting for the database' });
    expect(performance.now() - began).toBeLessThan(2_500);
    expect(childrenOf(process.pid, serverFile('silent'))).toEqual([]);
  });

  test('a stubborn launcher that was given up leaves nothing behind', async () => {
    const stop = new AbortController();
    const line = `trap '' TERM; sleep 60 & sleep 60; sleep 60`;
    const opening = refused(shellEndpoint(line), { signal: stop.signal });
    await until(() => childrenOf(process.pid, 'sleep 60').length > 0, 3_000);
    stop.abort();
    expect(await opening).toEqual({ kind: 'timeout' });
    expect(childrenOf(process.pid, 'sleep 60')).toEqual([]);
  });

  test('a request that was given up before it began starts no process', async () => {
    expect(await refused(nodeEndpoint(serverFile('plain')), { signal: AbortSignal.abort() })).toEqual({
      kind: 'timeout',
    });
  });
});

describe('eras', () => {
  const cases: readonly (readonly [string, More['era'], 'legacy' | 'modern'])[] = [
    ['plain', 'legacy', 'legacy'],
    ['plain', 'auto', 'legacy'],
    ['modern', 'auto', 'modern'],
    ['modern', 'modern', 'modern'],
    // Opened with the earlier era, which it refuses with an error that names the later one.
    ['modern', 'legacy', 'modern'],
    ['delicate', 'legacy', 'legacy'],
    // Dies of the probe and is started once more.
    ['delicate', 'auto', 'legacy'],
  ];
  test.each(cases)(
    '[transport.era-stdio] the server "%s" with protocolEra %s opens in the era %s',
    async (name, era, found) => {
      const session = await opened(nodeEndpoint(serverFile(name)), { era: era ?? 'legacy' });
      expect(session.era).toBe(found);
      expect(await session.contact(AbortSignal.timeout(5_000))).toBeUndefined();
    },
  );

  test('[transport.era-stdio] silence to the probe ends it after its own limit, and initialize goes on', async () => {
    const numbers = { ...QUICK, eraProbeMs: 200 };
    const session = await opened(nodeEndpoint(serverFile('deaf-to-probe')), { era: 'auto', numbers });
    expect(session.era).toBe('legacy');
  });

  test('a server of the earlier era that must be modern is told as a version that does not fit', async () => {
    expect(await refused(nodeEndpoint(serverFile('plain')), { era: 'modern' })).toMatchObject({ kind: 'version' });
  });

  test('a remembered earlier era saves the probe', async () => {
    const session = await opened(nodeEndpoint(serverFile('delicate')), { era: 'auto', rest: { knownEra: 'legacy' } });
    expect(session.era).toBe('legacy');
  });
});

describe('open sessions', () => {
  test('[connect.exited] a later death is one lost event with exit code and stderr; calls in flight end as closed', async () => {
    const session = await opened(launched('plain'));
    const calling = session.request('tools/call', { name: 'exit', arguments: { code: 5 } });
    expect(await calling).toMatchObject({ ok: false, fault: { kind: 'closed', sent: 'maybe' } });
    await until(() => lost(session) !== undefined, 3_000);
    expect(session.heard.filter(({ kind }) => kind === 'lost')).toHaveLength(1);
    // The launcher's `wait` without a name gives 0 whatever its child gave.
    expect(lost(session)).toMatchObject({ answer: { kind: 'exit', exit: { code: 0 } } });
    await session.close();
  });

  test('a killed server is lost within a second, and a new one opens', async () => {
    const session = await opened(nodeEndpoint(publishedServer('everything'), ['stdio']));
    const [pid] = childrenOf(process.pid, 'server-everything') as readonly [number];
    process.kill(pid, 'SIGKILL');
    expect(await until(() => lost(session) !== undefined, 3_000)).toBeLessThan(1_000);
    expect(lost(session)).toMatchObject({ answer: { kind: 'exit', exit: { signal: 'SIGKILL' } } });
    expect(await session.request('tools/list', {})).toMatchObject({ ok: false, fault: { kind: 'closed', sent: 'no' } });
    expect(namesOf(await opened(nodeEndpoint(publishedServer('everything'), ['stdio'])))).toContain('echo');
  });

  test('closing is no loss', async () => {
    const session = await opened(nodeEndpoint(serverFile('plain')));
    await session.close();
    await session.close();
    expect(lost(session)).toBeUndefined();
  });

  test('[transport.stdio-lines] stray stdout lines from before the handshake become notes', async () => {
    const session = await opened({ ...nodeEndpoint(serverFile('stray')), env: secrets({ T: 'canary-5d1f' }) });
    const notes = session.heard.filter(({ kind }) => kind === 'note');
    expect(notes).toHaveLength(5);
    expect(notes[1]).toEqual({ kind: 'note', about: 'stray-output', text: 'ready token=[secret]' });
  });

  test('[transport.stdio-stderr] stderr is readable and no sign of a fault', async () => {
    const session = await opened(nodeEndpoint(serverFile('flood')));
    expect(session.stderr().at(-1)?.text).toMatch(/^002999/);
    expect(await session.contact(AbortSignal.timeout(5_000))).toBeUndefined();
  });

  test('[transport.bounded] an answer over the limit fails its call alone, at once', async () => {
    const session = await opened(nodeEndpoint(serverFile('plain')), { numbers: { ...QUICK, messageBytes: 100_000 } });
    const large = { name: 'large', arguments: { bytes: 200_000 } };
    expect(await session.request('tools/call', large)).toMatchObject({ ok: false, fault: { kind: 'protocol' } });
    expect(await session.contact(AbortSignal.timeout(5_000))).toBeUndefined();
  });

  test('the process knows the project of its caller', async () => {
    const session = await opened(nodeEndpoint(serverFile('plain')), { rest: { projectRoot: folder } });
    const { content } = (await call(session, 'environment', {})) as { content: { text: string }[] };
    expect(JSON.parse(content[0]?.text ?? '')).toMatchObject({
      CLAUDE_PROJECT_DIR: folder,
      HOLDFAST_PROJECT_DIR: folder,
    });
  });
});
