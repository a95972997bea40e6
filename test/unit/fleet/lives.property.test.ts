/**
 * Random lives of whole fleets: people, files, calls, faults and sleep in any order. Nothing hangs, nothing leaks,
 * nothing is sent twice, and the events tell exactly what the snapshots show.
 *
 * @module
 */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { FleetEvent } from '../../../src/core/events.ts';
import type { Snapshot } from '../../../src/core/snapshot.ts';
import { EXIT, REFUSED, VIEW, http, rig, script, started } from '../../support/scripted-fleet.ts';
import type { Rig, Script } from '../../support/scripted-fleet.ts';

const NAMES = ['remote', 'header', 'helper', 'process', 'twin', 'twin2'] as const;
// `HOLDFAST_PROOF=full` lives many more of them.
const RUNS = process.env['HOLDFAST_PROOF'] === 'full' ? 3_000 : 100;
type Name = (typeof NAMES)[number];

function make(name: Name): Script {
  const signIn = { remote: 'none', header: 'headers', helper: 'helper', process: 'stdio', twin: 'none', twin2: 'none' };
  const about = script(['ok'], {
    signIn: signIn[name] as Script['signIn'],
    closeMs: name === 'process' ? 700 : 0,
    lateMs: 45_000,
  });
  if (name.startsWith('twin')) about.content = 'twin#1';
  return about;
}

const TRIES: readonly Script['tries'][number][] = [
  'ok',
  'ok',
  'hang',
  'late',
  REFUSED,
  http(503),
  http(401),
  http(403),
  http(404),
  http(429, { retryAfterMs: 20_000 }),
  http(429, { retryAfterMs: 900_000 }),
  EXIT(1),
];

interface Scene {
  readonly r: Rig;
  readonly scripts: Record<string, Script>;
  /** Everything that was asked of the fleet: all of it must end. */
  readonly asked: Promise<unknown>[];
  readonly gone: Script[];
  /** Rises with everything that must be different each time. */
  count: number;
}

type Act = (scene: Scene, name: Name) => unknown;
const ask = (work: (scene: Scene, name: Name) => Promise<unknown>): Act => {
  return (scene, name) => scene.asked.push(work(scene, name).catch((error: unknown) => error));
};
const lost: Act = ({ scripts }, name) =>
  scripts[name]?.sessions.at(-1)?.onEvent?.({ kind: 'lost', answer: { kind: 'network', errno: 'ECONNRESET' } });
const ACTS: Readonly<Record<string, Act>> = {
  reconnect: ask(({ r }, name) => r.fleet.reconnect(name)),
  reset: ask(({ r }, name) => r.fleet.reset(name)),
  retry: ask(({ r }, name) => r.fleet.retryNow(name)),
  stop: ask(({ r }, name) => r.fleet.stopTrying(name)),
  enable: ask(({ r }, name) => r.fleet.enable(name)),
  disable: ask(({ r }, name) => r.fleet.disable(name)),
  approve: ask(({ r }, name) => r.fleet.approve(name)),
  reject: ask(({ r }, name) => r.fleet.reject(name)),
  settled: ask(({ r }) => r.fleet.settled({ timeoutMs: 20_000 })),
  lists: ask(({ r }, name) => r.fleet.lists(name)),
  call: ask((scene, name) => {
    scene.count += 1;
    return scene.r.fleet.request(name, `call ${scene.count}`, {}, { timeoutMs: 90_000 });
  }),
  otherView: ask(({ r }, name) => r.fleet.reconnect(name, { ...VIEW, projectRoot: '/other' })),
  edit: (scene, name) => {
    const { r, scripts } = scene;
    scene.count += 1;
    if (scripts[name] !== undefined && !name.startsWith('twin')) scripts[name].content = String(scene.count);
    return r.changed();
  },
  remove: ({ r, scripts, gone }, name) => {
    // The other twin may hold the connection that was opened for this one.
    if (scripts[name] !== undefined && !name.startsWith('twin')) gone.push(scripts[name]);
    delete scripts[name];
    return r.changed();
  },
  add: ({ r, scripts }, name) => {
    scripts[name] ??= make(name);
    return r.changed();
  },
  lost,
  sleep: ({ r }) => r.clock.jump(600_000),
};

const act = fc.record({
  what: fc.constantFrom(...Object.keys(ACTS)),
  name: fc.constantFrom(...NAMES),
  tries: fc.option(fc.array(fc.constantFrom(...TRIES), { minLength: 1, maxLength: 3 }), { nil: undefined }),
  call: fc.constantFrom<Script['calls'][number]>(
    { result: 1 },
    'hang',
    { kind: 'http', sent: 'rejected', answer: http(401), text: '401' },
    { kind: 'network', sent: 'no', answer: REFUSED, text: 'refused' },
    { kind: 'timeout', sent: 'maybe', answer: { kind: 'timeout' }, text: 'late' },
  ),
  contact: fc.constantFrom<Script['contacts'][number]>(undefined, 'hang', http(401), REFUSED),
  waitMs: fc.constantFrom(0, 0, 0, 1, 400, 5_000, 31_000, 130_000),
});

function prepare(
  { scripts }: Scene,
  { name, tries, call, contact }: typeof act extends fc.Arbitrary<infer T> ? T : never,
): void {
  const about = scripts[name];
  if (about === undefined) return;
  if (tries !== undefined) about.tries = [...tries];
  about.calls = [call];
  about.contacts = [contact];
}

/** Every status event begins where the one before it of the same server ended, and the last one is what is shown. */
function checkEvents(events: readonly FleetEvent[], snapshots: readonly Snapshot[]): void {
  const last = new Map<string, string>();
  let seq = 0;
  for (const event of events) {
    expect(event.seq).toBeGreaterThan(seq);
    seq = event.seq;
    if (event.event === 'server.removed') last.delete(event.server ?? '');
    if (event.event !== 'server.status') continue;
    expect(event.from, JSON.stringify(event)).toBe(last.get(event.server ?? ''));
    expect(event.snapshot.status).toBe(event.to);
    last.set(event.server ?? '', event.to);
  }
  expect(Object.fromEntries(last)).toEqual(Object.fromEntries(snapshots.map(({ name, status }) => [name, status])));
}

test('[fleet.lives] whatever happens in whatever order', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(act, { minLength: 5, maxLength: 40, size: 'max' }), fc.nat(), async (acts, seed) => {
      const scripts: Record<string, Script> = Object.fromEntries(NAMES.map((name) => [name, make(name)]));
      const r = rig(scripts, { seed });
      const scene: Scene = { r, scripts, asked: [], gone: [], count: 0 };
      const events: FleetEvent[] = [];
      const stop = new AbortController();
      const reading = (async () => {
        for await (const event of r.fleet.events(stop.signal, { since: 0 })) events.push(event);
      })();
      await started(r);
      for (const one of acts) {
        prepare(scene, one);
        await ACTS[one.what]!(scene, one.name);
        await r.clock.advance(one.waitMs);
      }
      let ended = 0;
      for (const one of scene.asked) void one.then(() => (ended += 1));
      await r.clock.advance(180_000);
      expect(ended).toBe(scene.asked.length);
      const snapshots = await r.fleet.snapshots();
      await r.clock.settle();
      checkEvents(events, snapshots);
      for (const { name, status } of snapshots) {
        // The twins share one connection: which of them it was opened for is chance.
        if (name.startsWith('twin')) continue;
        const open = scripts[name]!.sessions.filter(({ closed }) => !closed);
        expect(open.length, name).toBe(status === 'connected' ? 1 : 0);
      }
      for (const { sessions } of scene.gone) expect(sessions.every(({ closed }) => closed)).toBe(true);
      stop.abort();
      await reading;
      const closing = r.fleet.close();
      // A process takes its time to end, and one that is being started to start.
      await r.clock.advance(46_000);
      await closing;
      expect(r.clock.pending).toBe(0);
      const sessions = [...Object.values(scripts), ...scene.gone].flatMap((about) => about.sessions);
      expect(sessions.every(({ closed }) => closed)).toBe(true);
      const acted = sessions.flatMap(({ sent }) => sent.filter((one) => one.acted).map(({ method }) => method));
      expect(acted.length).toBe(new Set(acted).size);
    }),
    { numRuns: RUNS, seed: 20_261_121 },
  );
}, 180_000);
