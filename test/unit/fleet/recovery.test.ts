import { expect, test } from 'vitest';
import { EXIT, REFUSED, http, rig, script, started } from '../../support/scripted-fleet.ts';

test('[connect.5xx] [numbers.startup] a server that answers 503 twice and then well ends connected, after the startup waits', async () => {
  const r = rig({ a: script([http(503), http(503), 'ok']) });
  await started(r, 10_000);
  const snapshot = await r.fleet.snapshot('a');
  expect(snapshot.status).toBe('connected');
  const [first, second, third] = r.scripts['a']!.opened.map(({ at }) => at);
  expect(first).toBe(0);
  expect(second! - first!).toBeGreaterThanOrEqual(500);
  expect(second! - first!).toBeLessThanOrEqual(1_000);
  expect(third! - second!).toBeGreaterThanOrEqual(1_000);
  expect(third! - second!).toBeLessThanOrEqual(2_000);
});

test('[fresh.start] [numbers.slow-probe] a refused server is tried four times, then failed with the time of the next probe, and found when it starts late', async () => {
  const r = rig({ a: script([REFUSED]) });
  await started(r, 8_000);
  const snapshot = await r.fleet.snapshot('a');
  expect(snapshot).toMatchObject({ status: 'failed', reason: 'refused', attempt: 4, maxAttempts: 4 });
  expect(r.scripts['a']!.opened).toHaveLength(4);
  r.scripts['a']!.tries = ['ok'];
  await r.clock.advance(Date.parse(snapshot.nextRetryAt!) - r.clock.now() + 1);
  expect((await r.fleet.snapshot('a')).status).toBe('connected');
});

test('[connect.one-deadline] a hanging server costs one deadline a try', async () => {
  const r = rig({ a: script(['hang'], { numbers: { startupRetries: 0 } }) });
  await started(r, 29_999);
  expect((await r.fleet.snapshot('a')).status).toBe('pending');
  await r.clock.advance(2);
  expect(await r.fleet.snapshot('a')).toMatchObject({ status: 'failed', reason: 'timeout' });
});

test('[numbers.parallel] [numbers.slot] forty hanging servers do not keep ten good ones waiting for more than three seconds', async () => {
  const many: Record<string, ReturnType<typeof script>> = {};
  for (let i = 0; i < 40; i += 1) many[`hang${i}`] = script(['hang']);
  for (let i = 0; i < 10; i += 1) many[`good${i}`] = script(['ok']);
  const r = rig(many);
  await started(r, 3_000);
  const good = (await r.fleet.snapshots()).filter(({ name }) => name.startsWith('good'));
  expect(good).toHaveLength(10);
  expect(good.every(({ status }) => status === 'connected')).toBe(true);
});

test('[numbers.budget] a lost session is reconnected; the budget comes back only with a session that proved itself', async () => {
  const r = rig({ a: script(['ok']) });
  await started(r);
  for (let loss = 0; loss < 6; loss += 1) {
    r.scripts['a']!.sessions.at(-1)!.onEvent!({ kind: 'lost', answer: { kind: 'network', errno: 'ECONNRESET' } });
    await r.clock.advance(31_000);
  }
  // Five reconnects without 60 s of life each, then the quick tries are over.
  expect(await r.fleet.snapshot('a')).toMatchObject({ status: 'failed', reason: 'reset', attempt: 5, maxAttempts: 5 });
  await r.clock.advance(120_000);
  expect((await r.fleet.snapshot('a')).status).toBe('connected');
  await r.clock.advance(61_000);
  r.scripts['a']!.sessions.at(-1)!.onEvent!({ kind: 'lost', answer: { kind: 'network', errno: 'ECONNRESET' } });
  expect((await r.fleet.snapshot('a')).status).toBe('pending');
});

test('[connect.crash-loop] a process that ends five times within a minute is a crash loop, started again every five minutes', async () => {
  const r = rig({ a: script([EXIT(3)], { signIn: 'stdio' }) });
  await started(r, 60_000);
  expect(await r.fleet.snapshot('a')).toMatchObject({ status: 'failed', reason: 'crash-loop', exitCode: 3 });
  expect(r.scripts['a']!.opened).toHaveLength(5);
  await r.clock.advance(300_000);
  expect(r.scripts['a']!.opened).toHaveLength(6);
});

test('[reconnect.contacts] [step.permanent] a permanent fault is not tried again by itself, and reconnect contacts at once', async () => {
  const r = rig({ a: script([http(404)]) });
  await started(r, 3_600_000);
  expect(r.scripts['a']!.opened).toHaveLength(1);
  expect(await r.fleet.snapshot('a')).toMatchObject({ status: 'failed', reason: 'http-404', httpStatus: 404 });
  r.scripts['a']!.tries = ['ok'];
  const report = await r.fleet.reconnect('a');
  expect(report.snapshot.status).toBe('connected');
  expect(report.did.join(' ')).toContain('re-read /cfg/servers.json (unchanged)');
});

test('[connect.429-short] [connect.429-long] Retry-After of 20 s is waited in pending, of 10 min is failed with the time of the next try', async () => {
  const r = rig({
    short: script([http(429, { retryAfterMs: 20_000 })]),
    long: script([http(429, { retryAfterMs: 600_000 })]),
  });
  await started(r, 1);
  const short = await r.fleet.snapshot('short');
  expect(short).toMatchObject({ status: 'pending', reason: 'http-429' });
  expect(Date.parse(short.nextRetryAt!) - r.clock.now()).toBeGreaterThan(19_000);
  const long = await r.fleet.snapshot('long');
  expect(long).toMatchObject({ status: 'failed', reason: 'http-429' });
  await r.clock.advance(599_000);
  expect(r.scripts['long']!.opened).toHaveLength(1);
  await r.clock.advance(2_000);
  expect(r.scripts['long']!.opened).toHaveLength(2);
});

test('[numbers.wake] after a sleep of the machine every server is contacted in one wave spread over five seconds', async () => {
  const many: Record<string, ReturnType<typeof script>> = {};
  for (let i = 0; i < 30; i += 1) many[`s${i}`] = script([http(503)], { numbers: { startupRetries: 0 } });
  const r = rig(many);
  await started(r, 10_000);
  for (const about of Object.values(r.scripts)) about.tries = ['ok'];
  r.clock.jump(8 * 3_600_000);
  await r.clock.advance(8_000);
  expect((await r.fleet.snapshots()).filter(({ status }) => status === 'connected')).toHaveLength(30);
  const last = Object.values(r.scripts).map(({ opened }) => opened.at(-1)!.at);
  expect(Math.max(...last) - Math.min(...last)).toBeGreaterThan(1_000);
  expect(Math.max(...last) - Math.min(...last)).toBeLessThanOrEqual(5_000);
});

test('[status.living-contact] an idle connection whose server died without a word is noticed by a contact of our own', async () => {
  const r = rig({ a: script(['ok']) });
  await started(r, 1);
  r.scripts['a']!.contacts = [REFUSED];
  r.scripts['a']!.tries = [REFUSED];
  await r.clock.advance(181_000);
  expect((await r.fleet.snapshot('a')).status).not.toBe('connected');
});
