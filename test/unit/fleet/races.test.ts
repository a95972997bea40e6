/**
 * Two things at once: a server is disabled, removed, edited or closed while it is tried, waited for or called.
 *
 * @module
 */
import { describe, expect, test } from 'vitest';
import { VIEW, rig, script, started } from '../../support/scripted-fleet.ts';
import type { Rig } from '../../support/scripted-fleet.ts';
import { codeOf, soon } from '../../support/waiting.ts';

describe('[fleet.no-lost-wait] a call that waits for a server', () => {
  test('is sent over the new connection when the entry is edited meanwhile', async () => {
    const r = rig({ a: script(['hang']) });
    await started(r, 1);
    const call = r.fleet.request('a', 'tools/call');
    await r.clock.advance(10);
    r.scripts['a']!.tries = ['ok'];
    r.scripts['a']!.content = '2';
    await r.changed();
    expect(await soon(r, call)).toEqual({ ok: true });
  });

  test.each([
    ['disabled', 'ERR_BLOCKED', (r: Rig) => r.fleet.disable('a')],
    [
      'removed',
      'ERR_SERVER_UNKNOWN',
      async (r: Rig) => {
        delete r.scripts['a'];
        await r.changed();
      },
    ],
    ['closed with its fleet', 'ERR_CLOSED', (r: Rig) => r.fleet.close()],
    ['stopped', 'ERR_UNREACHABLE', (r: Rig) => r.fleet.stopTrying('a')],
  ] as const)('that is %s ends with %s', async (_what, code, act) => {
    const r = rig({ a: script(['hang']) });
    await started(r, 1);
    const call = codeOf(r.fleet.request('a', 'tools/call'));
    await r.clock.advance(10);
    await act(r);
    expect(await soon(r, call)).toBe(code);
    await r.fleet.close();
    await r.clock.settle();
    expect(r.clock.pending).toBe(0);
  });

  test('says that it was cancelled when its caller gives up', async () => {
    const r = rig({ a: script(['hang']) });
    await started(r, 1);
    const giveUp = new AbortController();
    const call = codeOf(r.fleet.request('a', 'tools/call', {}, { signal: giveUp.signal }));
    await r.clock.advance(10);
    giveUp.abort(new Error('enough'));
    expect(await soon(r, call)).toBe('ERR_CALL_CANCELLED');
  });
});

describe('[reconnect.in-flight] a call in flight', () => {
  test.each([
    ['reconnected', (r: Rig) => r.fleet.reconnect('a')],
    ['reset', (r: Rig) => r.fleet.reset('a')],
    ['disabled', (r: Rig) => r.fleet.disable('a')],
    [
      'edited',
      async (r: Rig) => {
        r.scripts['a']!.content = '2';
        await r.changed();
      },
    ],
    [
      'removed',
      async (r: Rig) => {
        delete r.scripts['a'];
        await r.changed();
      },
    ],
    ['closed with its fleet', (r: Rig) => r.fleet.close()],
  ] as const)('ends interrupted when the server is %s, and is not sent again', async (_what, act) => {
    const about = script(['ok'], { calls: ['hang'] });
    const r = rig({ a: about });
    await started(r, 1);
    const call = codeOf(r.fleet.request('a', 'tools/call'));
    await r.clock.advance(10);
    await act(r);
    expect(await soon(r, call)).toBe('ERR_INTERRUPTED');
    expect(about.sessions.flatMap(({ sent }) => sent)).toHaveLength(1);
  });
});

describe('[fleet.no-lost-wait] a person who waits for the outcome of a reconnect', () => {
  test('gets the snapshot at once when another edits the entry', async () => {
    const r = rig({ a: script(['hang']) });
    await started(r, 1);
    const report = r.fleet.reconnect('a');
    await r.clock.advance(10);
    r.scripts['a']!.tries = ['ok'];
    r.scripts['a']!.content = '2';
    await r.changed();
    expect(await soon(r, report)).toMatchObject({ snapshot: { status: 'connected' } });
  });

  test.each([
    ['disabled', (r: Rig) => r.fleet.disable('a'), 'none'],
    ['closed with its fleet', (r: Rig) => r.fleet.close(), 'ERR_CLOSED'],
  ] as const)('does not wait on when the server is %s', async (_what, act, code) => {
    const r = rig({ a: script(['hang']) });
    await started(r, 1);
    const report = codeOf(r.fleet.reconnect('a'));
    await r.clock.advance(10);
    await act(r);
    expect(await soon(r, report)).toBe(code);
  });

  test('a reconnect during a reconnect: one try lives, both hear its outcome', async () => {
    const about = script(['ok', 'hang', 'ok']);
    const r = rig({ a: about });
    await started(r, 1);
    const first = r.fleet.reconnect('a');
    await r.clock.advance(10);
    const second = r.fleet.reconnect('a');
    expect(await soon(r, Promise.all([first, second]))).toMatchObject([
      { snapshot: { status: 'connected' } },
      { snapshot: { status: 'connected' } },
    ]);
    expect(about.sessions.filter(({ closed }) => !closed)).toHaveLength(1);
  });
});

describe('[fleet.no-lost-wait] a wait for settled servers', () => {
  test('goes on with the new connection when an entry is edited meanwhile', async () => {
    const r = rig({ a: script(['hang']) });
    await started(r, 1);
    const settled = r.fleet.settled({ timeoutMs: 60_000 });
    await r.clock.advance(10);
    r.scripts['a']!.tries = ['ok'];
    r.scripts['a']!.content = '2';
    await r.changed();
    expect(await soon(r, settled)).toMatchObject([{ name: 'a', status: 'connected' }]);
  });

  test.each([
    ['disabled', (r: Rig) => r.fleet.disable('a'), [{ status: 'disabled' }]],
    [
      'removed',
      async (r: Rig) => {
        delete r.scripts['a'];
        await r.changed();
      },
      [],
    ],
  ] as const)('ends when the last pending server is %s', async (_what, act, expected) => {
    const r = rig({ a: script(['hang']) });
    await started(r, 1);
    const settled = r.fleet.settled({ timeoutMs: 60_000 });
    await r.clock.advance(10);
    await act(r);
    expect(await soon(r, settled)).toMatchObject(expected);
  });

  test('refuses a name that does not exist, instead of being done with nothing', async () => {
    const r = rig({ notion: script(['hang']) });
    await expect(r.fleet.settled({ timeoutMs: 10, names: ['notoin'] })).rejects.toMatchObject({
      code: 'ERR_SERVER_UNKNOWN',
      data: { nearest: ['notion'] },
    });
  });
});

describe('a helper that runs', () => {
  test('while its server is disabled: nothing is contacted with what it prints', async () => {
    let print = (): void => {};
    const about = script(['ok'], { signIn: 'helper' });
    const outcome = about.helper(false);
    about.helper = () =>
      new Promise((resolve) => {
        print = () => resolve(outcome);
      });
    const r = rig({ a: about });
    await started(r, 1);
    const disabled = r.fleet.disable('a');
    await r.clock.settle();
    print();
    expect((await disabled).snapshot.status).toBe('disabled');
    await r.clock.advance(1_000);
    expect(about.opened).toHaveLength(0);
  });
});

describe('a session that opens too late', () => {
  test('after the deadline is closed and never adopted', async () => {
    const about = script(['late', 'hang'], { numbers: { startupRetries: 0 } });
    const r = rig({ a: about });
    await started(r, 31_000);
    expect((await r.fleet.snapshot('a')).reason).toBe('timeout');
    await r.clock.advance(75_000);
    expect(about.sessions).toHaveLength(1);
    expect(about.sessions[0]!.closed).toBe(true);
    expect((await r.fleet.snapshot('a')).status).not.toBe('connected');
  });

  test('after a reconnect is closed; the newer one stays', async () => {
    const about = script(['late', 'ok']);
    const r = rig({ a: about });
    await started(r, 1);
    expect((await r.fleet.reconnect('a')).snapshot.status).toBe('connected');
    await r.clock.advance(101_000);
    expect(about.sessions.map(({ closed }) => closed)).toEqual([false, true]);
  });
});

describe('[fleet.process-order] a process', () => {
  const stdio = (more: Parameters<typeof script>[1] = {}) =>
    script(['ok'], { signIn: 'stdio', closeMs: 3_000, ...more });

  test.each([
    ['reconnected', (r: Rig) => r.fleet.reconnect('a')],
    [
      'edited',
      async (r: Rig) => {
        r.scripts['a']!.content = '2';
        await r.changed();
      },
    ],
    [
      'switched off and on',
      async (r: Rig) => {
        await r.fleet.disable('a');
        await r.fleet.enable('a');
      },
    ],
    [
      'removed and added',
      async (r: Rig) => {
        const own = r.scripts['a']!;
        delete r.scripts['a'];
        await r.changed();
        r.scripts['a'] = own;
        await r.changed();
      },
    ],
  ] as const)('that is %s is gone before the next one starts', async (_what, act) => {
    const about = stdio();
    const r = rig({ a: about });
    await started(r, 10);
    const acting = act(r);
    await r.clock.advance(10_000);
    await acting;
    expect(about.opened).toHaveLength(2);
    expect(about.opened[1]!.at).toBeGreaterThanOrEqual(about.sessions[0]!.closedAt ?? Number.NaN);
    expect((await r.fleet.snapshot('a')).status).toBe('connected');
  });

  test('that is still being opened at a reconnect is gone before the next one starts', async () => {
    const about = stdio({ tries: ['late', 'ok'], closeMs: 0, lateMs: 4_000 });
    const r = rig({ a: about });
    await started(r, 10);
    const report = r.fleet.reconnect('a');
    await r.clock.advance(3_980);
    expect(about.opened).toHaveLength(1);
    await r.clock.advance(20);
    await report;
    expect(about.opened).toHaveLength(2);
    expect(about.sessions.map(({ closed }) => closed)).toEqual([true, false]);
  });

  test('that cannot be ended does not keep its server away for ever', async () => {
    const about = stdio({ closeMs: 1_000_000_000 });
    const r = rig({ a: about });
    await started(r, 10);
    const report = r.fleet.reconnect('a');
    await r.clock.advance(15_000);
    expect((await report).snapshot.status).toBe('connected');
  });
});

describe('approval', () => {
  test.each([
    ['approve', 'reject', 'disabled', 'rejected-by-user'],
    ['reject', 'approve', 'connected', undefined],
  ] as const)('%s and %s at the same time: the later one counts', async (first, second, status, reason) => {
    const r = rig({ a: script(['ok'], { approval: 'awaiting' }) });
    await started(r, 1);
    const both = Promise.all([r.fleet[first]('a'), r.fleet[second]('a')]);
    await soon(r, both);
    const snapshot = await r.fleet.snapshot('a');
    expect(snapshot.status).toBe(status);
    expect(snapshot.reason).toBe(reason);
  });

  test('enable and disable at the same time: the later one counts', async () => {
    const r = rig({ a: script(['ok'], { enabled: false }) });
    await started(r, 1);
    await soon(r, Promise.all([r.fleet.enable('a'), r.fleet.disable('a'), r.fleet.enable('a')]));
    expect((await r.fleet.snapshot('a')).status).toBe('connected');
    expect(r.scripts['a']!.sessions.filter(({ closed }) => !closed)).toHaveLength(1);
  });
});

test('a view of the same place that is being opened outlives a reconnect from the other one', async () => {
  let hold: Promise<void> = Promise.resolve();
  const r = rig({ a: script(['ok'], { content: (view) => view.variables['V'] ?? '' }) }, { loading: () => hold });
  await started(r, 1);
  let go = (): void => {};
  hold = new Promise((resolve) => {
    go = resolve;
  });
  const other = r.fleet.snapshots({ ...VIEW, variables: { V: 'new' } });
  await r.clock.settle();
  const reconnect = r.fleet.reconnect('a');
  await r.clock.settle();
  go();
  expect(await soon(r, other)).toHaveLength(1);
  expect(await soon(r, codeOf(reconnect))).toBe('none');
});
