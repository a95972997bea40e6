/**
 * Whatever state a server is in: reconnect and reset contact it and say what they did; nothing remembered keeps a try
 * away; its history is kept and bounded.
 *
 * @module
 */
import { describe, expect, test } from 'vitest';
import { EXIT, REFUSED, http, rig, script, started } from '../../support/scripted-fleet.ts';
import type { Rig, Script } from '../../support/scripted-fleet.ts';

interface State {
  readonly what: string;
  readonly made: () => Script;
  readonly after: number;
  readonly shows: object;
}

const STATES: readonly State[] = [
  { what: 'connected', made: () => script(['ok']), after: 1, shows: { status: 'connected' } },
  { what: 'connecting', made: () => script(['hang', 'ok']), after: 1, shows: { status: 'pending', attempt: 1 } },
  {
    what: 'waiting for the next quick try',
    made: () => script([REFUSED]),
    after: 1,
    shows: { status: 'pending', reason: 'refused' },
  },
  {
    what: 'probed slowly',
    made: () => script([REFUSED]),
    after: 20_000,
    shows: { status: 'failed', reason: 'refused', attempt: 4, maxAttempts: 4 },
  },
  {
    what: 'failed for good',
    made: () => script([http(404)]),
    after: 1,
    shows: { status: 'failed', reason: 'http-404' },
  },
  {
    what: 'asked to wait for an hour',
    made: () => script([http(429, { retryAfterMs: 3_600_000 })]),
    after: 1,
    shows: { status: 'failed', reason: 'http-429' },
  },
  {
    what: 'in a crash loop',
    made: () => script([EXIT(1)], { signIn: 'stdio' }),
    after: 30_000,
    shows: { status: 'failed', reason: 'crash-loop' },
  },
  {
    what: 'refused for its header',
    made: () => script([http(401)], { signIn: 'headers' }),
    after: 1,
    shows: { status: 'needs-auth', reason: 'credentials-rejected' },
  },
  {
    what: 'refused for its helper',
    made: () => script([http(401)], { signIn: 'helper' }),
    after: 1,
    shows: { status: 'needs-auth', reason: 'credentials-rejected' },
  },
  {
    what: 'waiting for a sign-in',
    made: () => script([http(401)], { advertised: true }),
    after: 1,
    shows: { status: 'needs-auth', reason: 'sign-in-required' },
  },
];

async function inState(state: State): Promise<Rig> {
  const r = rig({ a: state.made() });
  await started(r, state.after);
  expect(await r.fleet.snapshot('a')).toMatchObject(state.shows);
  return r;
}

describe.each(STATES)('a server that is $what', (state) => {
  test.each(['reconnect', 'reset'] as const)(
    '[reset.every-server] [reconnect.contacts] [reconnect.says-what] is contacted now by %s, which says what it did',
    async (method) => {
      const r = await inState(state);
      const about = r.scripts['a'] as Script;
      const contacts = about.opened.length;
      about.tries = ['ok'];
      const report = await r.fleet[method]('a');
      expect(about.opened.length).toBe(contacts + 1);
      expect(report.snapshot.status).toBe('connected');
      expect(report.did.length).toBeGreaterThan(0);
      await r.fleet.close();
    },
  );
});

describe('[fresh.negative-memory] a verdict', () => {
  test.each(STATES.filter(({ what }) => what !== 'connected'))(
    'about a server that is $what ends with the fleet that made it',
    async (state) => {
      const first = await inState(state);
      await first.fleet.close();
      const scripts = first.scripts;
      (scripts['a'] as Script).tries = ['ok'];
      const contacts = (scripts['a'] as Script).opened.length;
      const second = rig(scripts);
      await started(second, 1);
      expect((await second.fleet.snapshot('a')).status).toBe('connected');
      expect((scripts['a'] as Script).opened.length).toBe(contacts + 1);
      await second.fleet.close();
    },
  );
});

test('[fleet.timeline] the last 200 entries of the history are kept, the newest last', async () => {
  const r = rig({ a: script([http(503)]) });
  await started(r, 1);
  for (let day = 0; day < 3; day += 1) await r.clock.advance(24 * 3_600_000);
  const { timeline } = await r.fleet.snapshot('a');
  expect(timeline).toHaveLength(200);
  const times = timeline.map(({ at }) => at);
  expect(times).toEqual(times.toSorted());
  expect(Date.parse(times.at(-1) ?? '')).toBeGreaterThan(r.clock.now() - 600_000);
  await r.fleet.close();
});

test('[heal.sign-in-probe] a server that wanted a sign-in only while it was deployed is connected without a hand', async () => {
  const about = script([http(401), 'ok'], { advertised: true });
  const r = rig({ a: about });
  await started(r, 1);
  expect((await r.fleet.snapshot('a')).reason).toBe('sign-in-required');
  await r.clock.advance(100_000);
  expect((await r.fleet.snapshot('a')).status).toBe('connected');
  expect(about.opened.every(({ headers }) => headers.length === 0)).toBe(true);
  await r.fleet.close();
});
