/**
 * A terminal without a window: what the menu writes is interpreted as a terminal would, and read back as text.
 *
 * @module
 */
import { createRequire } from 'node:module';
import type { IBufferCell, IUnicodeVersionProvider, Terminal as HeadlessTerminal } from '@xterm/headless';

// The package is CommonJS whose names node does not see.
const { Terminal } = createRequire(import.meta.url)('@xterm/headless') as {
  readonly Terminal: new (options: object) => HeadlessTerminal;
};

const WIDE =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\u3040-\u30FF\p{Emoji_Presentation}！-｠　-〿]/u;
const NONE = /[\p{Mn}\p{Me}\p{Cf}]/u;

function width(code: number): 0 | 1 | 2 {
  const character = String.fromCodePoint(code);
  if (NONE.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}

/** Widths as terminals of today have them; the package itself knows those of Unicode 6. */
const TODAY: IUnicodeVersionProvider = {
  version: 'today',
  wcwidth: width,
  charProperties(code, preceding) {
    const own = width(code);
    const before = (preceding >> 1) & 3;
    const joins = own === 0 && preceding !== 0 && before > 0;
    return ((joins && before > own ? before : own) << 1) | (joins ? 1 : 0);
  },
};

/** What is on the screen. */
export interface Seen {
  readonly rows: readonly string[];
  readonly cursor: { readonly row: number; readonly column: number };
  /** The second screen is shown. */
  readonly alternate: boolean;
  readonly pastesMarked: boolean;
  /** Cells that are coloured. */
  readonly coloured: number;
}

/** A screen that can be written to. */
export interface FakeScreen {
  write(bytes: string): Promise<void>;
  resize(columns: number, rows: number): void;
  seen(): Seen;
  /** What it answers to the program. */
  onData(listener: (data: string) => void): void;
}

/** A terminal of this size; `old` counts widths as terminals of 2012 do. */
export function fakeScreen(columns: number, rows: number, { old = false } = {}): FakeScreen {
  const terminal = new Terminal({ cols: columns, rows, allowProposedApi: true, scrollback: 100 });
  if (!old) {
    terminal.unicode.register(TODAY);
    terminal.unicode.activeVersion = TODAY.version;
  }
  const coloured = (cell: IBufferCell | undefined): boolean =>
    cell !== undefined && !(cell.isFgDefault() && cell.isBgDefault());
  return {
    write: (bytes) => new Promise((resolve) => terminal.write(bytes, resolve)),
    resize: (wide, high) => terminal.resize(wide, high),
    onData: (listener) => void terminal.onData(listener),
    seen() {
      const { active } = terminal.buffer;
      const lines = Array.from({ length: terminal.rows }, (_, at) => active.getLine(active.baseY + at));
      return {
        rows: lines.map((line) => (line?.translateToString(true) ?? '').trimEnd()),
        cursor: { row: active.cursorY, column: active.cursorX },
        alternate: active.type === 'alternate',
        pastesMarked: terminal.modes.bracketedPasteMode,
        coloured: lines.reduce(
          (sum, line) =>
            sum + Array.from({ length: terminal.cols }, (_, at) => line?.getCell(at)).filter(coloured).length,
          0,
        ),
      };
    },
  };
}
