/**
 * Days of a fleet in virtual time: servers go down and come back, credentials are refused for a while, processes die,
 * the machine sleeps. Everything follows from one seed.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import { seededRandom } from '../../src/base/random.ts';
import { DEFAULT_NUMBERS } from '../../src/core/numbers.ts';
import type { Answer } from '../../src/core/fault.ts';
import { EXIT, REFUSED, http, rig, script } from './scripted-fleet.ts';
import type { Script } from './scripted-fleet.ts';

const HOUR = 3_600_000;

/** What a simulated span came to. */
export interface DayReport {
  /** Hash of every event with its time: equal seeds give equal hashes. */
  readonly trace: string;
  readonly events: number;
  readonly outages: number;
  readonly sleeps: number;
  readonly tries: number;
  /** Promises that were broken, in words. */
  readonly violations: readonly string[];
  /** Timers waiting at the end of each hour. */
  readonly timers: readonly number[];
}

interface Life {
  readonly name: string;
  readonly about: Script;
  up: boolean;
  /** When the server was mended last. */
  upSince: number;
}

/** How a server of each kind fails. */
function faultFor(kind: number, roll: number): Answer {
  if (kind === 1) return EXIT(1);
  if (kind === 2) return http(401);
  return roll < 0.4 ? REFUSED : roll < 0.7 ? http(503) : { kind: 'network', errno: 'ECONNRESET' };
}

/** The longest time that a mended server may stay unfound, by kind: its slowest probe, with jitter, and one try. */
function longestMs(kind: number, ageMs: number): number {
  const n = DEFAULT_NUMBERS;
  if (kind === 1) return n.crashLoopProbeMs + 2_000;
  if (kind === 2) return (ageMs + n.authProbeCapMs >= HOUR ? n.authProbeLateMs * 1.5 : n.authProbeCapMs) + 2_000;
  return n.slowProbeCapMs + 2_000;
}

/** Lives `hours` with `servers` servers. */
export async function live(options: {
  readonly servers: number;
  readonly hours: number;
  readonly seed: number;
}): Promise<DayReport> {
  const random = seededRandom(options.seed);
  const scripts: Record<string, Script> = {};
  for (let i = 0; i < options.servers; i += 1) {
    scripts[`s${i}`] = script(['ok'], { signIn: i % 3 === 1 ? 'stdio' : i % 3 === 2 ? 'headers' : 'none' });
  }
  const { fleet, clock } = rig(scripts, { seed: options.seed });
  const lives = Object.entries(scripts).map(([name, about], i): Life & { kind: number } => ({
    name,
    about,
    up: true,
    upSince: clock.now(),
    kind: i % 3,
  }));
  const hash = createHash('sha256');
  const violations: string[] = [];
  const counts = { events: 0, outages: 0, sleeps: 0 };
  const stop = new AbortController();
  await fleet.snapshots();
  const reading = (async () => {
    for await (const event of fleet.events(stop.signal, { since: 0 })) {
      counts.events += 1;
      hash.update(
        `${event.time} ${event.server ?? ''} ${event.event} ${event.event === 'server.status' ? event.to : ''}\n`,
      );
    }
  })();

  const fail = (life: (typeof lives)[number]): void => {
    const answer = faultFor(life.kind, random.next());
    life.up = false;
    life.about.tries = [answer];
    counts.outages += 1;
    life.about.sessions.at(-1)?.onEvent?.({ kind: 'lost', answer });
    const downMs = 5_000 + random.next() ** 3 * 2 * HOUR;
    clock.after(downMs, () => {
      life.up = true;
      life.upSince = clock.now();
      life.about.tries = ['ok'];
      void expectFound(life);
    });
  };
  /** The server is mended now: it must be found within the slowest probe of its state. */
  const expectFound = async (life: (typeof lives)[number]): Promise<void> => {
    const mended = life.upSince;
    const { since } = await fleet.snapshot(life.name);
    const bound = longestMs(life.kind, clock.now() - Date.parse(since));
    await clock.sleep(bound);
    // Only where nothing else happened to the server, and the machine did not sleep, in between.
    if (!life.up || life.upSince !== mended || clock.now() - mended > bound + 1) return;
    const { status, reason } = await fleet.snapshot(life.name);
    if (status === 'connected') return;
    violations.push(`${life.name} (${reason ?? status}) was not found within ${Math.round(bound / 1_000)} s`);
  };
  const schedule = (life: (typeof lives)[number]): void => {
    clock.after(-Math.log(1 - random.next()) * 3 * HOUR, () => {
      if (life.up) fail(life);
      schedule(life);
    });
  };
  for (const life of lives) schedule(life);

  const timers: number[] = [];
  for (let hour = 0; hour < options.hours; hour += 1) {
    await clock.advance(HOUR);
    timers.push(clock.pending);
    if (hour % 7 === 6) {
      counts.sleeps += 1;
      clock.jump(random.next() * 4 * HOUR);
    }
    for (const life of lives) {
      // What a script remembers of closed sessions would hide a leak of the fleet itself.
      life.about.sessions = life.about.sessions.slice(-1);
    }
  }
  stop.abort();
  await reading;
  const tries = lives.reduce((sum, { about }) => sum + about.opened.length, 0);
  await fleet.close();
  return { trace: hash.digest('hex'), ...counts, tries, violations, timers };
}
