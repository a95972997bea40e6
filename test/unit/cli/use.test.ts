import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { HoldfastError } from '../../../src/base/errors.ts';
import type { ErrorCode } from '../../../src/base/errors.ts';
import { callArguments } from '../../../src/cli/call-words.ts';
import { newLines } from '../../../src/cli/commands/logs.ts';
import { systemInit } from '../../../src/cli/commands/events.ts';
import { doctorSchema } from '../../../src/cli/doctor-schema.ts';
import { exitOfError } from '../../../src/cli/exit.ts';
import type { FleetEvent } from '../../../src/core/events.ts';
import type { FleetCall, LogLine } from '../../../src/core/fleet.ts';
import type { Lists } from '../../../src/core/ports.ts';
import type { Snapshot } from '../../../src/core/snapshot.ts';
import { cliRig, OWNER, VIEW } from '../../support/cli-rig.ts';
import type { RigOptions } from '../../support/cli-rig.ts';
import { snapshotOf } from '../../support/recording-fleet.ts';

const NOW = '2026-01-01T00:00:00.000Z';
const files = snapshotOf('files');
const LISTS: Lists = {
  tools: [
    {
      name: 'add',
      description: 'Adds\ntwo numbers',
      inputSchema: {
        properties: {
          a: { type: 'number' },
          b: { type: 'number' },
          note: { type: 'string' },
          list: { type: 'array' },
          any: {},
        },
      },
    },
  ],
  prompts: [{ name: 'hello', title: 'Says hello' }],
  resources: [{ uri: 'file:///a', name: 'a', mimeType: 'text/plain' }],
  resourceTemplates: [{ uriTemplate: 'file:///{path}', name: 'any' }],
};
const rigWith = (fleet: RigOptions['fleet'] & object, more: RigOptions = {}): ReturnType<typeof cliRig> =>
  cliRig({ snapshots: [files], daemon: true, fleet: { lists: async () => LISTS, ...fleet }, ...more });

describe('the arguments of call', () => {
  const ask = { tool: 'add', tools: async () => LISTS.tools, stdin: async () => '{"from":"stdin"}' };

  test.each<[readonly string[], unknown]>([
    [[], {}],
    [['{"a":1}'], { a: 1 }],
    [['-'], { from: 'stdin' }],
    [['a=1', 'b=2.5'], { a: 1, b: 2.5 }],
    [['note=1'], { note: '1' }],
    [['note=a=b c'], { note: 'a=b c' }],
    [['list=[1,2]'], { list: [1, 2] }],
    [['any=1', 'unknown=true'], { any: '1', unknown: 'true' }],
    [['any:=1', 'deep:={"x":[null]}'], { any: 1, deep: { x: [null] } }],
  ])('%j', async (words, expected) => {
    expect(await callArguments(words, ask)).toEqual(expected);
  });

  test.each([[['a=x']], [['{"a":']], [['[1]']], [['{"a":1}', 'b=2']], [['a=1', 'b']], [['any:=x']]])(
    '%j is refused',
    async (words) => {
      await expect(callArguments(words, ask)).rejects.toMatchObject({ code: 'ERR_USAGE' });
    },
  );

  test('a tool that is not in the list is called all the same', async () => {
    expect(await callArguments(['a=1'], { ...ask, tool: 'new' })).toEqual({ a: '1' });
  });
});

describe('call', () => {
  test('[cli.streams] the result is data, progress is talk', async () => {
    const rig = rigWith({
      request: async (_name, _method, _params, call?: FleetCall) => {
        call?.onProgress?.({ progress: 1, total: 3, message: 'half\u001B[2J way' });
        return {
          content: [
            { type: 'text', text: 'three\u001B[31m\nlines' },
            { type: 'image', mimeType: 'image/png', data: 'AAAA' },
          ],
        };
      },
    });
    expect(await rig.type('call', 'files', 'add', 'a=1', 'b=2', '--timeout', '2s')).toBe(0);
    expect(rig.out).toBe('three\nlines\n[image image/png, 3 bytes; --json has it]\n');
    expect(rig.err).toBe('progress 1/3 half way\n');
    const { args } = rig.calls.find(({ method }) => method === 'request') ?? { args: [] };
    expect(args.slice(0, 3)).toEqual(['files', 'tools/call', { name: 'add', arguments: { a: 1, b: 2 } }]);
    expect(args[3]).toMatchObject({ view: VIEW, timeoutMs: 2_000, interaction: 'none' });
  });

  test('a tool that returns an error ends with 5, its text on stdout', async () => {
    const rig = rigWith({
      request: async () => ({ isError: true, content: [{ type: 'text', text: 'no such file' }] }),
    });
    expect(await rig.type('call', 'files', 'add')).toBe(5);
    expect(rig.out).toBe('no such file\n');
    expect(rig.err).toBe('add of files returned an error.\n');
    expect(await rig.type('call', 'files', 'add', '--json')).toBe(5);
    expect(JSON.parse(rig.out)).toMatchObject({ isError: true });
    expect(JSON.parse(rig.err)).toMatchObject({ error: { code: 'ERR_RPC', exit: 5 } });
  });

  test('structured content without text is shown as JSON', async () => {
    const rig = rigWith({ request: async () => ({ content: [], structuredContent: { sum: 3 } }) });
    await rig.type('call', 'files', 'add');
    expect(JSON.parse(rig.out)).toEqual({ sum: 3 });
  });

  test('an unknown server is told before anything is sent', async () => {
    const rig = rigWith({});
    expect(await rig.type('call', 'flies', 'add')).toBe(6);
    expect(rig.calls.map(({ method }) => method)).not.toContain('request');
  });

  const CODES: readonly [ErrorCode, number][] = [
    ['ERR_NEEDS_AUTH', 3],
    ['ERR_FORBIDDEN', 3],
    ['ERR_RATE_LIMITED', 4],
    ['ERR_UNREACHABLE', 4],
    ['ERR_CALL_TIMEOUT', 4],
    ['ERR_INTERRUPTED', 4],
    ['ERR_NOT_CONNECTED', 4],
    ['ERR_RPC', 5],
    ['ERR_BLOCKED', 7],
    ['ERR_PENDING', 8],
    ['ERR_CONFIG_LOCKED', 2],
    ['ERR_INTERNAL', 1],
  ];
  test.each(CODES)('[cli.exit-codes] %s ends with %d, with one JSON line where a script asks', async (code, exit) => {
    const request = async (): Promise<never> => {
      throw new HoldfastError(code, 'what happened', { hint: 'What to do.', data: { retryAfterMs: 5 } });
    };
    const rig = rigWith({ request });
    expect(exitOfError(code)).toBe(exit);
    expect(await rig.type('call', 'files', 'add')).toBe(exit);
    expect(rig.err).toBe('holdfast: what happened\n  What to do.\n');
    expect(await rig.type('call', 'files', 'add', '--json')).toBe(exit);
    expect(rig.err.trimEnd()).not.toContain('\n');
    expect(JSON.parse(rig.err)).toEqual({
      error: { code, message: 'what happened', hint: 'What to do.', data: { retryAfterMs: 5 }, exit },
    });
  });

  const source = { ...files.source, file: '/code/app/.mcp.json', line: 3 };
  const waits = snapshotOf('files', {
    status: 'pending',
    reason: 'awaiting-approval',
    next: ['approve', 'reject'],
    source,
  });
  const tries = snapshotOf('files', { status: 'pending', reason: 'refused', next: ['retry-now'], source });
  const refuses =
    ({ status, reason }: Snapshot, message = 'It waits.') =>
    async (): Promise<never> => {
      const data = { server: 'files', status, reason };
      throw new HoldfastError('ERR_BLOCKED', message, { hint: 'Read it, then approve or reject it.', data });
    };

  test.each([
    ['call', ['call', 'files', 'add']],
    ['reconnect', ['reconnect', 'files']],
  ])('%s names the entry and the command where the state refuses it', async (_, words) => {
    const refused = refuses(waits);
    const rig = rigWith({ request: refused, reconnect: refused, snapshot: async () => waits });
    expect(await rig.type(...words)).toBe(7);
    expect(rig.err).toContain(
      'holdfast: It waits.\n  Read it, then approve or reject it.\n  The entry: /code/app/.mcp.json:3\n  Run: holdfast approve files\n',
    );
    expect(await rig.type(...words, '--json')).toBe(7);
    expect(JSON.parse(rig.err)).toMatchObject({ error: { data: { command: 'holdfast approve files' } } });
  });

  test('a place that the error names is not said twice, and of a state that mends itself nothing is typed', async () => {
    const request = refuses(tries, 'It is not there (/code/app/.mcp.json:3).');
    const rig = rigWith({ request, snapshot: async () => tries });
    await rig.type('call', 'files', 'add');
    expect(rig.err).toBe('holdfast: It is not there (/code/app/.mcp.json:3).\n  Read it, then approve or reject it.\n');
  });

  test('what nobody expected ends with 1 and says so', async () => {
    const rig = rigWith({
      request: async () => {
        throw new TypeError('x is undefined');
      },
    });
    expect(await rig.type('call', 'files', 'add')).toBe(1);
    expect(rig.err).toContain('x is undefined');
    expect(rig.err).toContain('HOLDFAST_DEBUG=1');
  });

  test('an interrupt ends it with 130, without a word', async () => {
    const rig = rigWith({
      request: async (_name, _method, _params, call?: FleetCall) => {
        rig.interrupt();
        call?.signal?.throwIfAborted();
      },
    });
    expect(await rig.type('call', 'files', 'add')).toBe(130);
    expect(rig.err).toBe('');
    expect(rig.calls.at(-1)?.method).toBe('close');
  });
});

describe('read', () => {
  const contents = [
    { uri: 'file:///a', text: 'a\u001B[31mb\r\n' },
    { uri: 'file:///b', mimeType: 'image/png', blob: 'AAEC' },
  ];

  test('into a file it is as it is; a terminal gets it harmless', async () => {
    const rig = rigWith({ request: async () => ({ contents }) });
    expect(await rig.type('read', 'files', 'file:///a')).toBe(0);
    expect(rig.out).toBe('a\u001B[31mb\r\n\u0000\u0001\u0002');
    const shown = rigWith({ request: async () => ({ contents }) }, { terminal: { isTTY: true } });
    await shown.type('read', 'files', 'file:///a');
    expect(shown.out).toBe('ab\n\n[blob image/png, 3 bytes; --json has it]\n');
  });
});

describe('lists', () => {
  test.each([
    ['tools', 'NAME  WHAT\nadd   Adds two numbers\n'],
    ['prompts', 'NAME   WHAT\nhello  Says hello\n'],
    ['resources', 'URI             TYPE        WHAT\nfile:///a       text/plain  a\nfile:///{path}              any\n'],
  ])('%s', async (verb, table) => {
    const rig = rigWith({});
    expect(await rig.type(verb, 'files')).toBe(0);
    expect(rig.out).toBe(table);
  });

  test('--json has them as the server describes them', async () => {
    const rig = rigWith({});
    expect(await rig.json('tools', 'files', '--json')).toEqual({
      schema: 'tools/v1',
      server: 'files',
      tools: LISTS.tools,
    });
  });

  test('last known lists are said to be that', async () => {
    const rig = rigWith({}, { snapshots: [snapshotOf('files', { status: 'failed', listsLastKnown: true })] });
    expect(await rig.type('tools', 'files')).toBe(0);
    expect(rig.err).toBe('Last known list; files is failed now.\n');
  });
});

describe('wait', () => {
  const state = (status: Snapshot['status'], more: Partial<Snapshot> = {}): Snapshot =>
    snapshotOf('files', { status, since: NOW, ...more });
  /** The states of one server, one for each look; the last one stays. */
  const over = (...states: Snapshot[]): ReturnType<typeof cliRig> =>
    rigWith({ snapshots: async () => [(states.length > 1 ? states.shift() : states[0]) ?? files] });

  test.each<[string, readonly Snapshot[], readonly string[], number]>([
    ['until it is connected', [state('pending'), state('pending'), state('connected')], ['files'], 0],
    ['until it is no longer pending', [state('pending'), state('failed')], ['--for', 'settled'], 0],
    ['until it is failed', [state('connected'), state('failed')], ['--for', 'failed'], 0],
    ['at the limit for a pending one', [state('pending')], ['files', '--timeout', '2s'], 8],
    [
      'at the limit for one that wants a sign-in',
      [state('needs-auth', { reason: 'sign-in-required' })],
      ['--timeout', '2s'],
      3,
    ],
    ['at the limit for a failed one', [state('failed', { reason: 'refused' })], ['--timeout', '2s'], 4],
    [
      'at the limit for one that is well but not what was asked',
      [state('connected')],
      ['--for', 'failed', '--timeout', '1s'],
      8,
    ],
    ['at the limit for a named one that is off', [state('disabled')], ['files', '--timeout', '1s'], 7],
    ['not at all for one that is off and not named', [state('disabled')], ['--timeout', '1s'], 0],
    ['no longer than for a person', [state('pending', { reason: 'awaiting-approval' })], ['--for', 'settled'], 0],
    ['for an unknown name', [state('connected')], ['flies'], 6],
  ])('%s', async (_what, states, words, code) => {
    expect(await over(...states).type('wait', ...words)).toBe(code);
  });

  test('--json is a status/v1 record of what was seen last', async () => {
    const rig = over(state('pending'), state('connected'));
    expect(await rig.json('wait', 'files', '--json')).toMatchObject({
      schema: 'status/v1',
      owner: OWNER,
      servers: [{ status: 'connected' }],
    });
  });
});

describe('events', () => {
  const event = (seq: number, server: string): FleetEvent => ({
    seq,
    time: NOW,
    server,
    event: 'server.attempt',
    attempt: seq,
    max: 4,
    phase: 'startup',
  });
  async function* kept(signal: AbortSignal, since = 0): AsyncGenerator<FleetEvent> {
    for (const one of [event(1, 'files'), event(2, 'other'), event(3, 'files')]) if (one.seq > since) yield one;
    if (!signal.aborted) await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
  }
  const fleet = { events: (signal: AbortSignal, options?: { since?: number }) => kept(signal, options?.since) };

  test.each([
    [[], [1, 2, 3]],
    [
      ['--since', '1'],
      [2, 3],
    ],
    [['files'], [1, 3]],
  ])('[events.ndjson] events %j are one object a line, and it ends by itself', async (words, seqs) => {
    const rig = rigWith(fleet);
    expect(await rig.type('events', ...words)).toBe(0);
    expect(
      rig.out
        .trimEnd()
        .split('\n')
        .map((line) => (JSON.parse(line) as FleetEvent).seq),
    ).toEqual(seqs);
  });

  test('--follow goes on until it is interrupted', async () => {
    const rig = rigWith({
      async *events(signal) {
        yield event(7, 'files');
        rig.interrupt();
        yield* kept(signal, 99);
      },
    });
    expect(await rig.type('events', '--follow')).toBe(130);
    expect(rig.out).toBe(`${JSON.stringify(event(7, 'files'))}\n`);
  });

  test('[events.gap] --follow goes on where it was when the daemon has gone and come back, and prints the gap', async () => {
    const asked: (number | undefined)[] = [];
    const gap: FleetEvent = { seq: 90, time: NOW, event: 'events.gap', after: 7, next: 91 };
    const rig = rigWith({
      async *events(signal, options) {
        asked.push(options?.since);
        if (asked.length === 1) {
          yield event(7, 'files');
          throw new HoldfastError('ERR_DAEMON_UNREACHABLE', 'the daemon has gone', {});
        }
        yield gap;
        yield event(91, 'other');
        yield event(92, 'files');
        rig.interrupt();
        yield* kept(signal, 99);
      },
    });
    expect(await rig.type('events', 'files', '--follow', '--since', '6')).toBe(130);
    expect(asked).toEqual([6, 7]);
    expect(rig.out.trimEnd().split('\n')).toEqual(
      [event(7, 'files'), gap, event(92, 'files')].map((one) => JSON.stringify(one)),
    );
    expect(rig.err).toContain('the daemon has gone');
  });

  test('[events.claude-stream-json] the other format is one system/init line, with errors only where there are some', async () => {
    const rig = rigWith(fleet);
    expect(await rig.json('events', '--format', 'claude-stream-json')).toEqual({
      type: 'system',
      subtype: 'init',
      mcp_servers: [{ name: 'files', status: 'connected' }],
    });
    const broken = snapshotOf('b', { status: 'failed', reason: 'config-invalid', detail: 'url: none' });
    expect(systemInit([broken])).toMatchObject({
      mcp_server_errors: [{ name: 'b', type: 'invalid_config', message: 'url: none' }],
    });
  });
});

describe('logs', () => {
  const line = (stream: LogLine['stream'], text: string, at = NOW): LogLine => ({ stream, text, at });
  const lines = [line('timeline', 'connected'), line('stderr', 'one\u001B[2J'), line('stderr', 'two')];

  test('history and stderr as one, in the order in which it happened', async () => {
    const late = line('timeline', 'lost', '2026-01-01T00:00:01.000Z');
    const rig = rigWith({ logs: async () => [lines[0] ?? late, late, ...lines.slice(1)] });
    expect(await rig.type('logs', 'files')).toBe(0);
    expect(rig.out).toBe(
      'timeline  2026-01-01 00:00:00Z  connected\n' +
        'stderr    2026-01-01 00:00:00Z  one\n' +
        'stderr    2026-01-01 00:00:00Z  two\n' +
        'timeline  2026-01-01 00:00:01Z  lost\n',
    );
    await rig.type('logs', 'files', '--stderr', '-n', '1');
    expect(rig.out).toBe('stderr    2026-01-01 00:00:00Z  two\n');
  });

  test('--follow prints what is new, once', async () => {
    const windows = [lines, lines, [...lines, line('stderr', 'three')]];
    const rig = rigWith({
      logs: async () => {
        const now = windows.shift();
        if (now === undefined) rig.interrupt();
        return now ?? [...lines, line('stderr', 'three')];
      },
    });
    expect(await rig.type('logs', 'files', '--follow')).toBe(130);
    expect(rig.out.match(/three/g)).toHaveLength(1);
  });

  test.each<[string, readonly LogLine[], readonly LogLine[], readonly string[]]>([
    ['nothing new', lines, lines, []],
    ['one more', [line('stderr', 'a')], [line('stderr', 'a'), line('stderr', 'b')], ['b']],
    [
      'a window that moved on',
      [line('stderr', 'a'), line('stderr', 'b')],
      [line('stderr', 'b'), line('stderr', 'c')],
      ['c'],
    ],
    ['equal lines', [line('stderr', 'a')], [line('stderr', 'a'), line('stderr', 'a')], ['a']],
    [
      'the same text at a new time',
      [line('timeline', 'a')],
      [line('timeline', 'a'), line('timeline', 'a', '2026-01-01T00:00:09.000Z')],
      ['a'],
    ],
    ['all new', [line('stderr', 'a')], [line('stderr', 'x')], ['x']],
  ])('%s', (_what, before, after, fresh) => {
    expect(newLines(before, after).map(({ text }) => text)).toEqual(fresh);
  });
});

describe('doctor', () => {
  const findings = [
    { level: 'ok', text: 'fine' },
    { level: 'problem', server: 'files', text: 'broken', hint: 'Mend it.' },
  ] as const;

  test('problems come first, with their hints; --exit-code tells them to scripts', async () => {
    const rig = rigWith({ doctor: async () => findings });
    expect(await rig.type('doctor', 'files')).toBe(0);
    expect(rig.out).toBe('problem  files: broken\n         Mend it.\nok       fine\n');
    expect(await rig.type('doctor', '--exit-code')).toBe(4);
    expect(await rig.json('doctor', '--json', 'files')).toEqual({ schema: 'doctor/v1', findings });
  });

  test('[doctor.schema] the record is as the published schema says', async () => {
    const rig = rigWith({ doctor: async () => findings });
    const record = await rig.json('doctor', '--json');
    const schema = z.fromJSONSchema(doctorSchema());
    expect(schema.safeParse(record).error?.issues ?? []).toEqual([]);
    for (const wrong of [{ level: 'bad', text: 'x' }, { level: 'ok' }, { level: 'ok', text: 'x', check: 'moon' }])
      expect(schema.safeParse({ schema: 'doctor/v1', findings: [wrong] }).success).toBe(false);
  });

  test('tells of a daemon of another version, and of a Node that is too old', async () => {
    const old = { ...OWNER, version: '0.0.9' };
    const rig = rigWith({ doctor: async () => [], owner: async () => old }, { node: 'v18.20.0', owner: old });
    await rig.type('doctor');
    expect(rig.out).toContain('problem  Node v18.20.0 is older than 20.19');
    expect(rig.out).toContain('warning  Holdfast here is 0.1.0, the daemon is 0.0.9');
    expect(rig.out).toContain('Run: holdfast daemon restart');
  });

  test('[doctor.bundle] --bundle hands the findings and the states to whoever writes them without secrets', async () => {
    const rig = rigWith({ doctor: async () => findings, logs: async () => [], helperRun: async () => undefined });
    expect(await rig.type('doctor', '--bundle', 'report.json')).toBe(0);
    expect(rig.bundles).toMatchObject([{ path: '/code/app/report.json', record: { schema: 'bundle/v1' } }]);
    expect(rig.err).toContain('read it before you send it');
  });
});

describe('daemon', () => {
  test('status says whether one runs', async () => {
    const none = cliRig();
    expect(await none.type('daemon')).toBe(4);
    expect(none.out).toBe('no daemon runs; holdfast daemon start starts one\n');
    expect(none.opened).toEqual([]);
    const one = cliRig({ daemon: true });
    expect(await one.type('daemon', 'status')).toBe(0);
    expect(one.out).toBe('daemon, pid 4321\n');
    expect(await one.json('daemon', 'status', '--json')).toEqual({ schema: 'daemon/v1', running: true, owner: OWNER });
  });

  test('start makes the daemon take this folder in; stop tells what it stopped', async () => {
    const rig = cliRig({ daemon: true });
    expect(await rig.type('daemon', 'start')).toBe(0);
    expect(rig.calls.map(({ method }) => method)).toEqual(['snapshots', 'close']);
    expect(await rig.type('daemon', 'stop')).toBe(0);
    expect(rig.out).toBe('stopped daemon pid 4321\n');
    expect(await cliRig().type('daemon', 'stop')).toBe(0);
    expect(await rig.type('daemon', 'stat')).toBe(2);
  });
});

describe('demo', () => {
  const demo = (closed: string[]) => ({
    configFile: '/tmp/demo.json',
    describe: [{ name: 'files', what: 'shows files' }],
    isSettled: (seen: readonly Snapshot[]) => seen.every(({ status }) => status === 'connected'),
    close: async () => void closed.push('demo'),
  });

  test('where no server is configured it shows the demonstration fleet, settled, and ends with 0', async () => {
    const closed: string[] = [];
    const rig = cliRig({ snapshots: [files], demo: demo(closed) });
    expect(await rig.type('demo')).toBe(0);
    expect(rig.out).toContain('shows files');
    expect(rig.out).toContain('1 of 1 connected');
    expect(rig.out).not.toContain('--config');
    expect(rig.opened).toEqual(['in-process']);
    expect(rig.calls.at(-1)?.method).toBe('close');
    expect(closed).toEqual(['demo']);
  });

  test('on a terminal it lives until Ctrl-C, and says what can be typed meanwhile', async () => {
    const closed: string[] = [];
    let looks = 0;
    const rig = cliRig({
      demo: demo(closed),
      terminal: { isTTY: true },
      fleet: {
        snapshots: async () => {
          looks += 1;
          if (looks > 4) rig.interrupt();
          return [looks > 2 ? files : snapshotOf('files', { status: 'pending' })];
        },
      },
    });
    expect(await rig.type('demo')).toBe(0);
    expect(rig.out).toContain('The servers settle');
    expect(rig.out).toContain('holdfast reconnect gone --config /tmp/demo.json');
    expect(rig.out).toContain('Ctrl-C ends the demonstration.');
    expect(rig.opened).toEqual(['ensure', 'stop']);
    expect(closed).toEqual(['demo']);
  });

  test("a person's own servers come first", async () => {
    const rig = cliRig({ snapshots: [files], loaded: { servers: [{ name: 'files' } as never] } });
    expect(await rig.type('demo')).toBe(0);
    expect(rig.out).toContain('1 of 1 connected');
    expect(rig.out).toContain('holdfast status');
    expect(rig.opened).toEqual(['in-process']);
  });
});
