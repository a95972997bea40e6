/**
 * Everything that a token endpoint in trouble does: no login is deleted or refused, Retry-After is kept, and the next
 * renewal succeeds.
 *
 * @module
 */
import { setTimeout as pause } from 'node:timers/promises';
import { bars, makeWorld } from './world.mjs';

const answer = (what, times = Infinity) => ({ fault: { answer: what, grant: 'refresh_token' }, times });
const error = (code, body) => (exchange) => {
  exchange.response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(body));
};

/** Rows of faults; `retryAfterMs` = no request before. */
function rows({ html, hang, reset, status, tooMany }, asks) {
  return [
    { name: 'nobody listens', outage: true },
    { name: 'connection reset before the work', ...answer(reset()) },
    { name: 'reset in the middle of an answer', ...answer(reset('in-answer')) },
    ...[500, 502, 503, 504, 530].map((code) => ({ name: `HTTP ${code}`, ...answer(status(code)) })),
    { name: '429 without Retry-After', ...answer(tooMany()) },
    { name: '429, Retry-After in seconds', ...answer(tooMany({ seconds: asks / 1_000 })), retryAfterMs: asks },
    { name: '429, Retry-After as a date', ...answer(tooMany({ dateInMs: asks + 1_000 })), retryAfterMs: asks },
    { name: '503, Retry-After in seconds', ...answer(tooMany({ seconds: asks / 1_000 }, 503)), retryAfterMs: asks },
    { name: 'hangs', ...answer(hang()) },
    { name: 'HTML with 200', ...answer(html()) },
    { name: 'HTML with 502', ...answer(html(502)) },
    { name: '200 with an error', ...answer(error(200, { error: 'temporarily_unavailable' })) },
    { name: '400 with server_error', ...answer(error(400, { error: 'server_error' })) },
    { name: '400 invalid_scope', ...answer(error(400, { error: 'invalid_scope' })) },
    { name: '200 with {}', ...answer(error(200, {})) },
    { name: '403 of a firewall', ...answer(html(403)) },
  ];
}

/** What a renewal in trouble did that it must not do. */
function wrongs(outcome, kept, before) {
  if (outcome.kind !== 'kept') return [`outcome ${outcome.kind}`];
  if (kept === undefined) return ['the login is gone'];
  if (kept.status !== 'live') return [`status ${kept.status}`];
  return kept.tokens.refreshToken.reveal() === before.refreshToken.reveal() ? [] : ['another refresh token'];
}

/** Whether `Retry-After` was kept, asked again shortly before it is over. */
async function hurry({ retryAfterMs }, rest, { asked, renew, tries }) {
  if (retryAfterMs === undefined) return [];
  const wrong = [];
  const before = tries();
  await pause(Math.max(0, retryAfterMs * 0.8 - (performance.now() - asked)));
  await renew();
  if (tries() !== before) wrong.push('asked again before Retry-After was over');
  if (rest < retryAfterMs * 0.99) wrong.push(`rests ${rest} ms, but ${retryAfterMs} ms were asked for`);
  if (rest > retryAfterMs * 1.1 + 1_100) wrong.push(`rests ${rest} ms for ${retryAfterMs} ms`);
  return wrong;
}

/** One row on a login of its own. */
async function suffer(world, refresher, row, numbers) {
  const { as, vault } = world;
  const { id, tokens } = await world.login();
  const renew = () => refresher.renew(id, { numbers, why: 'due' });
  const back = row.outage ? await as.outage() : undefined;
  if (row.fault !== undefined) as.fault('token', row.fault, row.times);
  const requests = as.counters.tokenRequests;
  const tries = () => as.counters.tokenRequests - requests;
  const outcome = await renew();
  const asked = performance.now();
  const made = tries();
  const wrong = wrongs(outcome, await vault.read(id), tokens);
  if (!row.outage && made === 0) wrong.push('the endpoint saw nothing');
  await back?.();
  as.clearFaults();
  const rest = outcome.retryInMs ?? 0;
  wrong.push(...(await hurry(row, rest, { asked, renew, tries })));
  await pause(Math.max(0, rest - (performance.now() - asked)) + 20);
  const again = await renew();
  if (again.kind !== 'fresh') wrong.push(`afterwards ${again.kind}: ${again.detail ?? again.fault?.detail ?? ''}`);
  return { tries: made, rest, wrong };
}

/** Every `of`th row, in a world of its own. */
async function share(world, { at, of, asks, numbers }) {
  const [faults, { Refresher }, { createHttp }, { resolveNumbers }] = await Promise.all(
    ['testing/faults.js', 'auth/vault/refresh.js', 'net/dispatcher.js', 'core/numbers.js'].map(world.load),
  );
  const { base, store, lease, vault } = world;
  const refresher = new Refresher({ ...base, store, lease, vault, fetch: createHttp({ env: {} }).fetch });
  const seen = [];
  for (const row of rows(faults, asks).filter((_, n) => n % of === at))
    seen.push({ name: row.name, ...(await suffer(world, refresher, row, resolveNumbers(numbers))) });
  const live = (await vault.list()).filter(({ status }) => status === 'live').length;
  return { seen, live };
}

/** @param {{ dist: string, retryAfterMs?: number, numbers?: Record<string, number> }} about */
export async function trouble({ dist, retryAfterMs = 5_000, numbers = {} }) {
  const { violations, equal, atLeast } = bars();
  const figures = {};
  const worlds = await Promise.all(Array.from({ length: 4 }, () => makeWorld({ dist, origins: 'two' })));
  try {
    const about = { of: worlds.length, asks: retryAfterMs, numbers };
    const shares = await Promise.all(worlds.map((world, at) => share(world, { ...about, at })));
    const seen = shares.flatMap((one) => one.seen);
    for (const { name, tries, rest, wrong } of seen) {
      figures[name] = `${tries} requests, rests ${(rest / 1_000).toFixed(1)} s`;
      violations.push(...wrong.map((what) => `${name}: ${what}`));
    }
    equal(
      'logins kept',
      shares.reduce((sum, { live }) => sum + live, 0),
      seen.length,
    );
    for (const { as } of worlds) equal('invalid_grant', as.counters.invalidGrants, 0);
    atLeast('troubles', seen.length, 15);
  } finally {
    await Promise.all(worlds.map((world) => world.close()));
  }
  return { figures, violations };
}
