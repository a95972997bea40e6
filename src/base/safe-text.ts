/**
 * Text from servers, made harmless for terminals, logs and pages.
 *
 * @module
 */

// C0 and C1 controls, DEL, bidirectional controls, zero-width characters, line and paragraph separators.
const HARMFUL = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u061C\u200B-\u200F\u2028-\u202E\u2060-\u2069\uFEFF]/g;
// Whole escape sequences first, so that their printable tails do not stay behind.
const ESCAPES =
  /\u001B(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_][^\u0007\u001B]{0,4096}(?:\u0007|\u001B\\)?|[@-Z\\-_])|\u009B[0-?]*[ -/]*[@-~]/g;

/** The text without control characters and escape sequences; line breaks and tabs stay. At most `limit` characters. */
export function safeText(text: string, limit = 4_000): string {
  const clean = text
    .slice(0, limit * 2)
    .replaceAll(ESCAPES, '')
    .replaceAll(HARMFUL, '');
  return clean.length > limit ? `${clean.slice(0, limit - 1)}…` : clean;
}

/** Like `safeText`, on one line: runs of white space become one blank. */
export function safeLine(text: string, limit = 200): string {
  return safeText(text.replaceAll(/\s+/g, ' ').trim(), limit);
}
