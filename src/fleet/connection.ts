/**
 * One connection: runs the effects that `step` asks for, and nothing else decides anything (DESIGN §1.1).
 *
 * @module
 */
import { Emitter } from '../base/emitter.ts';
import { classifyConnect } from '../core/classify.ts';
import { resolveNumbers } from '../core/numbers.ts';
import { initialState } from '../core/state.ts';
import { step } from '../core/step.ts';
import {
  eventOfGivingUp,
  eventOfHelper,
  eventOfProbe,
  eventOfRetry,
  noteOfGivingUp,
  noteOfHelper,
  noteOfLoss,
  noteOfOpening,
  noteOfRefreshFault,
  noteOfRefusal,
  noteOfRetry,
} from './narrate.ts';
import { clean, cleanFault } from './clean.ts';
import { Closing } from './closing.ts';
import { ShownLists } from './list-changes.ts';
import { Live } from './live.ts';
import { tryOpen } from './opening.ts';
import { isTokenHeld } from './sent.ts';
import { untilState } from './settling.ts';
import { Signing } from './signing.ts';
import { Timers } from './timers.ts';
import type { EffectiveEntry } from '../core/entry.ts';
import type { FleetEventBody } from '../core/events.ts';
import type { Fault } from '../core/fault.ts';
import type { Numbers } from '../core/numbers.ts';
import type { HelperRun, Lists, Session, SessionEvent, StderrLine } from '../core/ports.ts';
import type { ConnectionEvent, Effect, State } from '../core/state.ts';
import type { ToldTry } from './narrate.ts';
import type { Sent } from './sent.ts';
import type { ConnectionPlace, Shared } from './shared.ts';
import type { TimelineNote } from './timeline.ts';
import type { Told } from './told.ts';

/** One effective entry, kept connected. */
export class Connection {
  readonly serial: number;
  readonly numbers: Numbers;
  readonly told: Emitter<Told>;
  readonly signing: Signing;
  readonly #shared: Shared;
  readonly #timers: Timers;
  readonly #closing: Closing;
  #entry: EffectiveEntry;
  #state: State;
  #live: Live | undefined;
  #try: AbortController | undefined;
  #closed = false;
  #tried = false;
  #offersOAuth = false;
  readonly #shown: ShownLists;
  #lastRun: HelperRun | undefined;
  #lastDid: readonly string[] = [];
  #lastExitLines: readonly StderrLine[] = [];

  constructor(shared: Shared, entry: EffectiveEntry, place: ConnectionPlace) {
    this.#shared = shared;
    this.#shown = new ShownLists(shared.memory.lists(entry));
    this.#timers = new Timers(shared.deps.clock);
    this.#entry = entry;
    this.serial = place.serial;
    this.numbers = resolveNumbers(entry.settings.numbers);
    this.#closing = new Closing(shared.deps.clock, this.numbers, place.after);
    this.told = new Emitter((error) => shared.deps.logger.error({ error }, 'a listener of a connection failed'));
    this.#state = initialState(shared.deps.clock.now());
    this.signing = new Signing({
      deps: shared.deps,
      entry,
      numbers: this.numbers,
      rests: shared.rests,
      tell: (body) => this.#tell(body),
      note: (note) => this.#note(note),
      state: () => this.#state,
      live: () => this.live,
      send: (event) => this.send(event),
      later: (ms, fire) => this.#timers.later(ms, fire),
    });
  }

  get entry(): EffectiveEntry {
    return this.#entry;
  }

  get state(): State {
    return this.#state;
  }

  /** Nobody holds it any more; its state never changes again. */
  get isClosed(): boolean {
    return this.#closed;
  }

  /** The open session and what looks after it, only while connected. */
  get live(): Live | undefined {
    return this.#state.status === 'connected' ? this.#live : undefined;
  }

  get session(): Session | undefined {
    return this.live?.session;
  }

  get offersOAuth(): boolean {
    const isConfigured = this.entry.endpoint.kind !== 'stdio' && this.entry.endpoint.oauth !== undefined;
    return this.#offersOAuth || isConfigured || this.signing.logins.login !== undefined;
  }

  get helperRun(): HelperRun | undefined {
    return this.#lastRun;
  }

  /** What the last try did, in words. */
  get lastDid(): readonly string[] {
    return this.#lastDid;
  }

  /** Last stderr lines: of the process that ended last, then of the one that lives. */
  stderr(): readonly StderrLine[] {
    return [...this.#lastExitLines, ...(this.#live?.session.stderr() ?? [])];
  }

  /** The lists as last read; `lastKnown` when they are those of an earlier contact. */
  lists(): { readonly lists: Lists; readonly lastKnown: boolean } | undefined {
    const { session } = this;
    if (session !== undefined) {
      return { lists: session.lists, lastKnown: this.#state.status === 'connected' && this.#state.listsFailed };
    }
    const lists = this.#shared.memory.lists(this.entry);
    return lists === undefined ? undefined : { lists, lastKnown: true };
  }

  /** From its next start on the process of the server has this PATH. */
  usePath(path: string): void {
    const { endpoint } = this.#entry;
    if (endpoint.kind === 'stdio') this.#entry = { ...this.#entry, endpoint: { ...endpoint, path } };
  }

  /** Sends one event through `step` and runs what it asks for. Returns whether anything changed. */
  send(event: ConnectionEvent): boolean {
    if (this.#closed) return false;
    const { clock, random } = this.#shared.deps;
    const before = this.#state;
    const { state, effects } = step(before, event, {
      numbers: this.numbers,
      transport: this.entry.endpoint.kind === 'stdio' ? 'stdio' : 'remote',
      helper: this.entry.signIn === 'helper',
      now: clock.now(),
      roll: random.next(),
    });
    if (state === before && effects.length === 0) return false;
    this.#state = state;
    for (const effect of effects) this.#run(effect);
    if (state !== before) this.told.emit({ kind: 'state', from: before, to: state });
    return true;
  }

  /** One contact of our own, whose failure decides the status (BEHAVIOUR §3b); none where nothing is open. */
  async check(): Promise<void> {
    await this.live?.check();
  }

  /** A call was answered by the server, well or with its own error. */
  answered(epoch: number): void {
    if (this.#live?.epoch === epoch) this.#live.answered();
    this.send({ type: 'answered', epoch });
  }

  /** See `untilState`. */
  until(done: (state: State) => boolean, signal: AbortSignal): Promise<State> {
    return untilState(this, done, signal);
  }

  /** Ends everything and waits for it. */
  async close(): Promise<void> {
    if (!this.#closed) {
      this.#run({ type: 'drop' });
      this.#timers.clear();
      this.signing.end();
      this.#closed = true;
      this.told.emit({ kind: 'closed' });
    }
    await this.#closing.done;
  }

  #run(effect: Effect): void {
    switch (effect.type) {
      case 'open':
        void this.#open(effect);
        return;
      case 'drop':
        this.#drop();
        return;
      case 'arm': {
        const { timer, epoch } = effect;
        this.#timers.arm(timer, effect.ms, () => void this.send({ type: 'timer', timer, epoch }));
        return;
      }
      case 'disarm':
        this.#timers.disarm(effect.timer);
        return;
      case 'check':
        this.#timers.later(effect.ms, () => void this.check());
        return;
      case 'retry-scheduled':
        this.#note(noteOfRetry(effect));
        this.#tell(eventOfRetry(effect));
        return;
      case 'probe-scheduled':
        this.#tell(eventOfProbe(effect));
        return;
      case 'gave-up':
        this.#note(noteOfGivingUp(effect));
        this.#tell(eventOfGivingUp(effect));
    }
  }

  #drop(): void {
    this.#try?.abort(new Error('superseded'));
    this.#try = undefined;
    const live = this.#live;
    if (live === undefined) return;
    this.#live = undefined;
    this.#lastExitLines = live.session.stderr();
    this.#closing.add(live.end());
  }

  async #open(effect: Extract<Effect, { readonly type: 'open' }>): Promise<void> {
    const { deps, memory, limiters } = this.#shared;
    const { epoch, phase, attempt, max } = effect;
    const controller = new AbortController();
    this.#try?.abort(new Error('superseded'));
    this.#try = controller;
    const isProcess = this.entry.endpoint.kind === 'stdio';
    const isFirst = !this.#tried || phase === 'manual';
    this.#tried = true;
    this.#lastDid = [];
    let release: (() => void) | undefined;
    const startedAt = deps.clock.monotonic();
    try {
      // A process may hold a port or a lock file: the old one must be gone before the next one starts.
      if (isProcess) await this.#closing.cleared(controller.signal);
      release = await limiters[isProcess ? 'stdio' : 'remote'].acquire(isFirst, controller.signal);
      controller.signal.throwIfAborted();
      if (phase !== 'probe') this.#tell({ event: 'server.attempt', attempt, max, phase });
      const outcome = await tryOpen(deps, memory, {
        entry: this.entry,
        phase,
        numbers: this.numbers,
        signal: controller.signal,
        onHelper: (run) => this.#noteHelper(run),
        onOpening: (work) => {
          if (isProcess) this.#closing.add(work);
        },
      });
      const durationMs = Math.round(deps.clock.monotonic() - startedAt);
      const isLate = this.#closed || this.#state.epoch !== epoch || controller.signal.aborted;
      if (isLate) {
        if (outcome.ok) await outcome.session.close();
        return;
      }
      this.#lastDid = outcome.did;
      this.signing.logins.learn(outcome.sent, outcome.challenges);
      if (outcome.offersOAuth !== undefined) this.#offersOAuth = outcome.offersOAuth;
      const about: ToldTry = { epoch, attempt, max, phase, durationMs };
      if (outcome.ok) this.#adopt(outcome.session, outcome.sent, about);
      else this.#refuse(outcome.fault, about);
    } catch (error) {
      if (controller.signal.aborted) return;
      deps.logger.error({ error, server: this.entry.name }, 'a connect try broke');
      this.send({
        type: 'open-failed',
        epoch,
        fault: { reason: 'protocol-error', detail: clean(deps.redactor, String(error)) },
      });
    } finally {
      release?.();
    }
  }

  #adopt(session: Session, sent: Sent, about: ToldTry): void {
    const { epoch } = about;
    const live = new Live({
      deps: this.#shared.deps,
      entry: this.entry,
      numbers: this.numbers,
      session,
      sent,
      epoch,
      onSent: (now) => this.signing.logins.learn(now),
      onRefreshFault: (fault) => this.#note(noteOfRefreshFault(fault)),
      onLack: (answer) => this.signing.offer(answer),
      onHelper: (run) => this.#noteHelper(run),
      onAdvertised: (offers) => {
        this.#offersOAuth = offers;
      },
      onFault: (fault) => this.#lose(epoch, fault, 'contact failed'),
    });
    this.#live = live;
    this.#note(noteOfOpening(session, about));
    this.send({ type: 'opened', epoch });
    this.#learnLists(session.lists);
    session.onEvent = (event) => {
      if (this.#live === live) this.#onSession(event, live);
    };
  }

  #lose(epoch: number, raw: Fault, how: 'lost' | 'contact failed'): void {
    const fault = cleanFault(this.#shared.deps.redactor, raw);
    this.#note(noteOfLoss(fault, how));
    this.send({ type: 'lost', epoch, fault });
  }

  #refuse(raw: Fault, about: ToldTry): void {
    const fault = cleanFault(this.#shared.deps.redactor, raw);
    if (fault.exit !== undefined) {
      const at = this.#shared.deps.clock.now();
      this.#lastExitLines = fault.exit.stderr.map((text) => ({ at, text }));
    }
    this.#note(noteOfRefusal(fault, about));
    this.send({ type: 'open-failed', epoch: about.epoch, fault });
  }

  #onSession(event: SessionEvent, live: Live): void {
    const { kind, epoch, session } = live;
    switch (event.kind) {
      case 'lost': {
        const about = { sent: kind, offersOAuth: this.#offersOAuth, tokenHeld: isTokenHeld(live.sent) };
        this.#lose(epoch, classifyConnect(event.answer, about), 'lost');
        return;
      }
      case 'lists':
        this.#learnLists(session.lists);
        return;
      case 'lists-failed':
        this.#note({ kind: 'lists', text: 'the lists could not be read; the last good ones are kept' });
        this.send({ type: 'lists', epoch, ok: false });
        if (kind === 'oauth') this.signing.offer(event.answer);
        return;
      case 'lists-ok':
        this.send({ type: 'lists', epoch, ok: true });
        return;
      case 'notification':
        this.told.emit(event);
        return;
      case 'renewed':
        this.#note({ kind: 'session-renewed', text: 'the server had forgotten the session; it was renewed' });
        return;
      case 'note':
        this.#note({ kind: event.about === 'stream' ? 'stream' : 'process', text: event.text });
        if (event.about === 'stream') live.streamDied();
    }
  }

  /** Remembers the lists, and tells what differs from those that were shown before, by whatever session. */
  #learnLists(lists: Lists): void {
    this.#shared.memory.learnLists(this.entry, lists);
    for (const kind of this.#shown.learn(lists)) {
      const count = lists[kind].length;
      this.#note({ kind: 'lists', text: `${kind} changed: ${count}` });
      this.#tell({ event: 'tools.changed', kind, count });
    }
  }

  /** Records a helper run, once for all who waited for it. */
  #noteHelper(run: HelperRun): void {
    if (run === this.#lastRun) return;
    this.#lastRun = run;
    this.#note(noteOfHelper(run));
    this.#tell(eventOfHelper(run));
  }

  /** Adds a line to the timeline of every face that shows this connection. */
  note(note: TimelineNote): void {
    this.#note(note);
  }

  #note(note: TimelineNote): void {
    this.told.emit({ kind: 'note', note: { ...note, text: clean(this.#shared.deps.redactor, note.text) } });
  }

  #tell(body: FleetEventBody): void {
    this.told.emit({ kind: 'event', body });
  }
}
