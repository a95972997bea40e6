/**
 * Counts what happens to a connection, from what it tells everybody.
 *
 * @module
 */
import type { FleetEventBody } from '../core/events.ts';
import type { Meter } from '../core/meter.ts';
import type { Phase } from '../core/snapshot.ts';
import type { State } from '../core/state.ts';
import type { Clock } from '../base/clock.ts';
import type { Connection } from './connection.ts';
import type { TimelineNote } from './timeline.ts';

const phaseOf = (state: State): Phase =>
  state.status === 'pending' && state.doing === 'connecting' ? state.phase : 'probe';

const reasonOf = (state: State): string =>
  'fault' in state && state.fault !== undefined ? state.fault.reason : 'reconnect';

/** Counts for as long as the connection lives. */
export function measure(connection: Connection, meter: Meter, clock: Clock): void {
  const counting = new Counting(connection, meter, clock);
  connection.told.on((told) => {
    if (told.kind === 'note') counting.note(told.note);
    else if (told.kind === 'event') counting.event(told.body);
    else if (told.kind === 'state') counting.state(told.from, told.to);
    else if (told.kind === 'closed') counting.ended(connection.state);
  });
}

class Counting {
  readonly #connection: Connection;
  readonly #meter: Meter;
  readonly #clock: Clock;
  /** Why the last session was lost, until there is a new one. */
  #lost: string | undefined;

  constructor(connection: Connection, meter: Meter, clock: Clock) {
    this.#connection = connection;
    this.#meter = meter;
    this.#clock = clock;
  }

  get #server(): string {
    return this.#connection.entry.name;
  }

  /** The line of a try comes before its state does. */
  note({ kind, reason, durationMs }: TimelineNote): void {
    const server = this.#server;
    if (kind === 'session-renewed') this.#meter.count('reconnects', { server, cause: 'session-renewed' });
    if (kind !== 'attempt') return;
    const outcome = reason === undefined ? 'ok' : 'error';
    const phase = phaseOf(this.#connection.state);
    this.#meter.count('connectionAttempts', { server, phase, outcome, reason: reason ?? '' });
    if (durationMs !== undefined) this.#meter.observe('connectDurations', { server, outcome }, durationMs / 1_000);
  }

  event(body: FleetEventBody): void {
    if (body.event === 'auth.refreshed') this.#countAuth('refresh', 'ok');
    else if (body.event === 'auth.completed') this.#countAuth('sign-in', 'ok');
    else if (body.event === 'auth.failed') this.#countAuth(body.flow === undefined ? 'refresh' : 'sign-in', 'error');
    else if (body.event === 'helper.run') {
      const outcome = body.exitCode === 0 ? 'ok' : 'error';
      this.#meter.observe('helperRuns', { server: this.#server, outcome }, body.durationMs / 1_000);
    }
  }

  #countAuth(kind: 'refresh' | 'sign-in', outcome: 'ok' | 'error'): void {
    this.#meter.count('authEvents', { server: this.#server, kind, outcome });
  }

  state(from: State, to: State): void {
    const was = from.status === 'connected';
    const is = to.status === 'connected';
    if (was === is) return;
    if (was) {
      this.ended(from);
      this.#lost = reasonOf(to);
    } else if (this.#lost !== undefined) {
      this.#meter.count('reconnects', { server: this.#server, cause: this.#lost });
      this.#lost = undefined;
    }
  }

  /** A session that stood until now is over. */
  ended(state: State): void {
    if (state.status !== 'connected') return;
    const seconds = Math.max(0, this.#clock.now() - state.since) / 1_000;
    this.#meter.observe('clientSessions', { server: this.#server }, seconds);
  }
}
