/**
 * Every verb typed at least once, as a process against real servers: with a daemon, and without one.
 *
 * @module
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FleetEvent } from '../../src/core/events.ts';
import type { Snapshot } from '../../src/core/snapshot.ts';
import { firstThen, mcpServer, startFaultServer, status } from '../../src/testing/index.ts';
import type { FaultServer } from '../../src/testing/index.ts';
import { builtDist } from '../support/build.ts';
import { makePlace } from '../support/cli.ts';
import type { Place } from '../support/cli.ts';

interface Status {
  readonly schema: string;
  readonly owner: { readonly kind: string; readonly pid: number };
  readonly servers: readonly Snapshot[];
}

const ENTRY = (path: string): string => join('node_modules', '@modelcontextprotocol', path, 'dist', 'index.js');

let server: FaultServer;
let place: Place;
let stdio: string;
let urls: { readonly good: string; readonly gone: string; readonly flaky: string };

/** Five servers of our own file: a good one, one that is gone, a process, one for every kind of list, one that is off. */
async function addServers(where: Place): Promise<void> {
  const add = async (...words: string[]): Promise<void> => {
    const ran = await where.run(['add', ...words]);
    expect(ran).toMatchObject({ code: 0 });
  };
  await add('good', urls.good, '-t', 'http');
  await add('gone', urls.gone, '-t', 'http');
  await add('proc', '--', process.execPath, stdio, '--name', 'proc');
  await add('all', '-e', 'A=1', '--', process.execPath, join(process.cwd(), ENTRY('server-everything')), 'stdio');
}

beforeAll(async () => {
  server = await startFaultServer();
  urls = {
    good: server.mount('/good', mcpServer({ name: 'good' })).url,
    gone: server.mount('/gone', status(404)).url,
    flaky: server.mount('/flaky', firstThen(2, status(503), mcpServer({ name: 'flaky' }))).url,
  };
  place = await makePlace();
  stdio = join(await builtDist(), 'testing', 'stdio-server.js');
  await addServers(place);
});
afterAll(async () => {
  await place.run(['daemon', 'stop']);
  await place.remove();
  await server.close();
});

const stateOf = (all: Status, name: string): string | undefined => all.servers.find((one) => one.name === name)?.status;

describe('without a daemon', () => {
  test('[cli.status-json] status contacts the servers, tells one record, and leaves no process behind', async () => {
    const all = await place.json<Status>(['status', '--json', '--no-daemon', '--wait', '20s']);
    expect(all).toMatchObject({ schema: 'status/v1', owner: { kind: 'in-process' } });
    expect(['good', 'gone', 'proc', 'all'].map((name) => stateOf(all, name))).toEqual([
      'connected',
      'failed',
      'connected',
      'connected',
    ]);
    expect(() => process.kill(all.owner.pid, 0)).toThrow('ESRCH');
  });

  test('[cli.config-exclusive] --config reads that file and nothing else, and what it says next names the file', async () => {
    const file = join(place.project, 'only.json');
    await writeFile(file, JSON.stringify({ mcpServers: { lone: { type: 'http', url: urls.gone } } }));
    const all = await place.json<Status>(['status', '--json', '--no-daemon', '--config', 'only.json', '--wait', '20s']);
    expect(all.servers.map(({ name }) => name)).toEqual(['lone']);
    const shown = await place.run(['status', '--no-daemon', '--config', 'only.json', '--wait', '20s']);
    expect(shown.stdout).toContain(`edit lone --config ${file}`);
  });

  test('[cli.status-exit-code] the worst state decides only when it was asked to', async () => {
    expect((await place.run(['status', 'gone', '--no-daemon'])).code).toBe(0);
    expect((await place.run(['status', 'gone', '--no-daemon', '--exit-code'])).code).toBe(4);
    expect((await place.run(['status', 'good', '--no-daemon', '--exit-code'])).code).toBe(0);
  });

  test('[cli.mcp-word] mcp reconnect NAME works letter for letter', async () => {
    const ran = await place.run(['mcp', 'reconnect', 'good', '--no-daemon']);
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    expect(ran.stdout).toMatch(/^good: connected/);
  });

  test('mcp reset NAME works letter for letter', async () => {
    const ran = await place.run(['mcp', 'reset', 'gone', '--no-daemon']);
    expect(ran.code).toBe(4);
    expect(ran.stdout).toMatch(/^gone: failed · http-404/);
    expect(ran.stdout).toContain('Next:');
  });

  test('a server that answers 503 twice is connected before the command ends', async () => {
    const file = join(place.project, 'flaky.json');
    await writeFile(file, JSON.stringify({ mcpServers: { flaky: { type: 'http', url: urls.flaky } } }));
    const ran = await place.run(['reconnect', 'flaky', '--no-daemon', '--config', file, '--wait', '20s']);
    expect(ran).toMatchObject({ code: 0 });
  });

  test('call uses a server and lets it go again', async () => {
    const call = await place.run(['call', 'all', 'echo', 'message=hello', '--no-daemon']);
    expect(call).toMatchObject({ code: 0, stdout: 'Echo: hello\n' });
  });

  test('[events.ndjson] events tells the start of every server in rising order and ends by itself', async () => {
    const ran = await place.run(['events', 'good', '--no-daemon']);
    const events = ran.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as FleetEvent);
    expect(events.some((one) => one.event === 'server.status' && one.to === 'connected')).toBe(true);
    expect(events.map(({ seq }) => seq)).toEqual(events.map(({ seq }) => seq).toSorted((a, b) => a - b));
    expect(new Set(events.map(({ seq }) => seq)).size).toBe(events.length);
  });

  test('[events.claude-stream-json] the format of Claude Code is one system/init line', async () => {
    const init = await place.json<{ mcp_servers: readonly { name: string; status: string }[] }>([
      'events',
      'good',
      '--no-daemon',
      '--format',
      'claude-stream-json',
    ]);
    expect(init).toMatchObject({
      type: 'system',
      subtype: 'init',
      mcp_servers: [{ name: 'good', status: 'connected' }],
    });
  });

  test('[cli.nearest] an unknown name ends with 6 and the nearest', async () => {
    const ran = await place.run(['reconnect', 'goood', '--no-daemon']);
    expect(ran).toMatchObject({ code: 6, stdout: '' });
    expect(ran.stderr).toContain('Did you mean "good"');
  });

  test('wait ends as soon as the server is there, or with the code of its state at the limit', async () => {
    expect((await place.run(['wait', 'good', '--no-daemon', '--timeout', '20s'])).code).toBe(0);
    expect((await place.run(['wait', 'gone', '--no-daemon', '--timeout', '2s'])).code).toBe(4);
  });
});

describe('with a daemon', () => {
  beforeAll(async () => {
    await place.run(['daemon', 'start']);
    await place.run(['wait', 'good', 'proc', 'all', '--timeout', '30s']);
  });

  test('[daemon.owner-told] every verb that needs an owner speaks with the one that runs', async () => {
    const daemon = await place.json<Pick<Status, 'owner'>>(['daemon', 'status', '--json']);
    const all = await place.json<Status>(['status', '--json']);
    expect(all.owner).toMatchObject({ kind: 'daemon', pid: daemon.owner.pid });
    expect((await place.run(['status'])).stdout).toContain(`daemon pid ${daemon.owner.pid}`);
  });

  test.each([
    ['prompts all', 0],
    ['logs proc', 0],
    ['doctor', 0],
    ['doctor good --exit-code', 0],
    ['doctor gone --exit-code', 4],
    ['retry gone', 4],
    ['stop gone', 0],
    ['reconnect gone', 4],
    ['reconnect --failed', 4],
    ['reset good --client --credentials', 0],
    ['reconnect proc', 0],
    ['disable proc', 0],
    ['status proc --exit-code', 7],
    ['enable proc --wait 10s', 0],
    ['approve good', 0],
    ['wait --for settled --timeout 20s', 0],
    ['events --since 0', 0],
    ['get good', 0],
    ['get proc --json', 0],
  ])('holdfast %s ends with %d', async (line, code) => {
    const ran = await place.run(line.split(' '));
    expect({ line, code: ran.code, stderr: code === 0 ? '' : ran.stderr }).toEqual({
      line,
      code,
      stderr: code === 0 ? '' : ran.stderr,
    });
    expect(ran.stdout).not.toBe('');
  });

  test('tools, prompts, resources, read and call show what a server has and does', async () => {
    expect((await place.run(['tools', 'all'])).stdout).toMatch(/^echo /m);
    const { resources } = await place.json<{ resources: readonly { uri: string }[] }>(['resources', 'all', '--json']);
    const read = await place.run(['read', 'all', resources[0]?.uri ?? '']);
    expect(read.code).toBe(0);
    expect(read.stdout).not.toBe('');
    const sum = await place.run(['call', 'all', 'get-sum', '-'], { input: '{"a":2,"b":3}' });
    expect(sum.stdout).toContain('5');
  });

  test('a tool that returns an error ends with 5, one that does not exist too', async () => {
    const ran = await place.run(['call', 'all', 'no-such-tool', '--json']);
    expect(ran.code).toBe(5);
    expect(JSON.parse(ran.stderr)).toMatchObject({ error: { code: 'ERR_RPC', exit: 5 } });
  });

  test('get has state and history of the daemon, list does not ask it', async () => {
    const { stdout } = await place.run(['get', 'good']);
    expect(stdout).toMatch(/State {2}connected/);
    expect(stdout).toMatch(/History/);
    expect((await place.run(['list'])).stdout).not.toContain('connected');
  });

  test('a project entry waits for approval, is approved by its hash, and is rejected again', async () => {
    await writeFile(
      join(place.project, '.mcp.json'),
      JSON.stringify({ mcpServers: { shared: { type: 'http', url: urls.good } } }),
    );
    const refused = await place.run(['approve', 'shared', '--json']);
    expect(refused.code).toBe(7);
    const { error } = JSON.parse(refused.stderr.split('\n').at(-2) ?? '') as { error: { data: { hash: string } } };
    expect((await place.run(['approve', 'shared', '--hash', error.data.hash, '--wait', '10s'])).code).toBe(0);
    expect((await place.run(['status', 'shared', '--exit-code', '--wait', '10s'])).code).toBe(0);
    expect((await place.run(['reject', 'shared'])).code).toBe(0);
    expect((await place.run(['status', 'shared', '--exit-code'])).code).toBe(7);
  });

  test('events --follow ends with 130 when it is interrupted, and quietly when its reader goes away', async () => {
    const dist = await builtDist();
    const shell = (line: string): Promise<{ code: number; stdout: string; stderr: string }> =>
      place.run([], { env: { LINE: line } }).then(async () => sh(line));
    const bin = `'${process.execPath}' '${join(dist, 'bin.js')}'`;
    const interrupted = await shell(
      `${bin} events --follow & pid=$!; sleep 2; kill -INT $pid; wait $pid; echo "code $?"`,
    );
    expect(interrupted.stdout).toContain('code 130');
    const closed = await shell(`${bin} events --since 0 | head -n 1 >/dev/null; echo "\${PIPESTATUS[0]}"`);
    expect(closed).toMatchObject({ stdout: '0\n', stderr: '' });
  });
});

/** Runs a line of bash in the project of the place. */
async function sh(line: string): Promise<{ code: number; stdout: string; stderr: string }> {
  const { execFile } = await import('node:child_process');
  return new Promise((resolve) => {
    execFile('bash', ['-c', line], { cwd: place.project, env: place.env }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr });
    });
  });
}

describe('configuration by verbs', () => {
  test('[cli.add] an entry is added, edited, shown, and removed again; comments stay', async () => {
    const own = (await place.run(['config', 'path'])).stdout.trim();
    const before = await readFile(own, 'utf8');
    await writeFile(own, before.replace('{', '{\n  // mine'));
    expect((await place.run(['add-json', 'extra', '-'], { input: `{"url":"${urls.good}"}` })).code).toBe(0);
    expect((await place.run(['edit', 'extra', 'type=http', 'headers.X-Team=a'])).code).toBe(0);
    const shown = await place.run(['config', 'show']);
    expect(JSON.parse(shown.stdout)).toMatchObject({
      mcpServers: { extra: { type: 'http', headers: { 'X-Team': '[hidden]' } } },
    });
    expect((await place.run(['config', 'validate'])).code).toBe(0);
    expect((await place.run(['edit', 'extra', '--unset', 'headers.X-Team'])).code).toBe(0);
    expect(await readFile(own, 'utf8')).not.toContain('X-Team');
    expect((await place.run(['remove', 'extra'])).code).toBe(0);
    const after = await readFile(own, 'utf8');
    expect(after).toContain('// mine');
    expect(after).not.toContain('extra');
    expect((await place.run(['remove', 'extra'])).code).toBe(6);
  });

  test('[cli.add] the files of Claude Code are written only when they are named', async () => {
    const claude = join(place.home, '.claude.json');
    await writeFile(claude, '{\n  "numStartups": 3\n}\n');
    await place.run(['add', 'own-one', urls.good]);
    expect(await readFile(claude, 'utf8')).toBe('{\n  "numStartups": 3\n}\n');
    expect((await place.run(['add', '-s', 'user', 'theirs', urls.good])).code).toBe(0);
    expect(JSON.parse(await readFile(claude, 'utf8'))).toEqual({
      numStartups: 3,
      mcpServers: { theirs: { type: 'http', url: urls.good } },
    });
    await place.run(['remove', 'theirs']);
    await place.run(['remove', 'own-one']);
  });

  test.each([
    ['sources', 0],
    ['list --json', 0],
    ['explain tls', 0],
    ['config schema', 0],
    ['completion zsh', 0],
    ['help', 0],
    ['version', 0],
    ['--version', 0],
    ['daemon status', 0],
    ['login good', 3],
    ['serve --port 70000', 2],
    ['recconect good', 2],
    ['status --jsno', 2],
    ['edit good', 2],
  ])('holdfast %s ends with %d', async (line, code) => {
    const ran = await place.run(line.split(' '));
    expect({ line, code: ran.code }).toEqual({ line, code });
    expect(code === 0 ? ran.stdout : ran.stderr).not.toBe('');
  });
});

describe('on a terminal', () => {
  // util-linux script(1) gives the program a terminal of its own.
  const onTerminal = async (words: string, env: string = ''): Promise<string> => {
    const bin = `'${process.execPath}' '${join(await builtDist(), 'bin.js')}'`;
    const { stdout } = await sh(`stty cols 100 2>/dev/null; ${env} script -qec "${bin} ${words}" /dev/null </dev/null`);
    return stdout;
  };

  test('[cli.quiet-end] there is colour, and NO_COLOR takes it away', async () => {
    expect(await onTerminal('explain tls', 'TERM=xterm')).toContain('\u001B[');
    for (const env of ['TERM=xterm NO_COLOR=1', 'TERM=dumb'])
      expect(await onTerminal('explain tls', env)).not.toContain('\u001B[');
    expect((await place.run(['explain', 'tls'])).stdout).not.toContain('\u001B[');
  });

  test('[cli.owner] a verb that needs an owner starts the daemon, and CI keeps it from that', async () => {
    await place.run(['daemon', 'stop']);
    await onTerminal('status --wait 0', 'CI=1');
    expect((await place.run(['daemon', 'status'])).code).toBe(4);
    await onTerminal('list');
    expect((await place.run(['daemon', 'status'])).code).toBe(4);
    expect(await onTerminal('status')).toContain('daemon pid');
    expect((await place.run(['daemon', 'status'])).code).toBe(0);
  });
});
