/**
 * What is shown of a server in each state, during probes too, and what is never shown.
 *
 * @module
 */
import { describe, expect, test } from 'vitest';
import { Redactor } from '../../../src/base/secret.ts';
import type { HoldfastError } from '../../../src/base/errors.ts';
import type { Snapshot } from '../../../src/core/snapshot.ts';
import type { Answer } from '../../../src/core/fault.ts';
import { EXIT, REFUSED, http, rig, script, started } from '../../support/scripted-fleet.ts';
import type { Script } from '../../support/scripted-fleet.ts';

const NONE = { startupRetries: 0 };
const LOST = { kind: 'lost', answer: { kind: 'network', errno: 'ECONNRESET' } } as const;

/** The server after `ms`, or while its next try is under way. */
async function shownAfter(about: Script, ms: number | 'next try'): Promise<Snapshot> {
  const r = rig({ a: about });
  await started(r, ms === 'next try' ? 10 : ms);
  const { nextRetryAt } = await r.fleet.snapshot('a');
  if (ms === 'next try') await r.clock.advance(Date.parse(nextRetryAt ?? '') - r.clock.now() + 10);
  const snapshot = await r.fleet.snapshot('a');
  await r.fleet.close();
  return snapshot;
}

const TRIES = ['attempt', 'maxAttempts', 'phase', 'nextRetryAt'] as const;
const triesOf = (snapshot: Snapshot): readonly string[] => TRIES.filter((field) => snapshot[field] !== undefined);

describe('the tries of a server', () => {
  const probed = (tries: Script['tries'], more: Partial<Script> = {}): Script =>
    script([...tries, 'hang'], { ...more, numbers: { ...NONE, ...more.numbers } });

  test.each<[string, Script, number | 'next try', object, readonly string[]]>([
    ['connecting', script(['hang']), 1, { status: 'pending', attempt: 1, maxAttempts: 4, phase: 'startup' }, []],
    [
      'waiting',
      script([REFUSED]),
      1,
      { status: 'pending', reason: 'refused', attempt: 1, maxAttempts: 4, phase: 'startup' },
      ['nextRetryAt'],
    ],
    ['trying again', script([REFUSED, 'hang']), 1_500, { status: 'pending', reason: 'refused', attempt: 2 }, []],
    ['connected', script(['ok']), 1, { status: 'connected' }, []],
    ['probed slowly', probed([REFUSED]), 5_000, { status: 'failed', attempt: 1, maxAttempts: 1 }, ['nextRetryAt']],
    [
      'being probed',
      probed([REFUSED]),
      'next try',
      { status: 'failed', reason: 'refused', attempt: 1, maxAttempts: 1, phase: 'probe' },
      [],
    ],
    ['failed for good', script([http(404)]), 1, { status: 'failed', attempt: 1, maxAttempts: 1 }, []],
    [
      'refused for its header',
      script([http(401)], { signIn: 'headers' }),
      1,
      { status: 'needs-auth', httpStatus: 401 },
      ['nextRetryAt'],
    ],
    [
      'refused and being probed',
      probed([http(401)], { signIn: 'headers' }),
      'next try',
      { status: 'needs-auth', httpStatus: 401, phase: 'probe' },
      [],
    ],
    ['disabled', script([], { enabled: false }), 1, { status: 'disabled', reason: 'disabled-by-user' }, []],
    ['waiting for approval', script([], { approval: 'awaiting' }), 1, { status: 'pending' }, []],
  ])('that is %s', async (_what, about, ms, expected, also) => {
    const snapshot = await shownAfter(about, ms);
    expect(snapshot).toMatchObject(expected);
    const named = TRIES.filter((field) => field in expected);
    const isPhased = 'attempt' in expected && !named.includes('phase') ? ['phase'] : [];
    const isCounted = 'attempt' in expected && !named.includes('maxAttempts') ? ['maxAttempts'] : [];
    expect(triesOf(snapshot).toSorted()).toEqual([...named, ...isPhased, ...isCounted, ...also].toSorted());
  });

  test('that has lost its session shows no number of a try that was not made', async () => {
    const r = rig({ a: script(['ok']) });
    await started(r, 1);
    r.scripts['a']!.sessions[0]!.onEvent!(LOST);
    const lost = await r.fleet.snapshot('a');
    expect(lost).toMatchObject({ status: 'pending', reason: 'reset', phase: 'reconnect' });
    expect(triesOf(lost)).toEqual(['phase', 'nextRetryAt']);
    await r.fleet.close();
  });
});

describe('the cause', () => {
  test('of an end stays in the log when the process has been started again', async () => {
    const exit: Answer = { kind: 'exit', exit: { code: 1, signal: null, stderr: ['no database'] } };
    const r = rig({ a: script([exit, 'ok'], { signIn: 'stdio' }) });
    await started(r, 20_000);
    expect(await r.fleet.snapshot('a')).toMatchObject({ status: 'connected' });
    const stderr = (await r.fleet.logs('a')).filter(({ stream }) => stream === 'stderr');
    expect(stderr.map(({ text }) => text)).toContain('no database');
    await r.fleet.close();
  });

  test.each<[string, Answer, object]>([
    ['a status', http(503), { httpStatus: 503, reason: 'http-5xx' }],
    ['an exit code', EXIT(3), { exitCode: 3, reason: 'exited' }],
    [
      'a signal',
      { kind: 'exit', exit: { code: null, signal: 'SIGKILL', stderr: [] } },
      { exitSignal: 'SIGKILL', reason: 'exited' },
    ],
    [
      'the target of a redirect',
      http(307, { location: 'https://elsewhere.test/mcp' }),
      { redirectTo: 'https://elsewhere.test/mcp', reason: 'redirected' },
    ],
    ['the text of the server', http(400, { text: 'no such tenant' }), { detail: 'no such tenant' }],
  ])('is told with %s', async (_what, answer, expected) => {
    const signIn = answer.kind === 'exit' ? 'stdio' : 'none';
    expect(await shownAfter(script([answer], { signIn }), 1)).toMatchObject(expected);
  });

  test('is forgotten when the server is connected', async () => {
    const snapshot = await shownAfter(script([http(503, { text: 'busy' }), 'ok']), 5_000);
    for (const field of ['reason', 'message', 'detail', 'httpStatus'] as const)
      expect(snapshot[field], field).toBeUndefined();
  });
});

describe('since', () => {
  test('is when the status word began, whatever happens meanwhile', async () => {
    const r = rig({ a: script([REFUSED]) });
    const began = r.clock.now();
    await started(r, 1_500);
    expect(Date.parse((await r.fleet.snapshot('a')).since)).toBe(began);
    await r.clock.advance(600_000);
    const { since, status } = await r.fleet.snapshot('a');
    expect(status).toBe('failed');
    expect(Date.parse(since) - began).toBeLessThan(8_000);
    await r.fleet.close();
  });
});

describe('[security.canaries] [security.safe-text] text of a server', () => {
  const SECRET = 'sk-0123456789-very-hidden';
  const HARMFUL = '\u001B]0;title\u0007\u009B31m';

  test.each<[string, Answer]>([
    ['in a long answer, over the edge where it is cut', http(400, { text: `${'x'.repeat(990)}${SECRET}` })],
    ['split by an escape sequence', http(400, { text: `sk-0123456789\u001B[0m-very-hidden` })],
    ['in the target of a redirect', http(307, { location: `https://x.test/?k=${SECRET}${HARMFUL}` })],
    [
      'in the scopes that are missing',
      http(403, {
        challenges: [{ scheme: 'bearer', params: { error: 'insufficient_scope', scope: `a${HARMFUL} ${SECRET}` } }],
      }),
    ],
    ['on stderr', { kind: 'exit', exit: { code: 1, signal: null, stderr: [`${'y'.repeat(290)}${SECRET}${HARMFUL}`] } }],
  ])('%s shows no secret and no control character', async (_what, answer) => {
    const redactor = new Redactor();
    redactor.add(SECRET);
    const about = script([answer], { signIn: answer.kind === 'exit' ? 'stdio' : 'none' });
    const r = rig({ a: about }, { redactor });
    const events: unknown[] = [];
    const stop = new AbortController();
    const reading = (async () => {
      for await (const event of r.fleet.events(stop.signal, { since: 0 })) events.push(event);
    })();
    await started(r, 5);
    const called = r.fleet.request('a', 'tools/call', {}, { timeoutMs: 10 }).catch((error: unknown) => error);
    await r.clock.advance(20);
    const call = (await called) as HoldfastError;
    const parts = {
      snapshot: await r.fleet.snapshot('a'),
      logs: await r.fleet.logs('a'),
      doctor: await r.fleet.doctor(),
    };
    stop.abort();
    await reading;
    for (const [where, part] of Object.entries({ ...parts, events, call: { ...call.toJSON(), text: call.message } })) {
      const strings: string[] = [];
      JSON.stringify(part, (_key, value: unknown) => {
        if (typeof value === 'string') strings.push(value);
        return value;
      });
      for (const text of strings) {
        expect(text, where).not.toContain('hidden');
        expect(text, where).not.toMatch(/sk-01234/);
        expect(text.replaceAll(/[\n\t]/g, ''), where).not.toMatch(/[\u0000-\u001F\u007F-\u009F]/);
      }
    }
    await r.fleet.close();
  });

  test('of a session that names itself', async () => {
    const redactor = new Redactor();
    redactor.add(SECRET);
    const r = rig({ a: script(['ok']) }, { redactor });
    await started(r, 1);
    const session = r.scripts['a']!.sessions[0]!;
    Object.assign(session, {
      serverInfo: { name: `evil ${SECRET}`, version: HARMFUL },
      protocolVersion: `2025-11-25${HARMFUL}`,
    });
    const { serverInfo, protocolVersion } = await r.fleet.snapshot('a');
    expect(serverInfo).toEqual({ name: 'evil [secret]', version: '' });
    expect(protocolVersion).toBe('2025-11-25');
    await r.fleet.close();
  });
});

test('the history in an event is short; in a snapshot it is whole', async () => {
  const r = rig({ a: script([REFUSED]) });
  const lengths: number[] = [];
  const stop = new AbortController();
  const reading = (async () => {
    for await (const event of r.fleet.events(stop.signal, { since: 0 }))
      if (event.event === 'server.status') lengths.push(event.snapshot.timeline.length);
  })();
  await started(r, 60_000);
  stop.abort();
  await reading;
  expect(Math.max(...lengths)).toBeLessThanOrEqual(3);
  expect((await r.fleet.snapshot('a')).timeline.length).toBeGreaterThan(3);
  await r.fleet.close();
});

test('a broken entry that is switched off is disabled, not failed', async () => {
  const problem = { reason: 'config-invalid', detail: 'url is missing' } as const;
  const r = rig({ a: script([], { problem }) });
  await started(r, 1);
  expect((await r.fleet.snapshot('a')).status).toBe('failed');
  expect((await r.fleet.disable('a')).snapshot).toMatchObject({ status: 'disabled', reason: 'disabled-by-user' });
  expect((await r.fleet.enable('a')).snapshot).toMatchObject({ status: 'failed', reason: 'config-invalid' });
  await r.fleet.close();
});
