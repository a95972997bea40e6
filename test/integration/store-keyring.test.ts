/**
 * The key in the keyring of this machine: reached through processes of its own, and through a real Secret Service where
 * the programs for one are installed.
 *
 * @module
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, promises as fs } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock as clock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/logger.ts';
import type { Store } from '../../src/core/store.ts';
import { createKeyring, proveKeyring } from '../../src/store/key/keyring.ts';
import { openStore } from '../../src/store/open-store.ts';
import { createFiles } from '../../src/system/files.ts';
import { createLocks } from '../../src/system/locks.ts';
import { bodyOf } from '../support/store-rig.ts';
import { codeOf } from '../support/waiting.ts';

const ITEM = { service: 'holdfast-test', account: 'one' };
const isOnPath = (program: string): boolean =>
  (process.env['PATH'] ?? '').split(delimiter).some((folder) => existsSync(join(folder, program)));
const hasService = process.platform === 'linux' && ['dbus-daemon', 'gnome-keyring-daemon'].every(isOnPath);
const isPosix = process.platform !== 'win32';

let root = '';
const children: ChildProcess[] = [];
beforeEach(async () => {
  root = await fs.mkdtemp(join(tmpdir(), 'holdfast-keyring-'));
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await fs.rm(root, { recursive: true, force: true });
});

type Env = Readonly<Record<string, string | undefined>>;

/** An environment without any session: no bus, no home of ours. */
const bare = (): Env => ({
  PATH: process.env['PATH'],
  HOME: root,
  XDG_RUNTIME_DIR: root,
  XDG_DATA_HOME: join(root, 'data'),
});

async function open(env: Env, node = process.execPath): Promise<Store> {
  const opened = await openStore({
    folder: join(root, 'state'),
    files: createFiles({ clock }),
    locks: createLocks({ clock, platform: process.platform }),
    clock,
    logger: silentLogger,
    node,
    env,
    uid: process.getuid?.(),
  });
  return opened.store;
}

/** A program that stands in for Node. */
async function program(body: string): Promise<string> {
  const path = join(root, 'node');
  await fs.writeFile(path, `#!/bin/sh\n${body}\n`, { mode: 0o755 });
  return path;
}

const chosen = async (): Promise<Record<string, unknown>> =>
  (JSON.parse(await fs.readFile(join(root, 'state', 'store.json'), 'utf8')) as { key: Record<string, unknown> }).key;

describe.runIf(isPosix)('[store.keyring-proof] a process that asks the keyring', () => {
  test.each([
    ['says nothing', 'cat > /dev/null', /ended without an answer/],
    ['says nonsense', 'cat > /dev/null; echo "{"', /ended without an answer/],
    ['dies at once', 'exit 9', /ended without an answer/],
    ['is refused', `cat > /dev/null; echo '{"ok":false,"why":"no \\u001b[31mway"}'`, /^no way$/],
  ])('and %s is a reason, not a crash', async (_what, body, why) => {
    const keyring = createKeyring({ clock, node: await program(body), env: bare() });
    const answer = await keyring.get(ITEM);
    expect(answer).toMatchObject({ ok: false, why: expect.stringMatching(why) as unknown });
    expect(JSON.stringify(answer)).not.toContain(String.raw`\u001b`);
  });

  test('and waits for a person is ended, so that nothing hangs', async () => {
    const node = await program(`echo $$ > ${root}/pid; exec sleep 60`);
    const keyring = createKeyring({ clock, node, env: bare(), timeoutMs: 400 });
    expect(await keyring.get(ITEM)).toMatchObject({ ok: false, why: expect.stringContaining('unlock') as unknown });
    const pid = Number(await fs.readFile(join(root, 'pid'), 'utf8'));
    await expect.poll(() => isAlive(pid)).toBe(false);
  });

  test('that cannot be started is a reason', async () => {
    const keyring = createKeyring({ clock, node: join(root, 'nothing'), env: bare() });
    expect(await keyring.set(ITEM, 'x')).toMatchObject({ ok: false });
  });

  test('gets the secret through a pipe, never as an argument or in its environment', async () => {
    const node = await program(`echo "$@" > ${root}/args; env > ${root}/env; cat > ${root}/input; echo '{"ok":true}'`);
    const keyring = createKeyring({ clock, node, env: { ...bare(), NODE_OPTIONS: '--inspect' } });
    expect(await keyring.set(ITEM, 'canary-secret')).toEqual({ ok: true });
    expect(await fs.readFile(join(root, 'input'), 'utf8')).toContain('canary-secret');
    for (const name of ['args', 'env'])
      expect(await fs.readFile(join(root, name), 'utf8')).not.toContain('canary-secret');
    expect(await fs.readFile(join(root, 'env'), 'utf8')).not.toContain('NODE_OPTIONS');
  });
});

describe.runIf(process.platform === 'linux')('on a Linux without a Secret Service', () => {
  test('[store.keyring-proof] the keyring of the kernel is not used: logins are plain, and that is told', async () => {
    const store = await open(bare());
    expect(store.notices()).toEqual([]);
    await store.write('credential', bodyOf('a1'), 0);
    expect(await chosen()).toMatchObject({ from: 'none', why: expect.stringMatching(/^no keyring: /) as unknown });
    expect(store.notices().map(({ kind }) => kind)).toEqual(['plaintext']);
    const kernel = await fs.readFile('/proc/keys', 'utf8').catch(() => '');
    expect(kernel).not.toContain('holdfast');
    expect((await open(bare())).notices()).toEqual([]);
  });

  test('[store.lazy] an empty store starts no process', async () => {
    const node = await program(`touch ${root}/started`);
    const store = await open(bare(), node);
    expect([
      await store.list('credential'),
      await store.read('flow', 'a1'),
      await store.remove('intent', 'a1'),
    ]).toEqual([[], undefined, false]);
    expect(existsSync(join(root, 'started'))).toBe(false);
    await store.write('credential', bodyOf('a1'), 0);
    expect(existsSync(join(root, 'started'))).toBe(true);
  });
});

describe.runIf(hasService)('with a real Secret Service', () => {
  /** A session with a keyring: unlocked with this password, or locked. */
  async function session(password?: string): Promise<Env> {
    const bus = spawn('dbus-daemon', ['--session', '--nofork', '--print-address=1'], {
      env: bare(),
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    children.push(bus);
    const [address] = (await once(bus.stdout, 'data')) as [Buffer];
    const env = { ...bare(), DBUS_SESSION_BUS_ADDRESS: String(address).trim() };
    const flags = password === undefined ? [] : ['--unlock'];
    const daemon = spawn('gnome-keyring-daemon', ['--foreground', '--components=secrets', ...flags], {
      env,
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    children.push(daemon);
    daemon.stdin.end(password ?? '');
    const keyring = createKeyring({ clock, node: process.execPath, env });
    await expect.poll(async () => (await keyring.get(ITEM)).ok, { timeout: 10_000 }).toBe(true);
    return env;
  }

  const endSession = async (): Promise<void> => {
    // One of them ends when the other does.
    const running = children.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null);
    const ends = running.map((child) => once(child, 'exit'));
    for (const child of children.splice(0)) child.kill('SIGKILL');
    await Promise.all(ends);
  };

  test('[store.keyring-proof] it proves itself and keeps the key of one state folder, and nothing else', async () => {
    const env = await session('password');
    const keyring = createKeyring({ clock, node: process.execPath, env });
    expect(await proveKeyring(keyring, 'holdfast-test')).toBeUndefined();
    const store = await open(env);
    await store.write('credential', bodyOf('a1'), 0);
    expect(store.notices()).toEqual([]);
    const { service, account } = (await chosen()) as { service: string; account: string };
    expect(await keyring.get({ service, account })).toMatchObject({
      ok: true,
      text: expect.stringMatching(/^.{44}$/) as unknown,
    });
    expect(await fs.readFile(join(root, 'state', 'credentials', 'a1.json'), 'utf8')).not.toContain('access-a1');
    expect(await (await open(env)).read('credential', 'a1')).toMatchObject(bodyOf('a1'));
  }, 60_000);

  test('[store.key-unreadable] a session without it, and one in which it is locked, lose nothing and say why', async () => {
    const env = await session('password');
    await (await open(env)).write('credential', bodyOf('a1'), 0);
    await endSession();
    const before = await fs.readFile(join(root, 'state', 'store.json'), 'utf8');

    const store = await open(bare());
    expect(await codeOf(store.read('credential', 'a1'))).toBe('ERR_STORE_UNREADABLE');
    expect(await codeOf(store.list('credential'))).toBe('ERR_STORE_UNREADABLE');
    expect(await codeOf(store.reserve('credential', 'a1'))).toBe('ERR_STORE_UNWRITABLE');
    expect(store.notices().map(({ kind }) => kind)).toEqual(['key-unreadable']);

    const locked = await open(await session());
    expect(await codeOf(locked.read('credential', 'a1'))).toBe('ERR_STORE_UNREADABLE');
    await endSession();

    const again = await open(await session('password'));
    expect(await again.read('credential', 'a1')).toMatchObject(bodyOf('a1'));
    expect(again.notices()).toEqual([]);
    expect(await fs.readFile(join(root, 'state', 'store.json'), 'utf8')).toBe(before);
  }, 120_000);
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
