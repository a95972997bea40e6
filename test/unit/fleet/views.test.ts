/**
 * Callers in different places, and in one place with different values: what they share and what they do not.
 *
 * @module
 */
import { describe, expect, test } from 'vitest';
import { Secret } from '../../../src/base/secret.ts';
import type { View } from '../../../src/core/view.ts';
import { REFUSED, VIEW, http, rig, script, started } from '../../support/scripted-fleet.ts';

const withValue = (value: string): View => ({ ...VIEW, variables: { V: value } });
const byValue = (view: View): string => view.variables['V'] ?? 'none';
const ELSEWHERE: View = { ...VIEW, projectRoot: '/other' };

describe('[reconnect.caller-values] two views of one place with different values', () => {
  test('are two connections; a reconnect lets the older one go', async () => {
    const about = script(['ok'], { content: byValue });
    const r = rig({ a: about });
    await started(r, 1);
    await r.fleet.snapshots(withValue('old'));
    await r.clock.advance(1);
    expect(about.sessions.map(({ closed }) => closed)).toEqual([false, false]);
    const report = await r.fleet.reconnect('a', withValue('new'));
    expect(report.snapshot.status).toBe('connected');
    expect(about.sessions.map(({ closed }) => closed)).toEqual([true, true, false]);
    await r.fleet.close();
  });

  test('a call in flight on the older one is neither cut nor sent again', async () => {
    const about = script(['ok'], { content: byValue, calls: ['hang'] });
    const r = rig({ a: about });
    await started(r, 1);
    const stop = new AbortController();
    const call = r.fleet
      .request('a', 'tools/call', {}, { view: withValue('old'), signal: stop.signal })
      .catch((error: unknown) => error);
    await r.clock.settle();
    await r.fleet.reconnect('a', withValue('new'));
    expect(about.sessions.filter(({ closed }) => !closed)).toHaveLength(2);
    stop.abort();
    expect(await call).toMatchObject({ code: 'ERR_CALL_CANCELLED' });
    await r.clock.advance(100_000);
    await r.fleet.snapshots(withValue('new'));
    await r.clock.advance(31_000);
    expect(about.sessions.map(({ closed }) => closed)).toEqual([true, true, false]);
    expect(about.sessions.flatMap(({ sent }) => sent)).toHaveLength(1);
    await r.fleet.close();
  });

  test('a reconnect that opens its view contacts the server once', async () => {
    const about = script(['ok'], { content: byValue });
    const r = rig({ a: about });
    await started(r, 1);
    const report = await r.fleet.reconnect('a', withValue('new'));
    expect(about.opened).toHaveLength(2);
    expect(report.did).toContain('contacted the server');
    await r.fleet.close();
  });

  test('a reconnect contacts the server even where the changed entry is one that is connected already', async () => {
    const about = script(['ok'], { content: byValue });
    const r = rig({ a: about });
    await started(r, 1);
    await r.fleet.snapshots({ ...ELSEWHERE, variables: { V: 'shared' } });
    await r.clock.advance(1);
    about.content = () => 'shared';
    const contacts = about.opened.length;
    expect((await r.fleet.reconnect('a')).snapshot.status).toBe('connected');
    expect(about.opened).toHaveLength(contacts + 1);
    await r.fleet.close();
  });

  test('reconnects at the same time from both end connected, each with its own values', async () => {
    const about = script(['ok'], { content: byValue });
    const r = rig({ a: about });
    await started(r, 1);
    const both = await Promise.all(['one', 'two'].map((value) => r.fleet.reconnect('a', withValue(value))));
    expect(both.map(({ snapshot }) => snapshot.status)).toEqual(['connected', 'connected']);
    expect(new Set(both.map(({ snapshot }) => snapshot.configHash)).size).toBe(2);
    await r.fleet.close();
  });

  test('one that nobody asked about for a minute goes when the other was', async () => {
    const about = script(['ok'], { content: byValue });
    const r = rig({ a: about });
    await started(r, 1);
    await r.fleet.snapshots(withValue('old'));
    await r.clock.advance(1_000);
    await r.fleet.snapshots(withValue('new'));
    await r.clock.advance(100_000);
    expect(about.sessions.map(({ closed }) => closed)).toEqual([false, true, false]);
    await r.fleet.close();
  });

  test('[numbers.per-server] views that nobody asked about are let go after their time, the own one never', async () => {
    const about = script(['ok'], { content: (view) => view.projectRoot ?? 'none' });
    const r = rig({ a: about }, { numbers: { viewIdleMs: 3_600_000 } });
    await started(r, 1);
    await r.fleet.snapshots(ELSEWHERE);
    await r.clock.advance(3_500_000);
    expect(about.sessions.map(({ closed }) => closed)).toEqual([false, false]);
    await r.clock.advance(200_000);
    expect(about.sessions.map(({ closed }) => closed)).toEqual([false, true]);
    expect((await r.fleet.snapshot('a')).status).toBe('connected');
    await r.fleet.close();
  });
});

describe('[fresh.start] a second view of a server', () => {
  test.each([
    ['failed for good', script([http(404), 'ok'])],
    ['was in want of credentials', script([http(401), 'ok'], { signIn: 'headers' })],
    ['could not be reached', script([REFUSED, 'ok'], { numbers: { startupRetries: 0 } })],
  ])('that %s contacts it anew instead of taking the old outcome', async (_what, about) => {
    const r = rig({ a: about });
    await started(r, 1_000);
    expect((await r.fleet.snapshot('a')).status).not.toBe('connected');
    await r.fleet.snapshots(ELSEWHERE);
    await r.clock.advance(1);
    expect(about.opened).toHaveLength(2);
    expect((await r.fleet.snapshot('a', ELSEWHERE)).status).toBe('connected');
    expect((await r.fleet.snapshot('a')).status).toBe('connected');
    await r.fleet.close();
  });

  test('that asked to be left alone for a while waits as the first one does; a person does not', async () => {
    const about = script([http(429, { retryAfterMs: 600_000 }), 'ok']);
    const r = rig({ a: about });
    await started(r, 1_000);
    await r.fleet.snapshots(ELSEWHERE);
    await r.clock.advance(1_000);
    expect(about.opened).toHaveLength(1);
    expect(await r.fleet.snapshot('a', ELSEWHERE)).toMatchObject({ status: 'failed', reason: 'http-429' });
    expect((await r.fleet.reconnect('a', ELSEWHERE)).snapshot.status).toBe('connected');
    await r.fleet.close();
  });

  test('[fresh.change] an enable contacts a server that another name found broken', async () => {
    const same = 'one#connection';
    const about = script([http(404), 'ok'], { content: same });
    const r = rig({ a: about, b: script([], { content: same, enabled: false }) });
    await started(r, 1);
    expect((await r.fleet.snapshot('a')).status).toBe('failed');
    expect((await r.fleet.enable('b')).snapshot.status).toBe('connected');
    expect((await r.fleet.snapshot('a')).status).toBe('connected');
    await r.fleet.close();
  });
});

describe('[fleet.shared] a server under two names', () => {
  test('is one connection; it lives as long as one of them', async () => {
    const same = 'one#connection';
    const about = script(['ok'], { content: same });
    const r = rig({ a: about, b: script(['ok'], { content: same }) });
    await started(r, 1);
    expect(about.opened).toHaveLength(1);
    await r.fleet.disable('a');
    expect(about.sessions[0]!.closed).toBe(false);
    expect((await r.fleet.snapshot('b')).status).toBe('connected');
    await expect(r.fleet.request('b', 'tools/call')).resolves.toEqual({ ok: true });
    await r.fleet.disable('b');
    expect(about.sessions[0]!.closed).toBe(true);
    await r.fleet.close();
  });

  test('and with a helper is two, because the helper is told the name', async () => {
    const same = 'one#connection';
    const helper = { signIn: 'helper', content: same } as const;
    const r = rig({ a: script(['ok'], helper), b: script(['ok'], helper) });
    await started(r, 1);
    expect(r.scripts['a']!.opened).toHaveLength(1);
    expect(r.scripts['b']!.opened).toHaveLength(1);
    r.scripts['b']!.tries = [http(401)];
    await r.fleet.reconnect('b');
    expect((await r.fleet.snapshots()).map(({ status }) => status)).toEqual(['connected', 'needs-auth']);
    await r.fleet.close();
  });
});

test('[reset.forgets] a reset does not show the next session the lists it has forgotten', async () => {
  const about = script(['ok']);
  const r = rig({ a: about });
  await started(r, 1);
  await r.fleet.reconnect('a');
  expect(about.opened.at(-1)!.lastLists?.tools).toHaveLength(1);
  await r.fleet.reset('a');
  expect(about.opened.at(-1)!.lastLists).toBeUndefined();
  await r.fleet.close();
});

test('[reconnect.helper] a reconnect that opens its view does not use old output of the helper', async () => {
  const about = script(['ok'], { signIn: 'helper', content: byValue });
  const asked: boolean[] = [];
  about.helper = (fresh) => {
    asked.push(fresh);
    return { ok: true, kind: 'helper', headers: { authorization: new Secret('Bearer x') } };
  };
  about.helperTtlMs = 60_000;
  const r = rig({ a: about });
  await started(r, 1);
  await r.fleet.reconnect('a', withValue('new'));
  expect(asked.at(-1)).toBe(true);
  await r.fleet.close();
});

test('a view whose files cannot be read is opened again by the next caller', async () => {
  let broken = true;
  const r = rig(
    { a: script(['ok']) },
    {
      loading: async () => {
        if (broken) throw new Error('disk on fire');
      },
    },
  );
  await expect(r.fleet.snapshots()).rejects.toThrow('disk on fire');
  broken = false;
  await started(r, 1);
  expect((await r.fleet.snapshot('a')).status).toBe('connected');
  await r.fleet.close();
  await r.clock.settle();
  expect(r.clock.pending).toBe(0);
});

test('one entry that cannot be expanded does not keep the others away', async () => {
  const r = rig({
    bad: script(['ok'], {
      content: () => {
        throw new Error('no such folder');
      },
    }),
    good: script(['ok']),
  });
  await started(r, 1);
  expect(await r.fleet.snapshot('bad')).toMatchObject({ status: 'failed', reason: 'config-invalid' });
  expect((await r.fleet.snapshot('good')).status).toBe('connected');
  await r.fleet.close();
});

test('servers are shown in the order of the configuration, one that was added later too', async () => {
  const r = rig({ a: script(['ok']), c: script(['ok']) });
  await started(r, 1);
  const { c } = r.scripts;
  delete r.scripts['c'];
  Object.assign(r.scripts, { b: script(['ok']), c });
  await r.changed();
  expect((await r.fleet.snapshots()).map(({ name }) => name)).toEqual(['a', 'b', 'c']);
  await r.fleet.close();
});
