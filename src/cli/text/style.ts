/**
 * The few colours of the command line. A status is always a word; its colour only repeats it.
 *
 * @module
 */
import type { Status } from '../../core/snapshot.ts';

/** Puts colour around a text, or leaves it as it is. */
export interface Style {
  bold(text: string): string;
  dim(text: string): string;
  red(text: string): string;
  green(text: string): string;
  yellow(text: string): string;
  magenta(text: string): string;
}

const ESC = '\u001B[';
const paint =
  (open: number, close: number) =>
  (text: string): string =>
    text === '' ? '' : `${ESC}${open}m${text}${ESC}${close}m`;
const plain = (text: string): string => text;

const COLORED: Style = {
  bold: paint(1, 22),
  dim: paint(2, 22),
  red: paint(31, 39),
  green: paint(32, 39),
  yellow: paint(33, 39),
  magenta: paint(35, 39),
};
const PLAIN: Style = { bold: plain, dim: plain, red: plain, green: plain, yellow: plain, magenta: plain };

/** The style of an output. */
export function styleOf(io: { readonly color: boolean }): Style {
  return io.color ? COLORED : PLAIN;
}

/** The colour that repeats a status word. */
export function statusPaint(style: Style, status: Status): (text: string) => string {
  switch (status) {
    case 'connected':
      return (text) => style.green(text);
    case 'pending':
      return (text) => style.yellow(text);
    case 'needs-auth':
      return (text) => style.magenta(text);
    case 'failed':
      return (text) => style.red(text);
    case 'disabled':
      return (text) => style.dim(text);
  }
}
