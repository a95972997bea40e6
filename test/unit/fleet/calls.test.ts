/**
 * What a failed call does to its caller and to the server (BEHAVIOUR §3b).
 *
 * @module
 */
import { describe, expect, test } from 'vitest';
import { Secret } from '../../../src/base/secret.ts';
import type { CallFault } from '../../../src/core/fault.ts';
import { REFUSED, http, rig, script, started } from '../../support/scripted-fleet.ts';
import type { Script } from '../../support/scripted-fleet.ts';

const REJECTED: CallFault = { kind: 'http', sent: 'rejected', answer: http(401), text: '401' };
const sentOf = (about: Script): number => about.sessions.reduce((sum, { sent }) => sum + sent.length, 0);

describe('[call.contact-decides] the status stays connected while our own contact is good, whatever a call meets', () => {
  const FAULTS: readonly (readonly [string, CallFault])[] = [
    ['401', REJECTED],
    ['403', { ...REJECTED, answer: http(403) }],
    ['404', { ...REJECTED, answer: http(404) }],
    ['429', { ...REJECTED, answer: http(429) }],
    ['500', { kind: 'http', sent: 'maybe', answer: http(500), text: '500' }],
    ['a reset', { kind: 'network', sent: 'maybe', answer: { kind: 'network', errno: 'ECONNRESET' }, text: 'reset' }],
    ['a refused connection', { kind: 'network', sent: 'no', answer: REFUSED, text: 'refused' }],
    ['a time-out', { kind: 'timeout', sent: 'maybe', answer: { kind: 'timeout' }, text: 'late' }],
    ['a broken answer', { kind: 'protocol', sent: 'maybe', answer: { kind: 'protocol', text: 'x' }, text: 'x' }],
    [
      'a JSON-RPC error',
      { kind: 'rpc', sent: 'maybe', rpc: { code: -32_000, message: '401 Unauthorized' }, text: 'x' },
    ],
    ['a cancellation', { kind: 'cancelled', sent: 'maybe', text: 'cancelled' }],
  ];
  test.each(FAULTS)('%s', async (_what, fault) => {
    const about = script(['ok'], { signIn: 'headers', calls: Array.from({ length: 9 }, () => fault) });
    const r = rig({ a: about });
    await started(r, 1);
    const call = r.fleet.request('a', 'tools/call').catch((error: unknown) => error);
    await r.clock.advance(60_000);
    expect(await call).toMatchObject({ name: 'HoldfastError' });
    expect((await r.fleet.snapshot('a')).status).toBe('connected');
    expect(about.opened).toHaveLength(1);
    expect(sentOf(about)).toBe(fault.sent === 'no' ? 6 : 1);
    await r.fleet.close();
  });
});

describe('[call.contact-decides] what a limit of ours kept from passing', () => {
  test.each([
    ['call', 'no', 'ERR_USAGE', 'Send less at once, or raise "holdfast.messageBytes" of its entry.'],
    [
      'answer',
      'maybe',
      'ERR_UNREACHABLE',
      'The server may have acted on it. Ask for less at once, or raise "holdfast.messageBytes" of its entry.',
    ],
  ] as const)('(a large %s) says which limit, is sent once, and is no reason to look at the server', async (...row) => {
    const [tooLarge, sent, code, hint] = row;
    const text = 'the message has 11 bytes, the limit is 10';
    const fault: CallFault = { kind: 'protocol', sent, answer: { kind: 'protocol', text, tooLarge }, text };
    const about = script(['ok'], { calls: Array.from({ length: 9 }, () => fault), contacts: [REFUSED] });
    const r = rig({ a: about });
    await started(r, 1);
    await expect(r.fleet.request('a', 'tools/call')).rejects.toMatchObject({ code, message: `a: ${text}`, hint });
    expect(sentOf(about)).toBe(1);
    await r.clock.advance(100);
    expect((await r.fleet.snapshot('a')).status).toBe('connected');
    await r.fleet.close();
  });
});

describe('[call.401-once] a 401', () => {
  test.each([
    ['headers', 'credentials-rejected'],
    ['none', 'credentials-required'],
  ] as const)('on a call of a server with %s is told as %s', async (signIn, reason) => {
    const r = rig({ a: script(['ok'], { signIn, calls: [REJECTED], contacts: [http(401)] }) });
    await started(r, 1);
    await expect(r.fleet.request('a', 'tools/call')).rejects.toMatchObject({
      code: 'ERR_NEEDS_AUTH',
      data: { reason, httpStatus: 401, server: 'a' },
    });
    expect(await r.fleet.snapshot('a')).toMatchObject({ status: 'needs-auth', reason });
    await r.fleet.close();
  });

  test('that stays after the helper ran once is needs-auth, and the helper is not run a second time for it', async () => {
    const about = script(['ok'], { signIn: 'helper', calls: [REJECTED, REJECTED], contacts: [http(401), http(401)] });
    const r = rig({ a: about });
    await started(r, 1);
    await expect(r.fleet.request('a', 'tools/call')).rejects.toMatchObject({ code: 'ERR_NEEDS_AUTH' });
    expect(about.helperRuns).toBe(2);
    expect(sentOf(about)).toBe(2);
    expect(await r.fleet.snapshot('a')).toMatchObject({ status: 'needs-auth', reason: 'credentials-rejected' });
    await r.fleet.close();
  });

  test('on many calls with headers that are old runs the helper once; each call is sent once more', async () => {
    const about = script(['ok'], { signIn: 'helper' });
    const r = rig({ a: about });
    await started(r, 1);
    about.helper = () => ({ ok: true, kind: 'helper', headers: { 'x-fresh': new Secret('value') } });
    about.calls = Array.from({ length: 20 }, () => REJECTED);
    const calls = Array.from({ length: 20 }, () => r.fleet.request('a', 'tools/call'));
    await expect(Promise.all(calls)).resolves.toHaveLength(20);
    expect(about.helperRuns).toBe(2);
    expect(sentOf(about)).toBe(40);
    await r.fleet.close();
  });

  test('on our own contact of an idle helper server runs the helper, and the server stays connected', async () => {
    const about = script(['ok'], { signIn: 'helper' });
    const r = rig({ a: about });
    await started(r, 1);
    about.contacts = [http(401)];
    await r.clock.advance(181_000);
    expect(about.helperRuns).toBe(2);
    expect(about.opened).toHaveLength(1);
    expect((await r.fleet.snapshot('a')).status).toBe('connected');
    await r.fleet.close();
  });
});

test('[helper.gap] a contact of our own does not run the helper a second time within a minute', async () => {
  const about = script(['ok'], { signIn: 'helper' });
  const r = rig({ a: about });
  await started(r, 10_000);
  about.contacts = [http(401)];
  about.sessions[0]!.onEvent!({ kind: 'note', about: 'stream', text: 'the stream ended' });
  await r.clock.settle();
  expect(about.helperRuns).toBe(1);
  expect((await r.fleet.snapshot('a')).status).toBe('needs-auth');
  await r.clock.advance(95_000);
  expect(about.helperRuns).toBe(2);
  expect((await r.fleet.snapshot('a')).status).toBe('connected');
  await r.fleet.close();
});

describe('[call.429] a server that limits its callers', () => {
  test('and our own contacts is well: it stays connected', async () => {
    const about = script(['ok'], { contacts: [http(429, { retryAfterMs: 5_000 })] });
    const r = rig({ a: about });
    await started(r, 181_000);
    expect(about.contacts).toHaveLength(0);
    expect((await r.fleet.snapshot('a')).status).toBe('connected');
    expect(about.opened).toHaveLength(1);
    await r.fleet.close();
  });
});

describe('[call.never-twice] a call', () => {
  test('that was rejected for credentials and then met the end of its session is sent again only where it was unsent', async () => {
    const about = script(['ok'], { signIn: 'helper' });
    const r = rig({ a: about });
    await started(r, 1);
    about.calls = [REJECTED, 'hang'];
    const call = r.fleet.request('a', 'tools/call').catch((error: unknown) => error);
    await r.clock.settle();
    await r.fleet.reconnect('a');
    expect(await call).toMatchObject({ code: 'ERR_INTERRUPTED' });
    expect(sentOf(about)).toBe(2);
    await r.fleet.close();
  });

  const UNSENT: CallFault = { kind: 'network', sent: 'no', answer: REFUSED, text: 'refused' };

  test('to a server that keeps refusing connections is tried six times at most, at longer and longer distances', async () => {
    const about = script(['ok'], { calls: Array.from({ length: 9 }, () => UNSENT) });
    const r = rig({ a: about });
    await started(r, 1);
    const call = r.fleet.request('a', 'tools/call').catch((error: unknown) => error);
    await r.clock.settle();
    expect(sentOf(about)).toBe(2);
    await r.clock.advance(1_499);
    expect(sentOf(about)).toBe(5);
    await r.clock.advance(1);
    expect(await call).toMatchObject({ code: 'ERR_UNREACHABLE' });
    expect(sentOf(about)).toBe(6);
    await r.fleet.close();
  });

  test.each<readonly [string, CallFault]>([
    ['whose session could not be renewed', { ...REJECTED, kind: 'network', answer: REFUSED }],
    ['whose session was renewed by a server that is ill', { ...REJECTED, answer: http(503) }],
    ['whose fresh session was forgotten as well', { ...REJECTED, answer: http(404), sessionLost: true }],
    ['that was never sent', UNSENT],
  ])('%s is sent again', async (_what, fault) => {
    const about = script(['ok'], { calls: [fault, fault] });
    const r = rig({ a: about });
    await started(r, 1);
    const call = r.fleet.request('a', 'tools/call').catch((error: unknown) => error);
    await r.clock.advance(200);
    expect(await call).toEqual({ ok: true });
    expect(sentOf(about)).toBe(3);
    await r.fleet.close();
  });

  test('that waits to be sent again ends with its time', async () => {
    const about = script(['ok'], { calls: Array.from({ length: 9 }, () => UNSENT) });
    const r = rig({ a: about });
    await started(r, 1);
    const call = r.fleet.request('a', 'tools/call', {}, { timeoutMs: 150 }).catch((error: unknown) => error);
    await r.clock.advance(200);
    expect(await call).toMatchObject({ name: 'HoldfastError' });
    expect(sentOf(about)).toBe(3);
    await r.fleet.close();
  });
});

describe('[heal.half-open] a call to a server that is not connected', () => {
  test.each([
    ['failed for good', script([http(404)])],
    ['failed for a cause that can pass', script([REFUSED], { numbers: { startupRetries: 0 } })],
    ['refused for its header', script([http(403)], { signIn: 'headers' })],
    ['in want of a sign-in', script([http(401)], { advertised: true })],
  ])('because it %s makes one fresh try, at most every five seconds', async (_what, about) => {
    const r = rig({ a: about });
    await started(r, 10);
    const call = (): Promise<unknown> => r.fleet.request('a', 'tools/call').catch((error: unknown) => error);
    expect(await call()).toMatchObject({ name: 'HoldfastError' });
    expect(about.opened).toHaveLength(1);
    await r.clock.advance(5_000);
    await call();
    await call();
    expect(about.opened).toHaveLength(2);
    about.tries = ['ok'];
    await r.clock.advance(5_000);
    expect(await call()).toEqual({ ok: true });
    await r.fleet.close();
  });

  test('does not undercut the time that the server named', async () => {
    const about = script([http(429, { retryAfterMs: 60_000 })]);
    const r = rig({ a: about });
    await started(r, 30_000);
    await expect(r.fleet.request('a', 'tools/call')).rejects.toMatchObject({ data: { reason: 'http-429' } });
    expect(about.opened).toHaveLength(1);
    await r.fleet.close();
  });

  test('joins a probe that is under way', async () => {
    const about = script([http(401), 'hang'], { signIn: 'headers' });
    const r = rig({ a: about });
    await started(r, 46_000);
    expect(about.opened).toHaveLength(2);
    const call = r.fleet.request('a', 'tools/call').catch((error: unknown) => error);
    await r.clock.advance(31_000);
    expect(await call).toMatchObject({ name: 'HoldfastError' });
    expect(about.opened).toHaveLength(2);
    await r.fleet.close();
  });
});

test('[numbers.per-server] the time of a call is that of its server, or that of the call', async () => {
  const r = rig({ a: script(['ok'], { calls: ['hang', 'hang'], numbers: { callTotalMs: 2_000 } }) });
  await started(r, 1);
  const calls = [r.fleet.request('a', 'x'), r.fleet.request('a', 'x', {}, { timeoutMs: 500 })].map((call) =>
    call.then(
      () => 0,
      (error: unknown) => ({ error, at: r.clock.now() }),
    ),
  );
  const before = r.clock.now();
  await r.clock.advance(3_000);
  const [own, given] = (await Promise.all(calls)) as { error: unknown; at: number }[];
  expect(own!.at - before).toBe(2_000);
  expect(given!.at - before).toBe(500);
  expect(own!.error).toMatchObject({ code: 'ERR_CALL_TIMEOUT' });
  await r.fleet.close();
});

describe('the lists of a server', () => {
  test('that never connected are an error that says why', async () => {
    const r = rig({
      gone: script([http(404)]),
      off: script(['ok'], { enabled: false }),
      hang: script(['hang'], { numbers: { connectTimeoutMs: 500_000 } }),
    });
    await started(r, 10);
    await expect(r.fleet.lists('gone')).rejects.toMatchObject({
      code: 'ERR_UNREACHABLE',
      data: { reason: 'http-404' },
    });
    await expect(r.fleet.lists('off')).rejects.toMatchObject({ code: 'ERR_BLOCKED' });
    await r.fleet.close();
  });

  test('that is being connected are waited for as long as one try of it may take', async () => {
    const r = rig({ a: script(['hang'], { numbers: { connectTimeoutMs: 2_000 } }) });
    await started(r, 10);
    let error: unknown;
    void r.fleet.lists('a').catch((why: unknown) => {
      error = why;
    });
    await r.clock.advance(2_500);
    expect(error).toMatchObject({ code: 'ERR_PENDING' });
    await r.fleet.close();
  });

  test('that was connected once are the last ones known', async () => {
    const r = rig({ a: script(['ok', http(404)]) });
    await started(r, 10);
    await r.fleet.reconnect('a');
    expect((await r.fleet.lists('a')).tools).toEqual([{ name: 'echo' }]);
    expect(await r.fleet.snapshot('a')).toMatchObject({ tools: 1, listsLastKnown: true, status: 'failed' });
    await r.fleet.close();
  });
});

test('an unknown name is refused by every method, with the nearest ones', async () => {
  const r = rig({ notion: script(['ok']) });
  await started(r, 1);
  const { fleet } = r;
  const methods: readonly (() => Promise<unknown>)[] = [
    () => fleet.snapshot('notoin'),
    () => fleet.settled({ timeoutMs: 1, names: ['notoin'] }),
    () => fleet.reconnect('notoin'),
    () => fleet.retryNow('notoin'),
    () => fleet.stopTrying('notoin'),
    () => fleet.reset('notoin'),
    () => fleet.enable('notoin'),
    () => fleet.disable('notoin'),
    () => fleet.approve('notoin'),
    () => fleet.reject('notoin'),
    () => fleet.approval('notoin'),
    () => fleet.logs('notoin'),
    () => fleet.helperRun('notoin'),
    () => fleet.doctor('notoin'),
    () => fleet.lists('notoin'),
    () => fleet.request('notoin', 'ping'),
  ];
  for (const method of methods)
    await expect(method(), String(method)).rejects.toMatchObject({
      code: 'ERR_SERVER_UNKNOWN',
      data: { nearest: ['notion'] },
    });
  await expect(fleet.snapshot('__proto__')).rejects.toMatchObject({ code: 'ERR_SERVER_UNKNOWN' });
  await fleet.close();
});
