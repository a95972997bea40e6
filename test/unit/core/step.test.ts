/**
 * How often and how soon a connection is tried: the numbers as a person sees them pass.
 *
 * @module
 */
import { describe, expect, test } from 'vitest';
import type { Fault } from '../../../src/core/fault.ts';
import { resolveNumbers } from '../../../src/core/numbers.ts';
import type { NumberOverrides } from '../../../src/core/numbers.ts';
import { initialState, reasonOfState } from '../../../src/core/state.ts';
import type { ConnectionEvent, State, Step } from '../../../src/core/state.ts';
import { step } from '../../../src/core/step.ts';

interface Setting {
  readonly transport?: 'stdio' | 'remote';
  readonly helper?: boolean;
  /** 0 = shortest jitter, just under 1 = longest. */
  readonly roll?: number;
  readonly numbers?: NumberOverrides;
}

/** One connection whose time moves by hand, to its next promised try. */
class Life {
  state: State = initialState(0);
  now = 0;
  last: Step = { state: this.state, effects: [] };
  readonly #setting: Setting;

  constructor(setting: Setting = {}) {
    this.#setting = setting;
    this.send({ type: 'start', phase: 'startup' });
  }

  send(event: ConnectionEvent): this {
    const { transport = 'remote', helper = false, roll = 0, numbers = {} } = this.#setting;
    this.last = step(this.state, event, { numbers: resolveNumbers(numbers), transport, helper, roll, now: this.now });
    this.state = this.last.state;
    return this;
  }

  fail(fault: Fault): this {
    return this.send({ type: 'open-failed', epoch: this.state.epoch, fault });
  }

  open(): this {
    return this.send({ type: 'opened', epoch: this.state.epoch });
  }

  lose(fault: Fault): this {
    return this.send({ type: 'lost', epoch: this.state.epoch, fault });
  }

  answer(): this {
    return this.send({ type: 'answered', epoch: this.state.epoch });
  }

  /** Milliseconds to the promised try. */
  get wait(): number | undefined {
    return 'retryAt' in this.state && this.state.retryAt !== undefined ? this.state.retryAt - this.now : undefined;
  }

  pass(ms: number): this {
    this.now += ms;
    return this;
  }

  /** Lets the promised try begin. */
  due(): this {
    this.now += this.wait ?? 0;
    return this.send({ type: 'timer', timer: 'retry', epoch: this.state.epoch });
  }

  /** Fails every try until the quick ones are over; the waits between them. */
  exhaust(fault: Fault): number[] {
    const waits: number[] = [];
    for (let tries = 0; tries < 50; tries += 1) {
      if (this.state.status !== 'pending') return waits;
      if (this.state.doing === 'waiting') {
        waits.push(this.wait ?? Number.NaN);
        this.due();
      } else this.fail(fault);
    }
    throw new Error('the quick tries never end');
  }
}

const REFUSED: Fault = { reason: 'refused' };
const EXITED: Fault = { reason: 'exited', exit: { code: 1, signal: null, stderr: [] } };
const LONGEST = 1 - Number.EPSILON;
const about = (waits: readonly number[]): readonly number[] => waits.map((ms) => Math.round(ms));

describe('at startup', () => {
  test.each([
    ['shortest', 0, [500, 1_000, 2_000]],
    ['longest', LONGEST, [1_000, 2_000, 4_000]],
  ])('[numbers.startup] a transient cause is retried three times, at the %s after', (_what, roll, expected) => {
    const life = new Life({ roll });
    expect(about(life.exhaust(REFUSED))).toEqual(expected);
    expect(life.state).toMatchObject({ status: 'failed', attempt: 4, max: 4, fault: REFUSED });
  });

  test('[status.last-cause-stays] the last cause stays, and attempt = max says that the quick tries are over', () => {
    const life = new Life().fail(REFUSED).due().fail({ reason: 'timeout' }).due().fail(REFUSED).due();
    life.fail({ reason: 'http-5xx', httpStatus: 503 });
    expect(life.state).toMatchObject({ status: 'failed', attempt: 4, max: 4 });
    expect(reasonOfState(life.state)).toBe('http-5xx');
  });

  test('[connect.5xx] 503 twice, then good, is connected', () => {
    const life = new Life()
      .fail({ reason: 'http-5xx', httpStatus: 503 })
      .due()
      .fail({ reason: 'http-5xx' })
      .due()
      .open();
    expect(life.state.status).toBe('connected');
  });

  test('[numbers.per-server] the numbers of the entry count', () => {
    const life = new Life({ roll: LONGEST, numbers: { startupRetries: 1, startupDelayMs: 250 } });
    expect(about(life.exhaust(REFUSED))).toEqual([250]);
  });
});

describe('after a loss', () => {
  test('[numbers.reconnect] [call.lost] five tries, one second doubling', () => {
    const life = new Life({ roll: LONGEST }).open().answer().lose({ reason: 'reset' });
    expect(life.state).toMatchObject({ status: 'pending', doing: 'waiting', phase: 'reconnect' });
    expect(about(life.exhaust(REFUSED))).toEqual([1_000, 2_000, 4_000, 8_000, 16_000]);
    expect(life.state).toMatchObject({ status: 'failed', attempt: 5, max: 5 });
  });

  test('[numbers.reconnect] the wait has a cap', () => {
    const life = new Life({ roll: LONGEST, numbers: { reconnectTries: 8 } }).open().answer().lose(REFUSED);
    expect(Math.max(...about(life.exhaust(REFUSED)))).toBe(30_000);
  });

  test('[numbers.budget] a server that accepts and drops at once runs out of tries', () => {
    const life = new Life().open().answer().lose(REFUSED);
    let tries = 0;
    for (; life.state.status === 'pending' && tries < 50; tries += 1) life.due().open().lose(REFUSED);
    expect(tries).toBe(5);
    expect(life.state.status).toBe('failed');
  });

  test.each([
    ['that answered a call', (life: Life) => life.answer()],
    [
      'that lived for 60 s',
      (life: Life) => life.pass(60_000).send({ type: 'timer', timer: 'proven', epoch: life.state.epoch }),
    ],
  ])('[numbers.budget] a session %s gives the tries back', (_what, prove) => {
    const life = new Life().open().answer().lose(REFUSED).due().fail(REFUSED).due().fail(REFUSED).due().open();
    prove(life).lose(REFUSED);
    expect(life.exhaust(REFUSED)).toHaveLength(5);
  });
});

describe('[numbers.slow-probe] when the quick tries are over', () => {
  test('the server is probed for ever, slower and slower, and stays failed', () => {
    const life = new Life({ roll: 0.5 });
    life.exhaust(REFUSED);
    const waits: number[] = [];
    for (let probes = 0; probes < 6; probes += 1) {
      waits.push(life.wait ?? Number.NaN);
      life.due();
      expect(life.state).toMatchObject({ status: 'failed', probing: true });
      life.fail(REFUSED);
      expect(life.state).toMatchObject({ status: 'failed', attempt: 4, max: 4 });
    }
    expect(waits).toEqual([60_000, 120_000, 240_000, 300_000, 300_000, 300_000]);
    expect(life.due().open().state.status).toBe('connected');
  });

  test.each([
    [0, 30_000],
    [LONGEST, 90_000],
  ])('the first wait is 60 s ± 50 %%: with %d it is %d ms', (roll, expected) => {
    const life = new Life({ roll });
    life.exhaust(REFUSED);
    expect(Math.round(life.wait ?? 0)).toBe(expected);
  });
});

describe('a process', () => {
  test('[numbers.respawn] is started again after one second, doubling', () => {
    const life = new Life({ transport: 'stdio', numbers: { crashLoopDeaths: 9 } });
    expect(life.exhaust(EXITED)).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000, 30_000]);
  });

  test('[numbers.respawn] that worked and ended is started again after the same waits', () => {
    const life = new Life({ transport: 'stdio' }).open().answer().lose(EXITED);
    expect(life.exhaust(EXITED)).toEqual([1_000, 2_000, 4_000, 8_000]);
  });

  test('[connect.crash-loop] that ends five times within 60 s is a crash-loop, started again every five minutes', () => {
    const life = new Life({ transport: 'stdio' });
    expect(life.exhaust(EXITED)).toEqual([1_000, 2_000, 4_000, 8_000]);
    expect(life.state).toMatchObject({ status: 'failed', fault: { reason: 'crash-loop', exit: EXITED.exit } });
    expect(life.wait).toBe(300_000);
    expect(life.due().fail(EXITED).wait).toBe(300_000);
  });

  test('[connect.exited] that ends once in a while comes back each time', () => {
    const life = new Life({ transport: 'stdio' }).open().answer();
    for (let deaths = 0; deaths < 20; deaths += 1) {
      life.pass(20_000).lose(EXITED);
      expect(life.wait).toBe(1_000);
      life.due().open().answer();
    }
    expect(life.state.status).toBe('connected');
  });
});

describe('a server that names a time', () => {
  const slow = (ms: number): Fault => ({ reason: 'http-429', httpStatus: 429, retryAfterMs: ms });

  test('[connect.429-short] up to 30 s is waited in pending', () => {
    const life = new Life().fail(slow(20_000));
    expect(life.state).toMatchObject({ status: 'pending', doing: 'waiting', attempt: 1 });
    expect(life.wait).toBe(20_000);
  });

  test.each([
    [45_000, 45_000],
    [10_800_000, 3_600_000],
  ])('[connect.429-long] %d ms is failed, with the next try in %d ms', (named, expected) => {
    const life = new Life().fail(slow(named));
    expect(life.state.status).toBe('failed');
    expect(life.wait).toBe(expected);
  });
});

describe('while it needs authentication', () => {
  const REJECTED: Fault = { reason: 'credentials-rejected', httpStatus: 401 };

  test('[heal.auth-probe] it is probed after 30 s, doubling to 5 min, and after an hour every 30 min', () => {
    const life = new Life({ roll: 0.5 }).fail(REJECTED);
    const waits: number[] = [];
    while (life.now < 7_200_000) {
      waits.push(life.wait ?? Number.NaN);
      life.due().fail(REJECTED);
      expect(life.state.status).toBe('needs-auth');
    }
    expect(waits.slice(0, 6)).toEqual([30_000, 60_000, 120_000, 240_000, 300_000, 300_000]);
    expect(waits.at(-1)).toBe(1_800_000);
  });

  test('[heal.sign-in-probe] a server that wants a sign-in is probed slowly', () => {
    const life = new Life({ roll: 0.5 }).fail({ reason: 'sign-in-required', httpStatus: 401 });
    expect(life.wait).toBe(60_000);
  });

  test('[heal.founding-bug] a server that accepts again is connected by the next probe', () => {
    expect(new Life().fail(REJECTED).due().open().state.status).toBe('connected');
  });
});
