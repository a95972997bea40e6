/**
 * A process that is shared by callers with different PATHs: with which one it is started, and what is said of it.
 *
 * @module
 */
import { describe, expect, test } from 'vitest';
import type { Answer } from '../../../src/core/fault.ts';
import type { View } from '../../../src/core/view.ts';
import { EXIT, VIEW, rig, script, started } from '../../support/scripted-fleet.ts';
import type { Script } from '../../support/scripted-fleet.ts';

const NEWER: View = { ...VIEW, path: '/opt/bin:/bin' };
const LACKING: Answer = {
  kind: 'exit',
  exit: { code: 127, signal: null, stderr: ['env: tool: No such file or directory'] },
};
const SAID = 'It was started with another PATH than that of this shell. Run: holdfast reconnect a';

const pathsOf = (about: Script): readonly (string | undefined)[] => about.opened.map(({ path }) => path);

describe('[reconnect.caller-path] a process that two PATHs share', () => {
  test('keeps its PATH when another shell only looks, and says there what would help', async () => {
    const about = script([LACKING], { signIn: 'stdio' });
    const r = rig({ a: about });
    await started(r, 1);
    const seen = await r.fleet.snapshot('a', NEWER);
    expect(seen.message).toContain('(exit code 127): env: tool: No such file or directory. It was started');
    expect(seen.message).toContain(SAID);
    expect((await r.fleet.snapshot('a')).message).not.toContain('PATH');
    await r.clock.advance(10_000);
    expect(new Set(pathsOf(about))).toEqual(new Set(['/bin']));
    await r.fleet.close();
  });

  test.each<[string, (r: ReturnType<typeof rig>) => Promise<{ readonly did: readonly string[] }>]>([
    ['reconnect', (r) => r.fleet.reconnect('a', NEWER)],
    ['reset', (r) => r.fleet.reset('a', {}, NEWER)],
    ['retry', (r) => r.fleet.retryNow('a', NEWER)],
  ])('is started with the PATH of the shell that asks for a %s, now and from then on', async (_what, ask) => {
    const about = script([LACKING, 'ok'], { signIn: 'stdio' });
    const r = rig({ a: about });
    await started(r, 1);
    await r.fleet.snapshots(NEWER);
    const { did } = await ask(r);
    expect(did).toContain('took the PATH of this shell');
    expect(pathsOf(about)).toEqual(['/bin', '/opt/bin:/bin']);
    expect(await r.fleet.snapshot('a', NEWER)).toMatchObject({ status: 'connected' });
    about.sessions.at(-1)?.onEvent?.({ kind: 'lost', answer: EXIT(1) });
    await r.clock.advance(5_000);
    expect(pathsOf(about)).toEqual(['/bin', '/opt/bin:/bin', '/opt/bin:/bin']);
    await r.fleet.close();
  });

  test('keeps its PATH when a retry finds nothing to try, and the doctor goes on saying so', async () => {
    const about = script(['ok'], { signIn: 'stdio' });
    const r = rig({ a: about });
    await started(r, 1);
    await r.fleet.snapshots(NEWER);
    const { did } = await r.fleet.retryNow('a', NEWER);
    expect(did).toEqual(['no try was waiting']);
    expect((await r.fleet.doctor('a', NEWER)).filter(({ check }) => check === 'command')).toHaveLength(1);
    about.sessions.at(-1)?.onEvent?.({ kind: 'lost', answer: EXIT(1) });
    await r.clock.advance(5_000);
    expect(pathsOf(about)).toEqual(['/bin', '/bin']);
    await r.fleet.close();
  });

  test('with the PATH of the one who asks nothing is said of it', async () => {
    const about = script([LACKING], { signIn: 'stdio' });
    const r = rig({ a: about });
    await started(r, 1);
    const { did, snapshot } = await r.fleet.reconnect('a');
    expect(did).not.toContain('took the PATH of this shell');
    expect(snapshot.message).not.toContain('PATH');
    await r.fleet.close();
  });

  test('that ended for another reason is told without the PATH', async () => {
    const r = rig({ a: script([EXIT(1)], { signIn: 'stdio' }) });
    await started(r, 1);
    expect((await r.fleet.snapshot('a', NEWER)).message).not.toContain('PATH');
    await r.fleet.close();
  });

  test.each<[string, Script, string]>([
    ['a warning where it does not work', script([LACKING], { signIn: 'stdio' }), 'warning'],
    ['a note where it works', script(['ok'], { signIn: 'stdio' }), 'note'],
  ])('is %s of the doctor, with the command that helps', async (_what, about, level) => {
    const r = rig({ a: about });
    await started(r, 1);
    const ofPath = async (view: View): Promise<readonly object[]> =>
      (await r.fleet.doctor('a', view)).filter(({ check }) => check === 'command');
    expect(await ofPath(VIEW)).toEqual([]);
    expect(await ofPath(NEWER)).toEqual([
      {
        level,
        check: 'command',
        server: 'a',
        text: 'It was started with another PATH than that of this shell.',
        hint: 'Run: holdfast reconnect a (it then starts with the PATH of this shell).',
      },
    ]);
    await r.fleet.close();
  });
});
