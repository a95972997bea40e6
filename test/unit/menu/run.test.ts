/**
 * The menu as it runs: what it asks of the fleet, and how it follows it.
 *
 * @module
 */
import { describe, expect, test } from 'vitest';
import { HoldfastError } from '../../../src/base/errors.ts';
import { ACTIONS } from '../../../src/core/action-table.ts';
import type { ActionId } from '../../../src/core/action-table.ts';
import type { FleetEvent } from '../../../src/core/events.ts';
import type { Fleet } from '../../../src/core/fleet.ts';
import type { Snapshot } from '../../../src/core/snapshot.ts';
import { QUICK } from '../../../src/menu/state/keys.ts';
import { LEAVE } from '../../../src/menu/terminal/modes.ts';
import { startMenu } from '../../../src/menu/run/run-menu.ts';
import type { Connected, MenuPorts } from '../../../src/menu/run/ports.ts';
import { createVirtualClock } from '../../../src/testing/virtual-clock.ts';
import { SETTING } from '../../support/menu/model.ts';
import { APPROVAL, WAITING } from '../../support/menu/servers.ts';
import { fakeScreen } from '../../support/menu/terminal.ts';
import { fakeTty } from '../../support/menu/tty.ts';
import { recordingFleet, snapshotOf } from '../../support/recording-fleet.ts';

const VIEW = { configDir: '/cfg', home: '/home/me', variables: {}, path: '/bin' };
const OWNER = { kind: 'daemon', pid: 4711, version: '0.1.0', startedAt: '2026-01-01T00:00:00.000Z' } as const;

interface Rig {
  readonly servers?: readonly Snapshot[];
  readonly fleet?: { [M in keyof Fleet]?: Fleet[M] };
  readonly ports?: Partial<MenuPorts>;
}

/** What the fleet says, and how often it was closed. */
interface State {
  servers: readonly Snapshot[];
  ring: (event: FleetEvent) => void;
  fail: (error: Error) => void;
  closed: number;
}

/** A menu on a terminal without a window, with a fleet that writes down what it is asked. */
async function running({
  servers = [snapshotOf('one', { next: ['reconnect'] })],
  fleet: more = {},
  ports = {},
}: Rig = {}) {
  const clock = createVirtualClock();
  const tty = fakeTty();
  const screen = fakeScreen(80, 24);
  let writing = Promise.resolve();
  tty.onWrite = (bytes) => {
    writing = writing.then(() => screen.write(bytes));
  };
  const state: State = { servers, ring: () => undefined, fail: () => undefined, closed: 0 };
  const { fleet, calls } = recordingFleet({
    snapshots: async () => state.servers,
    sources: async () => ({ files: [], notLoaded: [], variables: [] }),
    async *events(signal) {
      const waiting: FleetEvent[] = [];
      let wake = (): void => undefined;
      let failed: Error | undefined;
      state.ring = (event) => {
        waiting.push(event);
        wake();
      };
      state.fail = (error) => {
        failed = error;
        wake();
      };
      signal.addEventListener('abort', () => wake());
      while (!signal.aborted) {
        if (failed !== undefined) throw failed;
        const next = waiting.shift();
        if (next !== undefined) yield next;
        else
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
      }
    },
    ...more,
  });
  const connected = (): Connected => ({
    fleet,
    owner: OWNER,
    view: async () => VIEW,
    close: async () => void (state.closed += 1),
  });
  const end = new AbortController();
  const opens: string[] = [];
  const menu = startMenu({
    tty,
    clock,
    color: false,
    setting: SETTING,
    terminal: { tmux: false, screen: false },
    open: async () => {
      opens.push('open');
      return connected();
    },
    join: async () => {
      opens.push('join');
      return undefined;
    },
    openUrl: async () => true,
    remoteShell: false,
    forwarding: () => undefined,
    edit: async () => 0,
    signal: end.signal,
    ...ports,
  });
  const settle = async (ms = 200): Promise<string> => {
    await clock.advance(ms);
    await writing;
    return screen.seen().rows.join('\n');
  };
  await settle();
  return { clock, tty, screen, state, calls, menu, end, opens, settle, connected };
}

type Running = Awaited<ReturnType<typeof running>>;

async function quit({ tty, menu, settle }: Running): Promise<void> {
  tty.say('q');
  await settle();
  expect(await menu.ended).toBe('quit');
  expect(tty.isRaw).toBe(false);
  expect(tty.listeners).toBe(0);
  expect(tty.written.endsWith(LEAVE)).toBe(true);
}

const asked = ({ calls }: Running): readonly string[] =>
  calls.map(({ method }) => method).filter((method) => !['snapshots', 'sources', 'events'].includes(method));

const event = (body: object): FleetEvent => ({ seq: 1, time: '2026-01-01T00:00:00.000Z', ...body }) as FleetEvent;

describe('[menu.actions] every action reaches its method', () => {
  const report = { snapshot: snapshotOf('one'), did: ['done'] };
  const answers: { [M in keyof Fleet]?: Fleet[M] } = {
    ...Object.fromEntries(
      [
        'reconnect',
        'retryNow',
        'stopTrying',
        'reset',
        'enable',
        'disable',
        'reject',
        'declineStepUp',
        'logout',
        'approve',
      ].map((method) => [method, async () => report]),
    ),
    approval: async () => ({ ...APPROVAL, name: 'one' }),
    startLogin: async () => ({ kind: 'done', report }),
    grantStepUp: async () => ({ kind: 'done', report }),
    logs: async () => [],
    doctor: async () => [],
  };
  const then: Readonly<Partial<Record<ActionId, readonly string[]>>> = {
    disable: ['y'],
    reset: ['y'],
    'clear-authentication': ['y'],
    reject: ['y'],
    approve: ['a'],
  };
  const shown = new Set<ActionId>(['details', 'edit']);
  const actions = (Object.keys(ACTIONS) as ActionId[]).filter((action) => !shown.has(action));

  test.each(actions)('%s', async (action) => {
    // Only a process has a log to ask for.
    const one = snapshotOf('one', { next: [action], signIn: action === 'logs' ? 'stdio' : 'none' });
    const rig = await running({ servers: [one], fleet: answers });
    for (const key of [QUICK[action] ?? '', ...(then[action] ?? [])]) {
      rig.tty.say(key);
      await rig.settle(600);
    }
    expect(asked(rig)).toContain(ACTIONS[action].method);
    const call = rig.calls.find(({ method }) => method === ACTIONS[action].method);
    expect(call?.args[0]).toBe('one');
    expect(call?.args).toContainEqual(VIEW);
    if (action === 'approve') expect(call?.args[1]).toBe(APPROVAL.hash);
    await quit(rig);
  });

  test('edit, and the terminal is the editor’s meanwhile', async () => {
    const seen: [string, number, boolean][] = [];
    const rig: Running = await running({
      servers: [snapshotOf('one', { next: ['edit'] })],
      ports: {
        edit: async (file, line) => {
          seen.push([file, line, rig.tty.isRaw]);
          return 0;
        },
      },
    });
    rig.tty.say('i');
    expect(await rig.settle()).toContain('one: edited');
    expect(seen).toEqual([['/cfg/servers.json', 1, false]]);
    expect(rig.tty.isRaw).toBe(true);
    await quit(rig);
  });

  test('a method that refuses is told with its hint', async () => {
    const refuse = (): Promise<never> =>
      Promise.reject(new HoldfastError('ERR_BLOCKED', 'one is blocked', { hint: 'Ask who did it.' }));
    const rig = await running({ fleet: { reconnect: refuse } });
    rig.tty.say('r');
    expect(await rig.settle()).toContain('one is blocked — Ask who did it.');
    await quit(rig);
  });
});

describe('[menu.live] the list', () => {
  test('is looked at again after an event, and now and then without one', async () => {
    const rig = await running();
    rig.state.servers = [snapshotOf('one', { status: 'failed', reason: 'refused', next: ['reconnect'] })];
    rig.state.ring(event({ event: 'server.removed', server: 'x' }));
    expect(await rig.settle(100)).toMatch(/one +✗ failed/);
    rig.state.servers = [snapshotOf('one', { next: ['reconnect'] })];
    expect(await rig.settle(6_000)).toMatch(/one +● connected/);
    await quit(rig);
    expect(rig.state.closed).toBe(1);
  });

  test('a bunch of events is one look', async () => {
    const rig = await running();
    const before = rig.calls.filter(({ method }) => method === 'snapshots').length;
    for (let at = 0; at < 50; at += 1) rig.state.ring(event({ event: 'server.removed', server: 'x' }));
    await rig.settle(100);
    expect(rig.calls.filter(({ method }) => method === 'snapshots').length - before).toBeLessThanOrEqual(2);
    await quit(rig);
  });

  test('a change of the files is looked at with a new view', async () => {
    let views = 0;
    const rig: Running = await running({
      ports: {
        open: async () => ({
          ...rigConnected(),
          view: async () => {
            views += 1;
            return VIEW;
          },
        }),
      },
    });
    function rigConnected(): Connected {
      return {
        fleet: recordingFleet({
          snapshots: async () => [],
          sources: async () => ({ files: [], notLoaded: [], variables: [] }),
          async *events() {
            yield event({ event: 'config.changed', added: [], removed: [], changed: [] });
            await new Promise(() => undefined);
          },
        }).fleet,
        owner: OWNER,
        view: async () => VIEW,
        close: async () => undefined,
      };
    }
    await rig.settle(1_000);
    expect(views).toBe(2);
    await quit(rig);
  });

  test('an owner that goes away is told, looked for, and started again on a key', async () => {
    const rig = await running();
    rig.state.fail(new Error('the socket has closed'));
    expect(await rig.settle()).toContain('the socket has closed');
    await rig.settle(10_000);
    expect(rig.opens.filter((one) => one === 'join').length).toBeGreaterThan(2);
    expect(rig.opens.filter((one) => one === 'open')).toHaveLength(1);
    rig.tty.say('r');
    expect(await rig.settle()).toContain('starts the daemon again');
    rig.tty.say('R');
    expect(await rig.settle()).toMatch(/daemon pid 4711/);
    expect(rig.opens.filter((one) => one === 'open')).toHaveLength(2);
    await quit(rig);
    expect(rig.state.closed).toBe(2);
  });

  test('a next owner is joined by itself', async () => {
    let comes = false;
    const rig: Running = await running({ ports: { join: async () => (comes ? rig.connected() : undefined) } });
    rig.state.fail(new Error('gone'));
    await rig.settle(5_000);
    comes = true;
    expect(await rig.settle(5_000)).toMatch(/one +● connected/);
    await quit(rig);
  });

  test('a fleet that cannot be opened says why', async () => {
    const rig = await running({
      ports: { open: () => Promise.reject(new HoldfastError('ERR_SOCKET_UNSAFE', 'the socket is not ours')) },
    });
    expect(await rig.settle()).toContain('the socket is not ours');
    await quit(rig);
  });
});

describe('[menu.sign-in] a sign-in is followed to its end', () => {
  const wanting = [snapshotOf('notion', { status: 'needs-auth', reason: 'sign-in-required', next: ['authenticate'] })];
  const waiting = { ...WAITING, expiresAt: '2026-01-01T00:10:00.000Z' };

  test('opened in the browser, answered by the listener', async () => {
    const browsed: string[] = [];
    let answer: (report: unknown) => void = () => undefined;
    const rig = await running({
      servers: wanting,
      fleet: {
        startLogin: async () => waiting,
        loginResult: () =>
          new Promise((resolve) => {
            answer = resolve as typeof answer;
          }),
      },
      ports: { openUrl: async (url) => browsed.push(url) > 0 },
    });
    rig.tty.say('a');
    expect(await rig.settle()).toMatch(/Opened in your browser.*Waiting for you · (?:10|9):\d\d left/s);
    expect(browsed).toEqual([WAITING.url]);
    expect(await rig.settle(60_000)).toMatch(/(?:9:00|8:\d\d) left/);
    answer({ snapshot: snapshotOf('notion'), did: ['signed in'] });
    expect(await rig.settle()).toContain('notion: connected · signed in');
    await quit(rig);
  });

  test('given up: the flow is cancelled, and its end is no news', async () => {
    let fail: (error: Error) => void = () => undefined;
    const rig = await running({
      servers: wanting,
      fleet: {
        startLogin: async () => waiting,
        cancelLogin: async () => fail(new HoldfastError('ERR_LOGIN_FAILED', 'cancelled')),
        loginResult: () =>
          new Promise((_, reject) => {
            fail = reject;
          }),
      },
    });
    rig.tty.say('a');
    await rig.settle();
    rig.tty.say('x');
    const text = await rig.settle();
    expect(text).toContain('the sign-in was given up; nothing has changed');
    expect(asked(rig)).toContain('cancelLogin');
    await quit(rig);
  });

  test.each([
    ['ERR_USAGE', 'Not taken: not of this sign-in'],
    ['ERR_LOGIN_UNKNOWN', 'Waiting for you'],
    ['ERR_LOGIN_FAILED', 'not of this sign-in'],
  ] as const)('a pasted address that ends in %s', async (code, text) => {
    const rig = await running({
      servers: wanting,
      fleet: {
        startLogin: async () => waiting,
        loginResult: () => new Promise(() => undefined),
        finishLogin: () => Promise.reject(new HoldfastError(code, 'not of this sign-in')),
      },
    });
    rig.tty.say('a');
    await rig.settle();
    rig.tty.say('\u001B[200~http://localhost:1/callback?code=canary\u001B[201~\r');
    expect(await rig.settle()).toContain(text);
    expect(rig.tty.written).not.toContain('canary');
    // Out of the field, which waits for a better one.
    rig.tty.say('\u001B');
    await rig.settle();
    await quit(rig);
  });

  test('no browser is opened where none can be, and the way through is told', async () => {
    const rig = await running({
      servers: wanting,
      fleet: { startLogin: async () => waiting, loginResult: () => new Promise(() => undefined) },
      ports: {
        setting: { ...SETTING, noBrowser: 'No browser here.' },
        forwarding: () => 'Run: ssh -L 17471',
        openUrl: () => Promise.reject(new Error('must not be opened')),
      },
    });
    rig.tty.say('a');
    expect(await rig.settle()).toContain('No browser here. Run: ssh -L 17471');
    await quit(rig);
  });
});

describe('[menu.restore] the menu ends', () => {
  test('on a signal', async () => {
    const rig = await running();
    rig.end.abort();
    await rig.settle();
    expect(await rig.menu.ended).toBe('signal');
    expect(rig.tty.written.endsWith(LEAVE)).toBe(true);
    expect(rig.state.closed).toBe(1);
  });

  test('when the terminal is gone', async () => {
    const rig = await running();
    rig.tty.hangUp();
    await rig.settle();
    expect(await rig.menu.ended).toBe('gone');
    expect(rig.tty.guards).toEqual([]);
  });

  test('and leaves no timer and no wait behind', async () => {
    const rig = await running();
    await quit(rig);
    await rig.settle(1_000);
    expect(rig.clock.pending).toBe(0);
  });

  test('shows an address on the plain screen until Enter', async () => {
    const rig = await running({
      servers: [snapshotOf('notion', { next: ['authenticate'] })],
      fleet: {
        startLogin: async () => ({ ...WAITING, expiresAt: '2026-01-01T00:10:00.000Z' }),
        loginResult: () => new Promise(() => undefined),
      },
    });
    rig.tty.say('a');
    await rig.settle();
    rig.tty.say('w');
    await rig.settle();
    expect(rig.tty.isRaw).toBe(false);
    expect(rig.tty.written).toContain(`${LEAVE}\r\n${WAITING.url}\r\n`);
    rig.tty.enter();
    expect(await rig.settle()).toContain('Waiting for you');
    await quit(rig);
  });
});
