/**
 * What a person's acts, the sleep of the machine and the answer of a probe do in each state.
 *
 * @module
 */
import { describe, expect, test } from 'vitest';
import type { Fault } from '../../../src/core/fault.ts';
import { resolveNumbers } from '../../../src/core/numbers.ts';
import type { NumberOverrides } from '../../../src/core/numbers.ts';
import { initialState } from '../../../src/core/state.ts';
import type { ConnectionEvent, Step } from '../../../src/core/state.ts';
import { step } from '../../../src/core/step.ts';

interface Setting {
  readonly transport?: 'stdio' | 'remote';
  readonly helper?: boolean;
  readonly numbers?: NumberOverrides;
}
type Input = ConnectionEvent | Fault | 'opened' | 'due' | number;

/** Lives from the start: an event, the fault of the try under way, its success, the next due try, or time that passes. */
function live(setting: Setting, ...inputs: readonly Input[]): Step & { readonly now: number } {
  const { transport = 'remote', helper = false, numbers = {} } = setting;
  let last: Step = { state: initialState(0), effects: [] };
  let now = 0;
  const send = (event: ConnectionEvent): void => {
    last = step(last.state, event, { transport, helper, numbers: resolveNumbers(numbers), now, roll: 0.5 });
  };
  send({ type: 'start', phase: 'startup' });
  for (const input of inputs) {
    const { epoch } = last.state;
    if (typeof input === 'number') now += input;
    else if (input === 'opened') send({ type: 'opened', epoch });
    else if (input === 'due') {
      const { state } = last;
      now = 'retryAt' in state && state.retryAt !== undefined ? state.retryAt : now;
      send({ type: 'timer', timer: 'retry', epoch });
    } else if ('reason' in input) send({ type: 'open-failed', epoch, fault: input });
    else send(input);
  }
  return { ...last, now };
}

const REFUSED: Fault = { reason: 'refused' };
const GONE: Fault = { reason: 'http-404', httpStatus: 404 };
const REJECTED: Fault = { reason: 'credentials-rejected', httpStatus: 401 };
const EXITED: Fault = { reason: 'exited', exit: { code: 1, signal: null, stderr: [] } };
const STOP: ConnectionEvent = { type: 'stop' };
const RETRY: ConnectionEvent = { type: 'retry-now' };
const WOKE: ConnectionEvent = { type: 'woke' };
const NONE: NumberOverrides = { startupRetries: 0 };

const opens = ({ effects }: Step): number => effects.filter(({ type }) => type === 'open').length;

describe('stop', () => {
  test.each<[string, Setting, readonly Input[]]>([
    ['connected', {}, ['opened']],
    ['failed for good', {}, [GONE]],
    ['stopped already', {}, [REFUSED, STOP]],
    ['in need of authentication that nothing probes', {}, [{ reason: 'client-registration-refused' }]],
  ])('changes nothing where the server is %s: no try is under way or planned', (_what, setting, inputs) => {
    const before = live(setting, ...inputs).state;
    const { state, effects } = live(setting, ...inputs, STOP);
    expect(state).toEqual(before);
    expect(effects).toEqual([]);
  });

  test.each<[string, Setting, readonly Input[], string]>([
    ['connecting', {}, [], 'failed'],
    ['waiting', {}, [REFUSED], 'failed'],
    ['probed slowly', { numbers: NONE }, [REFUSED], 'failed'],
    ['being probed', { numbers: NONE }, [REFUSED, 'due'], 'failed'],
    ['in need of authentication', {}, [REJECTED], 'needs-auth'],
  ])('ends every try where the server is %s', (_what, setting, inputs, status) => {
    const { state, effects } = live(setting, ...inputs, STOP);
    expect(state.status).toBe(status);
    expect('retryAt' in state).toBe(false);
    expect(effects).toContainEqual({ type: 'drop' });
    expect(effects).toContainEqual({ type: 'disarm', timer: 'retry' });
  });

  test('keeps the last cause in its words', () => {
    const { state } = live({}, { reason: 'http-5xx', httpStatus: 503, detail: 'busy' }, STOP);
    expect(state).toMatchObject({ fault: { reason: 'stopped-by-user', detail: 'last cause: http-5xx (busy)' } });
    expect(live({}, STOP).state).toMatchObject({ fault: { reason: 'stopped-by-user' } });
    const again = live({ numbers: NONE }, REFUSED, STOP, RETRY, STOP).state;
    expect(again).toMatchObject({ fault: { reason: 'stopped-by-user', detail: 'last cause: refused' } });
  });
});

describe('retry now', () => {
  test('[helper.gap] is a person: a helper that gave up runs again, and is probed again', () => {
    const helper = { helper: true, numbers: { helperFailures: 2 } };
    const given = live(helper, REJECTED, 'due', REJECTED);
    expect('retryAt' in given.state).toBe(false);
    const { state } = live(helper, REJECTED, 'due', REJECTED, RETRY, REJECTED);
    expect('retryAt' in state).toBe(true);
  });

  test('makes the slow probes quick again', () => {
    const probed = live({ numbers: NONE }, REFUSED, 'due', REFUSED, 'due', REFUSED, 'due', REFUSED);
    const wait = (result: Step & { now: number }): number =>
      ('retryAt' in result.state ? (result.state.retryAt ?? 0) : 0) - result.now;
    expect(wait(probed)).toBe(300_000);
    const after = live({ numbers: NONE }, REFUSED, 'due', REFUSED, 'due', REFUSED, 'due', REFUSED, RETRY, REFUSED);
    expect(wait(after)).toBe(120_000);
  });
});

describe('a probe', () => {
  test('[status.last-cause-stays] that cannot reach a server in need of authentication shows no tries left', () => {
    const { state } = live({}, REJECTED, 'due', REFUSED);
    expect(state).toMatchObject({ status: 'failed', fault: REFUSED, phase: 'probe' });
    expect(state).toMatchObject({ attempt: (state as { max: number }).max });
    expect('retryAt' in state).toBe(true);
  });

  test('[connect.crash-loop] that meets the end of a process once does not speak of a crash loop', () => {
    const stdio = { transport: 'stdio', numbers: NONE } as const;
    const { state } = live(stdio, { reason: 'timeout' }, 'due', EXITED);
    expect(state).toMatchObject({ status: 'failed', fault: { reason: 'exited' }, probing: false });
    expect('retryAt' in state).toBe(true);
  });

  test('[connect.crash-loop] of a crash loop that meets another end is one still', () => {
    const stdio = { transport: 'stdio', numbers: { crashLoopDeaths: 1 } } as const;
    const { state, now } = live(stdio, EXITED, 'due', EXITED);
    expect(state).toMatchObject({ fault: { reason: 'crash-loop' }, retryAt: now + 300_000 });
  });
});

describe('the tries of a process', () => {
  test('[step.attempts] are counted to the same end while it waits and while it starts', () => {
    const stdio = { transport: 'stdio', numbers: { crashLoopDeaths: 8, reconnectTries: 2 } } as const;
    const waits = live(stdio, EXITED).state;
    const starts = live(stdio, EXITED, 'due').state;
    expect(waits).toMatchObject({ doing: 'waiting', attempt: 1, max: 8 });
    expect(starts).toMatchObject({ doing: 'connecting', attempt: 2, max: 8 });
  });
});

describe('[numbers.wake] after a sleep of the machine', () => {
  const HOURS = 8 * 3_600_000;
  test.each<[string, Setting, readonly Input[]]>([
    ['waiting', {}, [REFUSED]],
    ['probed slowly', { numbers: NONE }, [REFUSED]],
    ['in need of authentication', {}, [REJECTED]],
    ['in need of authentication, with a helper', { helper: true }, [REJECTED]],
    ['in a crash loop', { transport: 'stdio', numbers: { crashLoopDeaths: 1 } }, [EXITED]],
    ['limited for a time that is over', {}, [{ reason: 'http-429', retryAfterMs: 60_000 }]],
  ])('a server that is %s is tried within the wave', (_what, setting, inputs) => {
    const { state, now } = live(setting, ...inputs, HOURS, WOKE);
    expect((state as { retryAt?: number }).retryAt).toBe(now + 2_500);
  });

  test('a server that is limited for longer than the machine slept is not tried before its time', () => {
    const { state } = live({}, { reason: 'http-429', retryAfterMs: 3_600_000 }, 600_000, WOKE);
    expect((state as { retryAt?: number }).retryAt).toBe(3_600_000);
  });

  test('a helper is not run before its minute is over', () => {
    const { state } = live({ helper: true }, REJECTED, 10_000, WOKE);
    expect((state as { retryAt?: number }).retryAt).toBe(60_000);
  });

  test('a connected server is asked itself, once', () => {
    const { effects } = live({}, 'opened', HOURS, WOKE);
    expect(effects).toMatchObject([{ type: 'check', ms: 2_500 }]);
  });

  test.each<[string, Setting, readonly Input[]]>([
    ['connecting', {}, []],
    ['being probed', { numbers: NONE }, [REFUSED, 'due']],
    ['failed for good', {}, [GONE]],
    ['stopped', {}, [REFUSED, STOP]],
    ['disabled', {}, [{ type: 'barrier', barrier: { kind: 'disabled', reason: 'disabled-by-user' } }]],
  ])('nothing changes for a server that is %s', (_what, setting, inputs) => {
    const before = live(setting, ...inputs, HOURS).state;
    const after = live(setting, ...inputs, HOURS, WOKE);
    expect(after.state).toEqual(before);
    expect(opens(after)).toBe(0);
  });
});
