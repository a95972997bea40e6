/**
 * Keys in, pictures out, and a terminal that is always given back.
 *
 * @module
 */
import { describe, expect, test } from 'vitest';
import { Painter } from '../../../src/menu/paint/painter.ts';
import { row, span } from '../../../src/menu/paint/span.ts';
import { KeysIn } from '../../../src/menu/terminal/keys-in.ts';
import { ENTER, LEAVE, OPENING, copySequence } from '../../../src/menu/terminal/modes.ts';
import { Screen } from '../../../src/menu/terminal/screen.ts';
import { view } from '../../../src/menu/view.ts';
import { createVirtualClock } from '../../../src/testing/virtual-clock.ts';
import { fakeTty } from '../../support/menu/tty.ts';
import { liveModel, shown } from '../../support/menu/model.ts';
import { fakeScreen } from '../../support/menu/terminal.ts';

const ESC = '\u001B';
const keysOf = (...pieces: readonly string[]): readonly string[] => {
  const keys = new KeysIn();
  const inputs = [...pieces.flatMap((piece) => keys.feed(piece)), ...keys.flush()];
  return inputs.map((input) => (input.kind === 'key' ? input.key : `paste:${input.text}`));
};

describe('[menu.keys] what a keyboard sends', () => {
  test.each<readonly [string, readonly string[], readonly string[]]>([
    ['letters', ['aZ?'], ['a', 'Z', '?']],
    ['letters of other alphabets', ['é日🎉'], ['é', '日', '🎉']],
    ['Enter, Tab, Backspace and Space', ['\r\t\u007F\b '], ['enter', 'tab', 'backspace', 'backspace', 'space']],
    ['control letters', ['\u0003\u001A\u000C'], ['ctrl-c', 'ctrl-z', 'ctrl-l']],
    ['arrows', [`${ESC}[A${ESC}[B${ESC}[C${ESC}[D`], ['up', 'down', 'right', 'left']],
    ['arrows in application mode (tmux, PuTTY)', [`${ESC}OA${ESC}OB`], ['up', 'down']],
    ['arrows with a modifier', [`${ESC}[1;5A`], ['up']],
    [
      'pages and ends',
      [`${ESC}[5~${ESC}[6~${ESC}[H${ESC}[F${ESC}[1~${ESC}[4~`],
      ['page-up', 'page-down', 'home', 'end', 'home', 'end'],
    ],
    ['Shift-Tab', [`${ESC}[Z`], ['shift-tab']],
    ['a sequence in pieces, as over SSH', [ESC, '[', 'A'], ['up']],
    ['Escape alone', [ESC], ['escape']],
    ['Escape twice', [`${ESC}${ESC}`], ['escape', 'escape']],
    ['an arrow after Escape', [`${ESC}${ESC}[A`], ['escape', 'up']],
    ['function keys and reports that nobody asked for', [`${ESC}[15~${ESC}[?62;1c${ESC}[<0;1;1Mq`], ['q']],
    ['Escape and letters at once, as over a slow line', [`${ESC}/dr`], ['escape', '/', 'd', 'r']],
    ['a sequence that no terminal has', [`${ESC}[\u0001x`], ['ctrl-a', 'x']],
    ['a paste as one', [`${ESC}[200~dq\r${ESC}[201~r`], ['paste:dq\r', 'r']],
    ['a paste in pieces', [`${ESC}[20`, `0~ab`, `c${ESC}[20`, '1~'], ['paste:abc']],
    ['a paste that holds sequences', [`${ESC}[200~${ESC}[A${ESC}[201~`], [`paste:${ESC}[A`]],
  ])('%s', (_, pieces, keys) => {
    expect(keysOf(...pieces)).toEqual(keys);
  });

  test('a paste that never ends does not grow for ever', () => {
    const keys = new KeysIn();
    keys.feed(`${ESC}[200~`);
    for (let at = 0; at < 100; at += 1) keys.feed('x'.repeat(10_000));
    const [input] = keys.feed(`${ESC}[201~`);
    expect(input).toMatchObject({ kind: 'paste' });
    expect(input?.kind === 'paste' ? input.text.length : 0).toBeLessThanOrEqual(65_536);
  });
});

describe('[menu.paint] the painter', () => {
  test('draws a second of waiting with a few bytes', () => {
    const painter = new Painter(true);
    const model = liveModel();
    const whole = painter.paint(view(model, model.size), 80);
    expect(whole.length).toBeGreaterThan(1_000);
    expect(painter.paint(view(model, model.size), 80)).toBe('');
    const later = { ...model, now: model.now + 1_000 };
    expect(painter.paint(view(later, later.size), 80).length).toBeLessThan(60);
  });

  test('draws a moved focus without drawing the screen', () => {
    const painter = new Painter(true);
    const model = liveModel();
    painter.paint(view(model, model.size), 80);
    const moved = liveModel({ screens: [{ kind: 'list', filter: '', typing: false, focus: 'notion' }] });
    expect(painter.paint(view(moved, moved.size), 80).length).toBeLessThan(900);
  });

  test('never scrolls, clears or leaves the screen between two frames', () => {
    const painter = new Painter(true);
    const model = liveModel();
    painter.paint(view(model, model.size), 80);
    const next = liveModel({ servers: model.servers?.slice(3) ?? [] });
    expect(painter.paint(view(next, next.size), 80)).not.toMatch(/\n|\u001B\[2J|\u001B\[\?1049/);
  });

  test.each([
    ['shorter', 'a long row of text', 'a'],
    ['longer', 'a', 'a long row of text'],
    ['changed in the middle', 'one two three four', 'one TWO three fOur'],
    ['wide where it was narrow', 'abcdef', 'a日本f'],
    ['narrow where it was wide', '日本語xyz', 'ab本語xyz'],
    ['moved by half a wide character', '日本語', 'a日本語'],
    ['empty', 'something', ''],
    ['marked', 'Zalgo', 'Z\u0301al\u0301go'],
  ])('a row that is %s is the row that was meant', async (_, before, after) => {
    const screen = fakeScreen(20, 2);
    const painter = new Painter(false);
    const frame = (text: string) => ({ lines: [row(text), row('below')], cursor: { row: 0, column: 0 } });
    await screen.write(`\u001B[?7l${painter.paint(frame(before), 20)}`);
    await screen.write(painter.paint(frame(after), 20));
    expect(screen.seen().rows).toEqual([after, 'below']);
  });

  test('colours a status and leaves NO_COLOR terminals without any', async () => {
    expect((await shown(liveModel(), { color: true })).coloured).toBeGreaterThan(40);
    expect((await shown(liveModel(), { color: false })).coloured).toBe(0);
  });

  test('a cut character at the edge is no half', async () => {
    const screen = fakeScreen(4, 1);
    await screen.write(new Painter(false).paint({ lines: [[span('abc日')]], cursor: { row: 0, column: 0 } }, 4));
    expect(screen.seen().rows).toEqual(['abc']);
  });
});

describe('[menu.copy] copying', () => {
  const inner = `${ESC}]52;c;${Buffer.from('https://x').toString('base64')}\u0007`;
  test('is said to the terminal, and through tmux and screen in their own wrapping', () => {
    expect(copySequence('https://x', { tmux: false, screen: false })).toBe(inner);
    expect(copySequence('https://x', { tmux: true, screen: true })).toBe(`${inner}${ESC}Ptmux;${ESC}${inner}${ESC}\\`);
    const long = copySequence('y'.repeat(600), { tmux: false, screen: true });
    expect(long.split(`${ESC}P`).length).toBeGreaterThan(3);
    expect(long.replaceAll(`${ESC}P`, '').replaceAll(`${ESC}\\`, '')).toBe(
      copySequence('y'.repeat(600), { tmux: false, screen: false }),
    );
  });
});

describe('[menu.restore] a terminal that is held', () => {
  const hold = () => {
    const clock = createVirtualClock();
    const tty = fakeTty();
    const heard: string[] = [];
    const screen = new Screen(
      tty,
      {
        input: (input) => void heard.push(input.kind === 'key' ? input.key : 'paste'),
        resized: ({ columns }) => void heard.push(`size ${columns}`),
        gone: () => void heard.push('gone'),
      },
      { clock, color: false },
    );
    screen.open();
    return { clock, tty, heard, screen };
  };

  test('is taken whole and given back whole, once', () => {
    const { tty, screen } = hold();
    expect(tty.written).toBe(ENTER + OPENING);
    expect(tty.isRaw).toBe(true);
    screen.close();
    screen.close();
    expect(tty.written).toBe(ENTER + OPENING + LEAVE);
    expect(tty.isRaw).toBe(false);
    expect(tty.listeners).toBe(0);
  });

  test('takes back on leaving whatever it set on entering', () => {
    for (const [, mode] of ENTER.matchAll(/\?(\d+)h/g)) expect(LEAVE).toContain(`?${mode}l`);
    for (const [, mode] of ENTER.matchAll(/\?(\d+)l/g)) expect(LEAVE).toContain(`?${mode}h`);
  });

  test('is the shell’s while the job is stopped, and drawn whole when it goes on', async () => {
    const { tty, screen, heard } = hold();
    screen.suspend();
    expect(tty.written).toBe(ENTER + OPENING + LEAVE);
    expect(tty.stops).toBe(1);
    screen.suspend();
    expect(tty.stops).toBe(1);
    tty.say('q');
    expect(heard).toEqual([]);
    tty.job('continue');
    expect(tty.written).toBe(ENTER + OPENING + LEAVE + ENTER);
    expect(heard).toEqual(['size 80']);
  });

  test('is taken again where the job could not be stopped', async () => {
    const { clock, tty, screen } = hold();
    screen.suspend();
    await clock.advance(300);
    expect(tty.written).toBe(ENTER + OPENING + LEAVE + ENTER);
    expect(tty.isRaw).toBe(true);
  });

  test('is taken anew after a stop that nobody could hear', () => {
    const { tty } = hold();
    tty.job('continue');
    expect(tty.written).toBe(ENTER + OPENING + ENTER);
    expect(tty.isRaw).toBe(true);
  });

  test('stays with the editor when that is stopped and brought back', async () => {
    const { tty, screen } = hold();
    await screen.lend(async () => {
      tty.job('stop');
      expect(tty.stops).toBe(1);
      tty.job('continue');
      expect(tty.isRaw).toBe(false);
    });
    expect(tty.written).toBe(ENTER + OPENING + LEAVE + ENTER);
  });

  test('is stopped by a signal from outside, too', () => {
    const { tty } = hold();
    tty.job('stop');
    expect(tty.stops).toBe(1);
    expect(tty.isRaw).toBe(false);
  });

  test('is lent to an editor and taken back when it fails', async () => {
    const { tty, screen } = hold();
    await expect(
      screen.lend(() => {
        expect(tty.isRaw).toBe(false);
        return Promise.reject(new Error('no editor'));
      }),
    ).rejects.toThrow('no editor');
    expect(tty.isRaw).toBe(true);
    expect(tty.written).toBe(ENTER + OPENING + LEAVE + ENTER);
  });

  test('tells Escape from the beginning of a key by the silence after it', async () => {
    const { clock, tty, heard } = hold();
    tty.say(ESC);
    await clock.advance(30);
    tty.say('[A');
    await clock.advance(200);
    tty.say(ESC);
    await clock.advance(200);
    expect(heard).toEqual(['up', 'escape']);
  });

  test('is watched by the guard until it is given back', () => {
    const { tty, screen } = hold();
    screen.guard();
    screen.guard();
    expect(tty.guards).toEqual([LEAVE]);
    screen.close();
    expect(tty.guards).toEqual([]);
  });
});
