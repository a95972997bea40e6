/**
 * The device grant on a virtual clock.
 *
 * @module
 */
import { describe, expect, test } from 'vitest';
import { beginDevice, pollDevice, type DeviceBegun, type DeviceCode } from '../../../../src/auth/token/device.ts';
import { Secret } from '../../../../src/base/secret.ts';
import { AUTHORITY, CLIENT, json, networkError, SERVER, tokenRig, type Answering } from '../../../support/token-rig.ts';

const ABOUT = { authority: AUTHORITY, client: CLIENT, serverUrl: SERVER, resource: SERVER };
const GIVEN = {
  device_code: 'device-secret-1',
  user_code: 'WDJB-MJHT',
  verification_uri: 'https://as.example/device',
  verification_uri_complete: 'https://as.example/device?user_code=WDJB-MJHT',
  expires_in: 900,
  interval: 7,
};

async function begin(document: Record<string, unknown>, about: Partial<typeof ABOUT> & { scopes?: string[] } = {}) {
  const rig = tokenRig(() => json(document));
  return { ...rig, begun: await beginDevice(rig.deps, { ...ABOUT, ...about }, rig.ask) };
}

const deviceOf = (begun: DeviceBegun): DeviceCode => {
  if (begun.kind === 'begun') return begun.device;
  throw new Error(`not begun: ${JSON.stringify(begun)}`);
};

describe('[token.device] a code', () => {
  test('is asked for with client, resource and scopes', async () => {
    const { begun, sent, deps } = await begin(GIVEN, { scopes: ['a', 'b'] });
    expect(sent[0]).toMatchObject({
      url: 'https://as.example/device',
      form: { client_id: 'client-1', resource: SERVER, scope: 'a b' },
    });
    expect(deviceOf(begun)).toMatchObject({
      userCode: 'WDJB-MJHT',
      verificationUri: 'https://as.example/device',
      verificationUriComplete: 'https://as.example/device?user_code=WDJB-MJHT',
      expiresAt: deps.clock.now() + 900_000,
      intervalMs: 7_000,
    });
    expect(deps.redactor.redact('device-secret-1')).toBe('[secret]');
  });

  test('has defaults for what the server leaves out, and bounds for what it says', async () => {
    const { interval: _, expires_in: __, ...bare } = GIVEN;
    const plain = await begin(bare);
    expect(deviceOf(plain.begun)).toMatchObject({ intervalMs: 5_000, expiresAt: plain.deps.clock.now() + 600_000 });
    const wild = await begin({ ...GIVEN, interval: 86_400, expires_in: 1e9 });
    expect(deviceOf(wild.begun)).toMatchObject({ intervalMs: 300_000, expiresAt: wild.deps.clock.now() + 3_600_000 });
  });

  test.each([
    ['no device code', { device_code: undefined }],
    ['no user code', { user_code: '' }],
    ['a page without https', { verification_uri: 'http://as.example/device' }],
    ['a page that is a script', { verification_uri: 'javascript:alert(1)' }],
    ['a page with a password', { verification_uri: 'https://a:b@as.example/' }],
  ])('with %s is none', async (_, change) => {
    const { begun } = await begin({ ...GIVEN, ...change });
    expect(begun).toMatchObject({ kind: 'transient', fault: { reason: 'auth-server-misconfigured' } });
  });

  test('is shown cleaned, and without a second page that may not be opened', async () => {
    const { begun } = await begin({ ...GIVEN, user_code: 'AB\u001B[31mC', verification_uri_complete: 'file:///x' });
    expect(deviceOf(begun).userCode).toBe('ABC');
    expect(deviceOf(begun)).not.toHaveProperty('verificationUriComplete');
  });

  test('is not asked for where there is no endpoint for it', async () => {
    const { deviceAuthorizationEndpoint: _, ...authority } = AUTHORITY;
    const { begun, sent } = await begin(GIVEN, { authority });
    expect(begun).toMatchObject({ kind: 'transient', sent: 'no', fault: { reason: 'auth-server-misconfigured' } });
    expect(sent).toHaveLength(0);
  });

  test('is refused in the words of the server', async () => {
    const rig = tokenRig(() => json({ error: 'unauthorized_client' }, 400));
    expect(await beginDevice(rig.deps, ABOUT, rig.ask)).toMatchObject({
      kind: 'refused',
      error: 'unauthorized_client',
    });
  });
});

function poll(answers: readonly ('pending' | 'slow' | Response | Promise<Response> | Error)[], lifeMs = 900_000) {
  const answer: Answering = (_, count) => {
    const next = answers[Math.min(count, answers.length) - 1];
    if (next === 'pending') return json({ error: 'authorization_pending' }, 400);
    if (next === 'slow') return json({ error: 'slow_down' }, 400);
    if (next instanceof Error) throw next;
    if (next instanceof Promise) return next;
    return next?.clone() ?? json({});
  };
  const rig = tokenRig(answer);
  const device: DeviceCode = {
    deviceCode: new Secret('device-secret-1'),
    userCode: 'U',
    verificationUri: 'https://as.example/device',
    expiresAt: rig.deps.clock.now() + lifeMs,
    intervalMs: 5_000,
  };
  return { ...rig, outcome: pollDevice(rig.deps, { ...ABOUT, device }, rig.ask) };
}

const times = (sent: readonly { readonly at: number }[]) => sent.map(({ at }) => at / 1_000);
const GOOD = json({ access_token: 'at-1', refresh_token: 'rt-1' });

describe('[token.device] polling', () => {
  test('waits the interval before each poll, and ends with the tokens', async () => {
    const { outcome, sent, deps } = poll(['pending', 'pending', GOOD]);
    await deps.clock.runUntilIdle();
    expect(await outcome).toMatchObject({ kind: 'tokens' });
    expect(times(sent)).toEqual([5, 10, 15]);
    expect(sent[0]?.form).toEqual({
      grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
      device_code: 'device-secret-1',
      client_id: 'client-1',
      resource: SERVER,
    });
  });

  test('slows down by 5 s for good each time it is told', async () => {
    const { outcome, sent, deps } = poll(['pending', 'slow', 'pending', 'slow', 'pending', GOOD]);
    await deps.clock.runUntilIdle();
    await outcome;
    expect(times(sent)).toEqual([5, 10, 20, 30, 45, 60]);
  });

  test('goes on after faults that pass, with doubled waits', async () => {
    const { outcome, sent, deps } = poll([networkError('ECONNRESET'), json({}, 503), 'pending', GOOD]);
    await deps.clock.runUntilIdle();
    expect(await outcome).toMatchObject({ kind: 'tokens' });
    expect(times(sent)).toEqual([5, 15, 35, 55]);
  });

  test('waits as long as a Retry-After asks', async () => {
    const { outcome, sent, deps } = poll([json({}, 429, { 'retry-after': '60' }), GOOD]);
    await deps.clock.runUntilIdle();
    await outcome;
    expect(times(sent)).toEqual([5, 65]);
  });

  test.each([
    ['access_denied', { kind: 'refused', error: 'access_denied' }],
    ['expired_token', { kind: 'expired' }],
    ['invalid_grant', { kind: 'refused', error: 'invalid_grant' }],
  ])('ends with %s', async (error, expected) => {
    const { outcome, sent, deps } = poll(['pending', json({ error }, 400)]);
    await deps.clock.runUntilIdle();
    expect(await outcome).toMatchObject(expected);
    expect(sent).toHaveLength(2);
  });

  test('ends with the life of the code, and says what kept it from an answer', async () => {
    const waiting = poll(['pending'], 60_000);
    await waiting.deps.clock.runUntilIdle();
    expect(await waiting.outcome).toEqual({ kind: 'expired' });
    expect(waiting.sent).toHaveLength(11);
    const broken = poll([networkError('ECONNREFUSED')], 60_000);
    await broken.deps.clock.runUntilIdle();
    expect(await broken.outcome).toMatchObject({ kind: 'expired', fault: { reason: 'refused' } });
  });

  test('gives the tokens of a poll that was under way when it was ended: the code is spent', async () => {
    let answer: (response: Response) => void = () => undefined;
    const { outcome, abort, deps, sent } = poll([
      new Promise<Response>((resolve) => {
        answer = resolve;
      }),
    ]);
    await deps.clock.advance(5_000);
    expect(sent).toHaveLength(1);
    abort.abort(new Error('enough'));
    await deps.clock.settle();
    answer(GOOD.clone());
    expect(await outcome).toMatchObject({ kind: 'tokens' });
  });

  test('can be ended at any moment, and leaves no timer', async () => {
    const { outcome, abort, deps, sent } = poll(['pending']);
    await deps.clock.advance(12_000);
    abort.abort(new Error('enough'));
    await expect(outcome).rejects.toThrow('enough');
    expect(deps.clock.pending).toBe(0);
    expect(sent).toHaveLength(2);
  });
});
