/**
 * Bad input and a bad machine: every command says what is wrong and where, nothing is lost, and the rest goes on.
 */
import { execFileSync } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Snapshot } from '../../src/core/snapshot.ts';
import { mcpServer, startFaultServer } from '../../src/testing/index.ts';
import type { FaultServer } from '../../src/testing/index.ts';
import { makePlace } from '../support/cli.ts';
import type { Place } from '../support/cli.ts';

let server: FaultServer;
let place: Place;
let good: string;
beforeAll(async () => {
  server = await startFaultServer();
  good = server.mount('/good', mcpServer().behaviour).url;
});
afterAll(() => server.close());
beforeEach(async () => {
  place = await makePlace();
});
afterEach(async () => {
  await place.run(['daemon', 'stop']);
  await place.remove();
});

/** Makes a folder read-only, for root too; `undefined` where that cannot be done here. */
function makeReadOnly(folder: string): (() => void) | undefined {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'ro', 'tmpfs', folder], { stdio: 'ignore' });
    return () => execFileSync('umount', [folder]);
  } catch {
    if (process.getuid?.() === 0) return undefined;
    execFileSync('chmod', ['555', folder]);
    return () => execFileSync('chmod', ['755', folder]);
  }
}

const status = (env: Record<string, string> = {}): Promise<{ servers: readonly Snapshot[] }> =>
  place.json(['status', '--json', '--no-daemon', '--wait', '15s'], { env });
const user = (text: string | Buffer): Promise<void> => writeFile(join(place.home, '.claude.json'), text);

test.each([
  ['cut in the middle', '{"mcpServers": {"a": {"type": "http", "url": "http://127'],
  ['binary', Buffer.from([0, 255, 254, 1, 2, 3, 137, 80, 78, 71])],
  ['empty', ''],
  ['a list', '[1, 2, 3]'],
])('[config.bad-input] a file that is %s is named, and the other files work', async (_what, text) => {
  await user(text);
  await writeFile(join(place.project, '.mcp.json'), '{"mcpServers": {}}');
  expect((await place.run(['add', 'mine', good, '-t', 'http'])).code).toBe(0);
  const { servers } = await status();
  expect(servers.map(({ name, status: word }) => [name, word])).toEqual([['mine', 'connected']]);
  if (text.length === 0) return;
  const sources = await place.run(['sources']);
  const doctor = await place.run(['doctor', '--no-daemon']);
  expect(sources.stdout + sources.stderr + doctor.stdout).toMatch(/\.claude\.json:1/);
  // What cannot be parsed is never written over.
  const refused = await place.run(['add', 'other', good, '-s', 'user']);
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain('.claude.json');
  expect(await readFile(join(place.home, '.claude.json'))).toEqual(Buffer.from(text));
});

test('[config.bad-entry-alone] entries of unknown type, without url, or of a wrong shape are told with file, line and path; the good ones connect', async () => {
  await user(`{
  "mcpServers": {
    "good": { "type": "http", "url": "${good}" },
    "ws": { "type": "ws", "url": "ws://x" },
    "neither": {},
    "number": 7,
    "badurl": { "type": "http", "url": "not a url" },
    "badheaders": { "type": "http", "url": "${good}", "headers": ["a"] }
  }
}`);
  const { servers } = await status();
  const by = Object.fromEntries(servers.map((snapshot) => [snapshot.name, snapshot]));
  expect(by['good']?.status).toBe('connected');
  for (const [name, line] of Object.entries({ ws: 4, neither: 5, number: 6, badurl: 7, badheaders: 8 })) {
    expect.soft(by[name], name).toMatchObject({ status: 'failed', reason: 'config-invalid' });
    expect.soft(by[name]?.message, name).toContain(`.claude.json:${line}`);
    expect.soft(by[name]?.message, name).toContain(`mcpServers.${name}`);
  }
  const worst = await place.run(['status', '--no-daemon', '--wait', '10s', '--exit-code']);
  expect(worst.code).toBe(2);
});

test('[config.bad-input] a full disk loses nothing: the file stays whole, the error names it, and it works again when there is room', async () => {
  const disk = join(place.home, 'disk');
  await mkdir(disk);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', disk]);
  } catch {
    // Without the right to mount there is no small disk to fill; the faulty file port of the unit tests stands for it.
    return;
  }
  try {
    const env = { HOLDFAST_CONFIG_DIR: disk };
    expect((await place.run(['add', 'one', good], { env })).code).toBe(0);
    execFileSync('dd', ['if=/dev/zero', `of=${join(disk, 'ballast')}`, 'bs=1k', 'count=200'], { stdio: 'ignore' });
  } catch {
    // dd ends with an error when the disk is full, as it should.
  }
  try {
    const env = { HOLDFAST_CONFIG_DIR: disk };
    const before = await readFile(join(disk, 'servers.json'), 'utf8');
    const full = await place.run(['add', 'two', good], { env });
    expect(full.code).not.toBe(0);
    expect(full.stderr).toMatch(/servers\.json|disk/);
    expect(full.stderr).toMatch(/full|space|ENOSPC/i);
    expect(await readFile(join(disk, 'servers.json'), 'utf8')).toBe(before);
    const { servers } = await place.json<{ servers: Snapshot[] }>(
      ['status', '--json', '--no-daemon', '--wait', '10s'],
      { env },
    );
    expect(servers.map(({ name, status: word }) => [name, word])).toEqual([['one', 'connected']]);
    const state = await place.run(['doctor', '--no-daemon'], { env: { ...env, HOLDFAST_STATE_DIR: disk } });
    expect(state.stdout).toContain(`${disk} cannot be written (ENOSPC)`);
    expect(state.stdout).toContain('Make room on its disk');
    execFileSync('rm', [join(disk, 'ballast')]);
    expect((await place.run(['add', 'two', good], { env })).code).toBe(0);
  } finally {
    execFileSync('umount', [disk]);
  }
});

test('[config.bad-input] a home that cannot be written still shows every server; what must be written says which path', async () => {
  const home = join(place.home, 'locked');
  await mkdir(home);
  await writeFile(
    join(place.project, 'servers.json'),
    JSON.stringify({ mcpServers: { good: { type: 'http', url: good } } }),
  );
  const undo = makeReadOnly(home);
  if (undo === undefined) return;
  try {
    const env = { HOME: home, XDG_RUNTIME_DIR: '' };
    const shown = await place.json<{ servers: Snapshot[] }>(
      ['status', '--json', '--no-daemon', '--config', 'servers.json', '--wait', '10s'],
      { env },
    );
    expect(shown.servers[0]?.status).toBe('connected');
    for (const words of [
      ['add', 'mine', good],
      ['daemon', 'start'],
    ]) {
      const refused = await place.run(words, { env });
      expect(refused.code, words.join(' ')).not.toBe(0);
      expect(refused.stderr).toContain(home);
      expect(refused.stderr).not.toContain('    at ');
    }
  } finally {
    undo();
  }
});

test('[daemon.one-owner] eight daemons started at once are one; a socket of a dead one is replaced', async () => {
  const starts = await Promise.all(Array.from({ length: 8 }, () => place.run(['daemon', 'start'])));
  expect(starts.map(({ code }) => code)).toEqual(Array.from({ length: 8 }, () => 0));
  const pids = new Set(starts.map(({ stdout, stderr }) => /pid (\d+)/.exec(stdout + stderr)?.[1]));
  expect(pids.size).toBe(1);
  process.kill(Number([...pids][0]), 'SIGKILL');
  await expect.poll(async () => (await place.run(['daemon', 'start'])).code, { timeout: 10_000 }).toBe(0);
  const again = await place.run(['daemon', 'status']);
  expect(again.stdout).not.toContain(`pid ${[...pids][0]}`);
}, 60_000);

test('[security.socket] something else that listens at the place of the socket is not talked to', async () => {
  const started = await place.run(['daemon', 'start']);
  expect(started.code).toBe(0);
  const socket = /socket\s+(\S+)/.exec((await place.run(['daemon', 'status'])).stdout)?.[1] as string;
  await place.run(['daemon', 'stop']);
  let asked = 0;
  const stranger = createServer(() => {
    asked += 1;
  }).listen(socket);
  await new Promise((resolve) => stranger.once('listening', resolve));
  execFileSync('chmod', ['666', socket]);
  const refused = await place.run(['daemon', 'status']);
  expect(refused.code).not.toBe(0);
  expect(refused.stderr).toContain(socket);
  expect(asked).toBe(0);
  await new Promise((resolve) => stranger.close(resolve));
});
