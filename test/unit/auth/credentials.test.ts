/**
 * The headers of an entry, from whatever it says.
 *
 * @module
 */
import { describe, expect, test } from 'vitest';
import { createCredentials } from '../../../src/auth/credentials.ts';
import type { LoginHeaders } from '../../../src/auth/held-logins.ts';
import { silentLogger, type Logger } from '../../../src/base/logger.ts';
import { Redactor, Secret } from '../../../src/base/secret.ts';
import type { EffectiveEntry } from '../../../src/core/entry.ts';
import { DEFAULT_NUMBERS } from '../../../src/core/numbers.ts';
import type { HeaderOutcome } from '../../../src/core/ports.ts';
import { createVirtualClock } from '../../../src/testing/virtual-clock.ts';
import { scriptedShell, type ScriptedRun } from '../../support/helper-shell.ts';
import { remoteEntry } from '../../support/remote-entry.ts';

function rig(script: (run: ScriptedRun, index: number) => void = () => undefined, logger: Logger = silentLogger) {
  const clock = createVirtualClock();
  const redactor = new Redactor();
  const shell = scriptedShell((run) => script(run, shell.runs.length - 1));
  const fetch = () => Promise.reject(new Error('nothing may be fetched'));
  const credentials = createCredentials({ clock, redactor, logger, spawn: shell.spawn, baseEnv: {}, fetch });
  const ask = (entry: EffectiveEntry, fresh = false, signal = new AbortController().signal) =>
    credentials.headers(entry, { fresh, numbers: DEFAULT_NUMBERS, signal });
  return { clock, redactor, credentials, ask, runs: shell.runs };
}

const revealed = (got: HeaderOutcome) =>
  got.ok ? Object.fromEntries(Object.entries(got.headers).map(([name, value]) => [name, value.reveal()])) : undefined;

/** Prints how often it ran. */
const counting = (run: ScriptedRun, index: number): void => {
  run.out(JSON.stringify({ 'X-Run': `run-${index}` }));
  run.exit();
};

describe('the headers of a server', () => {
  test('without any are none', async () => {
    expect(await rig().ask(remoteEntry())).toEqual({ ok: true, headers: {}, kind: 'none' });
  });

  test('of a process are none', async () => {
    const { path, ...stdio } = { kind: 'stdio', command: 'x', args: [], env: {}, cwd: '/', path: '' } as const;
    const entry: EffectiveEntry = { ...remoteEntry(), endpoint: { ...stdio, path } };
    expect(await rig().ask(entry)).toEqual({ ok: true, headers: {}, kind: 'none' });
  });

  test('that are configured are sent as they are, and known to the redactor', async () => {
    const { ask, redactor } = rig();
    const got = await ask(remoteEntry({ headers: { Authorization: 'Bearer CANARY-1' } }));
    expect(got).toMatchObject({ ok: true, kind: 'headers' });
    expect(revealed(got)).toEqual({ Authorization: 'Bearer CANARY-1' });
    expect(redactor.redact('CANARY-1')).toBe('[secret]');
  });

  test('that cannot be sent are the fault of the entry, told with its place and without its value', async () => {
    const got = await rig(counting).ask(remoteEntry({ headers: { 'X-A': 'CANARY\n' }, helper: {} }));
    expect(got).toEqual({
      ok: false,
      fault: {
        reason: 'config-invalid',
        detail: 'a configured header is X-A with a line break or another character that no header can carry',
        at: { file: '/config.json', line: 3, pointer: 'mcpServers.docs' },
      },
    });
  });

  test('[helper.wins] of a helper win over configured ones of the same name, however it is written', async () => {
    const { ask } = rig((run) => {
      run.out('{"AUTHORIZATION":"from-helper","X-B":"2"}');
      run.exit();
    });
    const got = await ask(remoteEntry({ headers: { authorization: 'static', 'X-A': '1' }, helper: {} }));
    expect(got).toMatchObject({ ok: true, kind: 'helper', run: { outcome: 'ok' } });
    expect(revealed(got)).toEqual({ 'X-A': '1', AUTHORIZATION: 'from-helper', 'X-B': '2' });
  });

  test('are none, not the configured ones alone, when the helper fails', async () => {
    const { ask } = rig((run) => run.exit({ code: 1 }));
    const got = await ask(remoteEntry({ headers: { 'X-A': '1' }, helper: {} }));
    expect(got).toMatchObject({ ok: false, fault: { reason: 'helper-failed' }, run: { exitCode: 1 } });
  });
});

describe('a helper', () => {
  test('[helper.every-connect] runs for every ask where no time to live is set', async () => {
    const { ask } = rig(counting);
    const entry = remoteEntry({ helper: {} });
    expect(revealed(await ask(entry))).toEqual({ 'X-Run': 'run-0' });
    expect(revealed(await ask(entry))).toEqual({ 'X-Run': 'run-1' });
  });

  test('[helper.every-connect] gives its last output for the time to live, and that without a run to tell of', async () => {
    const { ask, clock } = rig(counting);
    const entry = remoteEntry({ helper: { ttlMs: 60_000 } });
    await ask(entry);
    await clock.advance(59_999);
    const again = await ask(entry);
    expect(revealed(again)).toEqual({ 'X-Run': 'run-0' });
    expect(again).not.toHaveProperty('run');
    await clock.advance(1);
    expect(revealed(await ask(entry))).toEqual({ 'X-Run': 'run-1' });
  });

  test('ages while the machine sleeps', async () => {
    const { ask, clock } = rig(counting);
    const entry = remoteEntry({ helper: { ttlMs: 60_000 } });
    await ask(entry);
    clock.jump(60_000);
    expect(revealed(await ask(entry))).toEqual({ 'X-Run': 'run-1' });
  });

  test('[reconnect.helper] runs in spite of the time to live when asked afresh, and that output is kept then', async () => {
    const { ask } = rig(counting);
    const entry = remoteEntry({ helper: { ttlMs: 60_000 } });
    await ask(entry);
    expect(revealed(await ask(entry, true))).toEqual({ 'X-Run': 'run-1' });
    expect(revealed(await ask(entry))).toEqual({ 'X-Run': 'run-1' });
  });

  test('that fails when asked afresh leaves no older output behind', async () => {
    const { ask } = rig((run, index) => (index === 1 ? run.exit({ code: 1 }) : counting(run, index)));
    const entry = remoteEntry({ helper: { ttlMs: 60_000 } });
    await ask(entry);
    expect(await ask(entry, true)).toMatchObject({ ok: false });
    expect(revealed(await ask(entry))).toEqual({ 'X-Run': 'run-2' });
  });

  test('keeps the output of each entry apart by its content, not by its name', async () => {
    const { ask } = rig(counting);
    await ask(remoteEntry({ key: 'a', helper: { ttlMs: 60_000 } }));
    expect(revealed(await ask(remoteEntry({ key: 'b', helper: { ttlMs: 60_000 } })))).toEqual({ 'X-Run': 'run-1' });
  });

  test('runs once for all who ask at the same time', async () => {
    const { ask, runs } = rig();
    const entry = remoteEntry({ helper: {} });
    const asked = [ask(entry), ask(entry, true), ask(entry)];
    runs[0]?.out('{"A":"b"}');
    runs[0]?.exit();
    for (const got of await Promise.all(asked)) expect(revealed(got)).toEqual({ A: 'b' });
    expect(runs).toHaveLength(1);
  });

  test('runs on while one still waits, and is ended when the last gives up', async () => {
    const { ask, runs, clock } = rig();
    const entry = remoteEntry({ helper: {} });
    const [one, two] = [new AbortController(), new AbortController()];
    const asked = [ask(entry, false, one.signal), ask(entry, false, two.signal)];
    await clock.settle();
    one.abort();
    expect(await asked[0]).toMatchObject({ ok: false, fault: { reason: 'helper-timeout' } });
    expect(runs[0]?.killed).toBe(false);
    two.abort();
    expect(await asked[1]).toMatchObject({ ok: false });
    await clock.settle();
    expect(runs[0]?.killed).toBe(true);
    void ask(entry);
    await clock.settle();
    expect(runs).toHaveLength(2);
  });

  test('is forgotten on demand, and the forgetting is told', async () => {
    const { ask, credentials } = rig(counting);
    const entry = remoteEntry({ helper: { ttlMs: 60_000 } });
    await ask(entry);
    expect(credentials.forget(entry)).toEqual(['the headers that the headersHelper gave last']);
    expect(credentials.forget(entry)).toEqual([]);
    expect(revealed(await ask(entry))).toEqual({ 'X-Run': 'run-1' });
  });

  test('[security.canaries] is logged by name, duration and header names, never by value', async () => {
    const logged: string[] = [];
    const log = (fields: object, message: string): void => void logged.push(JSON.stringify(fields) + message);
    const { ask } = rig(
      (run) => {
        run.err('CANARY-1');
        run.out('{"X-A":"CANARY-1"}');
        run.exit();
      },
      { debug: log, info: log, warn: log, error: log },
    );
    await ask(remoteEntry({ helper: {} }));
    expect(logged).toHaveLength(1);
    expect(logged[0]).toContain('"headerNames":["X-A"]');
    expect(logged[0]).not.toContain('CANARY');
  });
});

test('[helper.environment] one entry under two names is two runs and two outputs, because the helper is told the name', async () => {
  const { ask, runs, credentials } = rig((run) => {
    run.out(JSON.stringify({ 'X-For': run.spec.env['HOLDFAST_SERVER_NAME'] }));
    run.exit();
  });
  const one = remoteEntry({ helper: { ttlMs: 60_000 } });
  const two: EffectiveEntry = { ...one, name: 'other' };
  expect((await Promise.all([ask(one), ask(two)])).map(revealed)).toEqual([{ 'X-For': 'docs' }, { 'X-For': 'other' }]);
  expect((await Promise.all([ask(one), ask(two)])).map(revealed)).toEqual([{ 'X-For': 'docs' }, { 'X-For': 'other' }]);
  expect(runs).toHaveLength(2);
  expect(credentials.forget(one)).toHaveLength(1);
  await Promise.all([ask(one), ask(two)]);
  expect(runs).toHaveLength(3);
});

describe('[signin.lane] a login beside what the entry says', () => {
  const LOGIN = {
    ok: true,
    headers: { Authorization: new Secret('Bearer of-the-login') },
    token: { credential: 'id', generation: 3 },
    login: { id: 'id' },
  } as unknown as LoginHeaders;

  function asked(login: LoginHeaders, facts: Parameters<typeof remoteEntry>[0], script = counting) {
    const clock = createVirtualClock();
    const shell = scriptedShell((run) => script(run, shell.runs.length - 1));
    const credentials = createCredentials({
      clock,
      redactor: new Redactor(),
      logger: silentLogger,
      spawn: shell.spawn,
      baseEnv: {},
      fetch: () => Promise.reject(new Error('nothing may be fetched')),
      logins: { headers: () => Promise.resolve(login) },
    });
    return credentials.headers(remoteEntry(facts), {
      fresh: false,
      numbers: DEFAULT_NUMBERS,
      signal: new AbortController().signal,
    });
  }

  test('takes the place of Authorization in any spelling, and of nothing else', async () => {
    const headers = { AUTHORIZATION: 'Bearer own', DPoP: 'own', 'X-Team': 'blue' };
    const got = await asked(LOGIN, { headers });
    expect(got).toMatchObject({ ok: true, kind: 'oauth', token: { credential: 'id', generation: 3 } });
    expect(revealed(got)).toEqual({ 'X-Team': 'blue', Authorization: 'Bearer of-the-login' });
  });

  test('leaves the run of the helper to be shown', async () => {
    const got = await asked(LOGIN, { helper: {} });
    expect(got).toMatchObject({ ok: true, kind: 'oauth', run: { outcome: 'ok' } });
    expect(revealed(got)).toEqual({ 'X-Run': 'run-0', Authorization: 'Bearer of-the-login' });
  });

  test('is not asked for when the helper fails', async () => {
    const got = await asked(LOGIN, { helper: {} }, (run) => run.exit({ code: 1 }));
    expect(got).toMatchObject({ ok: false, fault: { reason: 'helper-failed' } });
  });

  test('that cannot be used for now is told instead of headers', async () => {
    const fault = { reason: 'refresh-failed' } as const;
    expect(await asked({ ok: false, fault }, {})).toEqual({ ok: false, fault });
  });

  test('nobody knows of keeps no entry with headers from its server', async () => {
    const unknown = { ok: 'unknown', fault: { reason: 'refresh-failed' } } as const;
    expect(await asked(unknown, { headers: { 'X-Key': 'k' } })).not.toHaveProperty('refreshFault');
    expect(await asked(unknown, {})).toEqual({ ok: true, headers: {}, kind: 'none', refreshFault: unknown.fault });
  });
});
