/**
 * The end of a fleet, and sessions that break.
 *
 * @module
 */
import { describe, expect, test } from 'vitest';
import { REFUSED, http, rig, script, started } from '../../support/scripted-fleet.ts';
import type { Rig } from '../../support/scripted-fleet.ts';
import { codeOf } from '../../support/waiting.ts';

// The test runner fails a run in which a rejection was not handled, so none of these looks for that itself.
describe('[fleet.no-lost-wait] a closed fleet', () => {
  test('leaves no timer, whatever it was doing', async () => {
    const r = rig({
      ok: script(['ok']),
      hang: script(['hang']),
      waiting: script([http(503)]),
      slow: script([REFUSED], { numbers: { startupRetries: 0 } }),
      auth: script([http(401)], { signIn: 'headers' }),
      process: script([{ kind: 'exit', exit: { code: 1, signal: null, stderr: [] } }], { signIn: 'stdio' }),
      asked: script(['ok'], { contacts: ['hang'], calls: [{ kind: 'timeout', sent: 'maybe', text: 'late' }] }),
    });
    await started(r, 500);
    void codeOf(r.fleet.request('asked', 'tools/call'));
    void codeOf(r.fleet.request('hang', 'tools/call'));
    void codeOf(r.fleet.settled({ timeoutMs: 90_000 }));
    void codeOf(r.fleet.reconnect('hang'));
    r.clock.jump(3_600_000);
    await r.clock.advance(2_100);
    await r.fleet.close();
    await r.clock.settle();
    expect(r.clock.pending).toBe(0);
    await r.fleet.close();
  });

  test('refuses everything with ERR_CLOSED, a wait that was under way included', async () => {
    const r = rig({ a: script(['hang']) });
    await started(r, 1);
    const settled = codeOf(r.fleet.settled({ timeoutMs: 60_000 }));
    await r.clock.advance(1);
    await r.fleet.close();
    expect(await settled).toBe('ERR_CLOSED');
    expect(await codeOf(r.fleet.snapshots())).toBe('ERR_CLOSED');
    expect(await codeOf(r.fleet.reconnect('a'))).toBe('ERR_CLOSED');
  });

  test.each([
    ['snapshots', (r: Rig) => r.fleet.snapshots()],
    ['a reconnect', (r: Rig) => r.fleet.reconnect('a')],
    ['a call', (r: Rig) => r.fleet.request('a', 'tools/call')],
    ['a wait', (r: Rig) => r.fleet.settled({ timeoutMs: 1_000 })],
  ] as const)('ends %s that was opening its view with ERR_CLOSED', async (_what, act) => {
    let go = (): void => {};
    const gate = new Promise<void>((resolve) => {
      go = resolve;
    });
    const about = script(['ok']);
    const r = rig({ a: about }, { loading: () => gate });
    const asked = codeOf(act(r));
    await r.clock.settle();
    const closing = r.fleet.close();
    go();
    await closing;
    expect(await asked).toBe('ERR_CLOSED');
    await r.clock.settle();
    expect(about.opened).toHaveLength(0);
    expect(r.clock.pending).toBe(0);
  });
});

test('a session that cannot be closed, or contacted, without an exception breaks nothing', async () => {
  const r = rig({ a: script(['ok']) });
  await started(r, 1);
  const [session] = r.scripts['a']!.sessions;
  session!.close = () => Promise.reject(new Error('broken close'));
  session!.contact = () => Promise.reject(new Error('broken contact'));
  r.scripts['a']!.calls = [{ kind: 'http', sent: 'maybe', answer: http(503), text: '503' }];
  expect(await codeOf(r.fleet.request('a', 'tools/call'))).toBe('ERR_UNREACHABLE');
  await r.clock.settle();
  expect((await r.fleet.snapshot('a')).status).toBe('connected');
  expect((await r.fleet.reconnect('a')).snapshot.status).toBe('connected');
  await r.fleet.close();
});
