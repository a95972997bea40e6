import { describe, expect, test } from 'vitest';
import { ACTIONS, actionsFor } from '../../../src/core/actions.ts';
import { HoldfastError } from '../../../src/base/errors.ts';
import type { ActionReport, ApprovalView } from '../../../src/core/fleet.ts';
import type { Snapshot } from '../../../src/core/snapshot.ts';
import { commandsFor, nextSteps } from '../../../src/cli/render/next.ts';
import { rowOf } from '../../../src/cli/parse.ts';
import { cliRig, COMMANDS, configured, VIEW } from '../../support/cli-rig.ts';
import { snapshotOf } from '../../support/recording-fleet.ts';

const good = snapshotOf('notion', { tools: 4 });
const bad = snapshotOf('internal', {
  status: 'failed',
  reason: 'helper-failed',
  message: 'The command that makes the headers ended with code 1.',
  detail: 'kinit: no credentials cache',
  next: actionsFor({ status: 'failed', reason: 'helper-failed', signIn: 'helper', offersOAuth: false }),
});
const off = snapshotOf('old', { status: 'disabled', reason: 'disabled-by-user', next: ['enable'] });
const all = [good, bad, off];
const report = (snapshot: Snapshot, ...did: string[]): ActionReport => ({ snapshot, did });
const called = (rig: ReturnType<typeof cliRig>, method: string): readonly unknown[][] =>
  rig.calls.filter((call) => call.method === method).map(({ args }) => [...args]);

describe('the verbs that mend', () => {
  test('[reconnect.says-what] reconnect says what it did, how the server is, and what to do', async () => {
    const rig = cliRig({
      snapshots: all,
      daemon: true,
      fleet: {
        reconnect: async () => report(bad, 're-read ~/.claude.json (unchanged)', 'ran headersHelper (exit 1, 41 ms)'),
      },
    });
    expect(await rig.type('mcp', 'reconnect', 'internal')).toBe(4);
    expect(rig.out.split('\n')).toEqual([
      'internal: failed · helper-failed',
      '  re-read ~/.claude.json (unchanged) · ran headersHelper (exit 1, 41 ms)',
      '  The command that makes the headers ended with code 1.',
      '  kinit: no credentials cache',
      '  Next: holdfast reconnect internal  ·  holdfast get internal  ·  holdfast doctor internal',
      '',
    ]);
    expect(called(rig, 'reconnect')).toEqual([['internal', VIEW]]);
  });

  test.each([
    ['reconnect', 'reconnect', ['notion', VIEW]],
    ['retry', 'retryNow', ['notion', VIEW]],
    ['stop', 'stopTrying', ['notion', VIEW]],
    ['enable', 'enable', ['notion', VIEW]],
    ['disable', 'disable', ['notion', VIEW]],
    ['reject', 'reject', ['notion', VIEW]],
    ['reset', 'reset', ['notion', { client: false, credentials: false }, VIEW]],
    ['reset --client --credentials', 'reset', ['notion', { client: true, credentials: true }, VIEW]],
  ])('"%s NAME" is the method %s', async (line, method, args) => {
    const rig = cliRig({ snapshots: all, daemon: true, fleet: { [method]: async () => report(good, 'done') } });
    await rig.type(...line.split(' '), 'notion');
    expect(called(rig, method)).toEqual([args]);
  });

  test('a connected server is told in one line', async () => {
    const rig = cliRig({
      snapshots: all,
      daemon: true,
      fleet: { reconnect: async () => report(good, 'contacted it') },
    });
    expect(await rig.type('reconnect', 'notion')).toBe(0);
    expect(rig.out).toBe('notion: connected · 4 tools\n  contacted it\n');
  });

  test('the state that was asked for is no bad end', async () => {
    const stopped = snapshotOf('notion', { status: 'failed', reason: 'stopped-by-user', next: ['reconnect'] });
    const rig = cliRig({
      snapshots: all,
      daemon: true,
      fleet: {
        stopTrying: async () => report(stopped),
        disable: async () => report(off),
        reject: async () => report(off),
      },
    });
    for (const verb of ['stop', 'disable', 'reject']) expect(await rig.type(verb, 'notion')).toBe(0);
  });

  test('several servers are done together and the worst decides', async () => {
    const rig = cliRig({
      snapshots: all,
      daemon: true,
      fleet: { reconnect: async (name) => report(all.find((one) => one.name === name) ?? good) },
    });
    expect(await rig.type('reconnect', 'notion', 'internal', 'old')).toBe(7);
    expect(rig.out.match(/^\w+:/gm)).toEqual(['notion:', 'internal:', 'old:']);
  });

  test.each([
    [['--all'], ['notion', 'internal', 'old']],
    [['--failed'], ['internal']],
  ])('reconnect %s', async (words, names) => {
    const rig = cliRig({ snapshots: all, daemon: true, fleet: { reconnect: async () => report(good) } });
    await rig.type('reconnect', ...words);
    expect(called(rig, 'reconnect').map(([name]) => name)).toEqual(names);
  });

  test.each([[[]], [['x', '--all']], [['--all', '--failed']]])('reconnect %j is refused', async (words) => {
    const rig = cliRig({ snapshots: all, daemon: true });
    expect(await rig.type('reconnect', ...words)).toBe(2);
    expect(rig.out).toBe('');
  });

  test('[cli.nearest] an unknown name stops everything before anything is done', async () => {
    const rig = cliRig({ snapshots: all, daemon: true, fleet: { reconnect: async () => report(good) } });
    expect(await rig.type('reconnect', 'notion', 'intrenal')).toBe(6);
    expect(rig.err).toContain('Did you mean "internal"?');
    expect(called(rig, 'reconnect')).toEqual([]);
  });

  test('an error of one server does not hide the others', async () => {
    const rig = cliRig({
      snapshots: all,
      daemon: true,
      fleet: {
        reconnect: async (name) => {
          if (name === 'notion') throw new HoldfastError('ERR_UNREACHABLE', 'lost it', { hint: 'Look.' });
          return report(bad);
        },
      },
    });
    expect(await rig.type('reconnect', 'notion', 'internal')).toBe(4);
    expect(rig.err).toContain('lost it');
    expect(rig.out).toContain('internal: failed');
  });

  test('--json gives the same as a record, and the bad end as one line on stderr', async () => {
    const rig = cliRig({ snapshots: all, daemon: true, fleet: { reconnect: async () => report(bad, 'tried') } });
    expect(await rig.type('reconnect', 'internal', '--json')).toBe(4);
    expect(JSON.parse(rig.out)).toMatchObject({
      schema: 'action/v1',
      action: 'reconnect',
      owner: { pid: 4321 },
      results: [{ name: 'internal', did: ['tried'], snapshot: { status: 'failed' } }],
    });
    expect(JSON.parse(rig.err)).toMatchObject({
      error: { code: 'ERR_UNREACHABLE', exit: 4, data: { server: 'internal' } },
    });
  });

  test('a process of its own gives retries the start wait before it ends', async () => {
    const pending = snapshotOf('notion', { status: 'pending', reason: 'http-5xx', attempt: 1, maxAttempts: 4 });
    const rig = cliRig({ snapshots: [good], fleet: { reconnect: async () => report(pending) } });
    expect(await rig.type('reconnect', 'notion')).toBe(0);
    expect(called(rig, 'settled')[0]?.[0]).toMatchObject({ timeoutMs: 5_000, names: ['notion'] });
    const joined = cliRig({ snapshots: [good], daemon: true, fleet: { reconnect: async () => report(pending) } });
    expect(await joined.type('reconnect', 'notion')).toBe(8);
    expect(await joined.type('reconnect', 'notion', '--wait', '9s')).toBe(0);
    expect(called(joined, 'settled')[0]?.[0]).toMatchObject({ timeoutMs: 9_000 });
  });

  test('where no daemon runs, switching off starts nothing', async () => {
    for (const [verb, method] of [
      ['disable', 'setEnabled'],
      ['reject', 'reject'],
    ] as const) {
      const rig = cliRig({ servers: [configured('notion')], terminal: { isTTY: true } });
      expect(await rig.type(verb, 'notion')).toBe(0);
      expect(rig.opened).toEqual([]);
      expect(rig.writes.map((write) => write.method)).toEqual([method]);
      expect(await rig.type(verb, 'nobody')).toBe(6);
    }
  });

  test('where no daemon runs, there is nothing to stop', async () => {
    const rig = cliRig({ servers: [configured('notion')] });
    expect(await rig.type('stop', 'notion')).toBe(0);
    expect(rig.out).toBe('notion: no daemon runs, so nothing is being tried\n');
    expect(rig.opened).toEqual([]);
  });
});

describe('approve', () => {
  const asked: ApprovalView = {
    name: 'notes',
    state: 'awaiting',
    hash: 'sha256:abc',
    summary: ['run: node notes.js\u001B[2J', 'variables: TOKEN'],
    difference: ['args: was ["a"]'],
  };
  const waiting = snapshotOf('notes', { status: 'pending', reason: 'awaiting-approval', next: ['approve', 'reject'] });
  const fleet = { approval: async () => asked, approve: async () => report(snapshotOf('notes'), 'approved') };

  test('it shows what would run and approves exactly that after a yes', async () => {
    const rig = cliRig({ snapshots: [waiting], daemon: true, fleet, terminal: { isTTY: true, answers: ['yes'] } });
    expect(await rig.type('approve', 'notes')).toBe(0);
    expect(rig.err).toContain('  run: node notes.js\n  variables: TOKEN\n');
    expect(rig.err).toContain('args: was ["a"]');
    expect(called(rig, 'approve')).toEqual([['notes', 'sha256:abc', VIEW]]);
  });

  test('a long command is shown to its end: what is agreed to is read whole', async () => {
    const summary = [`runs: node ${'x'.repeat(9_000)} --the-end`];
    const long = { ...fleet, approval: async () => ({ ...asked, summary }) };
    const rig = cliRig({ snapshots: [waiting], daemon: true, fleet: long, terminal: { isTTY: true, answers: ['n'] } });
    await rig.type('approve', 'notes');
    expect(rig.err).toContain('x --the-end');
  });

  test.each([[''], ['n'], ['no'], ['yess']])('the answer "%s" approves nothing', async (answer) => {
    const rig = cliRig({ snapshots: [waiting], daemon: true, fleet, terminal: { isTTY: true, answers: [answer] } });
    expect(await rig.type('approve', 'notes')).toBe(7);
    expect(called(rig, 'approve')).toEqual([]);
  });

  test('[security.approve-hash] where nobody can be asked only a hash approves', async () => {
    const rig = cliRig({ snapshots: [waiting], daemon: true, fleet });
    expect(await rig.type('approve', 'notes')).toBe(7);
    expect(rig.err).toContain('holdfast approve notes --hash sha256:abc');
    expect(called(rig, 'approve')).toEqual([]);
    expect(await rig.type('approve', 'notes', '--hash', 'sha256:def')).toBe(0);
    expect(called(rig, 'approve')).toEqual([['notes', 'sha256:def', VIEW]]);
  });

  test('what needs no approval is told', async () => {
    const rig = cliRig({
      snapshots: [good],
      daemon: true,
      fleet: { ...fleet, approval: async () => ({ ...asked, state: 'not-needed' }) },
    });
    expect(await rig.type('approve', 'notion')).toBe(0);
    expect(rig.out).toBe('notion: needs no approval\n');
  });
});

describe('[actions.reachable] what is offered can be typed', () => {
  test.each(Object.entries(ACTIONS))('%s', (_id, { verb }) => {
    const row = rowOf(COMMANDS, verb.split(' ')[0] ?? '');
    expect(row).toBeDefined();
    const options = verb.split(' ').filter((word) => word.startsWith('--'));
    expect(row?.options?.map(({ name }) => `--${name}`) ?? []).toEqual(expect.arrayContaining(options));
  });

  test('names are typed so that a shell takes them as one word', () => {
    const odd = snapshotOf("o'dd name", { status: 'failed', reason: 'refused', next: ['reconnect'] });
    expect(commandsFor(odd, (words) => `holdfast ${words}`)).toEqual([String.raw`holdfast reconnect 'o'\''dd name'`]);
  });

  test('a pending server that is being tried needs nobody', () => {
    expect(nextSteps([snapshotOf('x', { status: 'pending', next: ['retry-now'] })], (words) => words)).toEqual([]);
  });
});
