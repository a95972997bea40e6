import { expect, test } from 'vitest';
import { Secret } from '../../../src/base/secret.ts';
import { REFUSED, http, rig, script, started } from '../../support/scripted-fleet.ts';

test.each([
  ['headers', 401, false, 'credentials-rejected'],
  ['headers', 403, true, 'credentials-rejected'],
  ['helper', 401, false, 'credentials-rejected'],
  ['helper', 403, true, 'credentials-rejected'],
  ['none', 401, true, 'sign-in-required'],
  ['none', 401, false, 'credentials-required'],
  ['none', 403, false, 'forbidden'],
  ['none', 403, true, 'sign-in-required'],
] as const)(
  '%s and %i (sign-in advertised: %s) is needs-auth · %s, and heals by itself',
  async (signIn, status, advertised, reason) => {
    const r = rig({ a: script([http(status)], { signIn, advertised }) });
    await started(r, 1);
    const snapshot = await r.fleet.snapshot('a');
    expect(snapshot).toMatchObject({ status: 'needs-auth', reason, httpStatus: status });
    expect(snapshot.next).toContain('reconnect');
    expect(snapshot.offersOAuth).toBe(advertised);
    if (signIn !== 'none') expect(snapshot.next[0]).toBe('reconnect');
    r.scripts['a']!.tries = ['ok'];
    await r.clock.advance(100_000);
    expect((await r.fleet.snapshot('a')).status).toBe('connected');
  },
);

test('[connect.helper-rejected] a helper is run once more after a 401, and its fresh headers connect', async () => {
  const r = rig({ a: script([http(401), 'ok'], { signIn: 'helper' }) });
  await started(r, 1);
  expect((await r.fleet.snapshot('a')).status).toBe('connected');
  expect(r.scripts['a']!.helperRuns).toBe(2);
});

test('[helper.gap] in the background a helper runs at most once a minute, and not after five failures in a row until a person asks', async () => {
  const r = rig({ a: script([http(401)], { signIn: 'helper' }) });
  await started(r, 1);
  expect(r.scripts['a']!.helperRuns).toBe(2);
  await r.clock.advance(59_000);
  expect(r.scripts['a']!.helperRuns).toBe(2);
  await r.clock.advance(24 * 3_600_000);
  const tries = r.scripts['a']!.opened.length;
  expect(r.scripts['a']!.helperRuns).toBe(6);
  expect((await r.fleet.snapshot('a')).nextRetryAt).toBeUndefined();
  r.scripts['a']!.tries = ['ok'];
  await r.clock.advance(24 * 3_600_000);
  expect(r.scripts['a']!.opened).toHaveLength(tries);
  expect((await r.fleet.reconnect('a')).snapshot.status).toBe('connected');
});

test('[heal.half-open] the next call heals a server that needs authentication, silently; tries by calls are five seconds apart', async () => {
  const r = rig({ a: script([http(401)], { signIn: 'headers' }) });
  await started(r, 6_000);
  await expect(r.fleet.request('a', 'tools/call')).rejects.toMatchObject({
    code: 'ERR_NEEDS_AUTH',
    data: { reason: 'credentials-rejected' },
  });
  expect(r.scripts['a']!.opened).toHaveLength(2);
  await expect(r.fleet.request('a', 'tools/call')).rejects.toMatchObject({ code: 'ERR_NEEDS_AUTH' });
  expect(r.scripts['a']!.opened).toHaveLength(2);
  r.scripts['a']!.tries = ['ok'];
  await r.clock.advance(5_000);
  await expect(r.fleet.request('a', 'tools/call')).resolves.toEqual({ ok: true });
});

test('[call.401-once] a 401 on a call of a helper server runs the helper and sends the call once more', async () => {
  const r = rig({ a: script(['ok'], { signIn: 'helper' }) });
  await started(r, 1);
  r.scripts['a']!.helper = () => ({ ok: true, kind: 'helper', headers: { 'x-fresh': new Secret('v') } });
  r.scripts['a']!.calls = [{ kind: 'http', sent: 'rejected', answer: http(401), text: '401' }, { result: 42 }];
  await expect(r.fleet.request('a', 'tools/call')).resolves.toBe(42);
  expect(r.scripts['a']!.sessions[0]!.sent.map(({ headers }) => headers)).toEqual([['authorization'], ['x-fresh']]);
  expect((await r.fleet.snapshot('a')).status).toBe('connected');
});

test('[call.5xx] [call.contact-decides] a 503 on a call fails the call; a good contact keeps the server connected, a bad one does not', async () => {
  const r = rig({ a: script(['ok']) });
  await started(r, 1);
  r.scripts['a']!.calls = [{ kind: 'http', sent: 'maybe', answer: http(503), text: '503' }];
  await expect(r.fleet.request('a', 'tools/call')).rejects.toMatchObject({ code: 'ERR_UNREACHABLE' });
  await r.clock.settle();
  expect((await r.fleet.snapshot('a')).status).toBe('connected');
  r.scripts['a']!.calls = [{ kind: 'http', sent: 'maybe', answer: http(503), text: '503' }];
  r.scripts['a']!.contacts = [http(503)];
  await expect(r.fleet.request('a', 'tools/call')).rejects.toMatchObject({ code: 'ERR_UNREACHABLE' });
  await r.clock.settle();
  expect((await r.fleet.snapshot('a')).status).toBe('pending');
  expect(r.scripts['a']!.sessions[0]!.sent).toHaveLength(2);
});

test('[call.never-twice] a call that was surely not sent waits for the reconnect and is sent once more', async () => {
  const r = rig({ a: script(['ok']) });
  await started(r, 1);
  r.scripts['a']!.calls = [{ kind: 'network', sent: 'no', answer: REFUSED, text: 'refused' }, { result: 'late' }];
  r.scripts['a']!.contacts = [REFUSED];
  const call = r.fleet.request('a', 'tools/call');
  await r.clock.advance(2_000);
  await expect(call).resolves.toBe('late');
});

test('[call.429] [call.403-bare] 429 and a bare 403 on a call are told with their facts and leave the server connected', async () => {
  const r = rig({ a: script(['ok']) });
  await started(r, 1);
  r.scripts['a']!.calls = [
    { kind: 'http', sent: 'rejected', answer: http(429, { retryAfterMs: 7_000 }), text: '429' },
    { kind: 'http', sent: 'rejected', answer: http(403), text: '403' },
  ];
  await expect(r.fleet.request('a', 'tools/call')).rejects.toMatchObject({
    code: 'ERR_RATE_LIMITED',
    data: { retryAfterMs: 7_000 },
  });
  await expect(r.fleet.request('a', 'tools/call')).rejects.toMatchObject({ code: 'ERR_FORBIDDEN' });
  await r.clock.settle();
  expect((await r.fleet.snapshot('a')).status).toBe('connected');
});
