/**
 * The sequences that make a terminal the menu's, and a person's again.
 *
 * @module
 */

const ESC = '\u001B[';

/** Alternate screen, no wrapping at the edge, pastes marked as such. The clearing is for terminals without a second screen. */
export const ENTER = `${ESC}?1049h${ESC}?7l${ESC}?2004h${ESC}0m${ESC}2J${ESC}H`;

/** What stands there until the first picture is known. */
export const OPENING = `${ESC}1m Holdfast${ESC}0m  asking for the servers ...`;

/** Takes everything back, in whatever state it is; harmless where nothing was set. */
export const LEAVE = `${ESC}?2026l${ESC}0m${ESC}?2004l${ESC}?7h${ESC}?25h${ESC}?1049l`;

/** Letters of base64 that one device control string of `screen` takes. */
const SCREEN_PIECE = 240;

/** What a terminal is, by the environment. */
export interface TerminalKind {
  readonly tmux: boolean;
  readonly screen: boolean;
}

/**
 * Puts a text on the clipboard of the person's own machine, through SSH too, where the terminal allows it (OSC 52).
 * Multiplexers take it in their own wrapping.
 */
export function copySequence(text: string, { tmux, screen }: TerminalKind): string {
  const base64 = Buffer.from(text, 'utf8').toString('base64');
  const plain = `\u001B]52;c;${base64}\u0007`;
  // With `set-clipboard on` tmux takes it itself, with `allow-passthrough on` it hands it on.
  if (tmux) return `${plain}\u001BPtmux;${plain.replaceAll('\u001B', '\u001B\u001B')}\u001B\\`;
  if (!screen) return plain;
  const pieces = plain.match(new RegExp(`[^]{1,${SCREEN_PIECE}}`, 'g')) ?? [];
  return pieces.map((piece) => `\u001BP${piece}\u001B\\`).join('');
}
