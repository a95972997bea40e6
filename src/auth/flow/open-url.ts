/**
 * Which addresses may be opened for a person, and the command that opens them without a shell.
 *
 * @module
 */

/** A program and its arguments, to be started as they are. */
export interface BrowserCommand {
  readonly command: string;
  readonly args: readonly string[];
}

/** Longer ones are cut or refused by some of the programs that open them. */
const LONGEST_URL = 16_000;
/** Blanks, controls (also encoded), quotes, backtick, backslash, angle brackets, bar, caret, braces: no address needs them. */
const UNSAFE = /[\p{Cc}\p{Cf}\s"'`\\<>|^{}]|\$\(|%(?:[01][\da-f]|7f)/iu;
const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/**
 * The address in its normal form, if it may be opened: https, or http on this machine; without user name or password,
 * and free of what a shell or a terminal could take for something else. `undefined` for everything else.
 */
export function openableUrl(text: string): string | undefined {
  if (text.length > LONGEST_URL || !/^https?:\/\//i.test(text) || UNSAFE.test(text)) return undefined;
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') return undefined;
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && LOOPBACK.test(url.hostname))) return undefined;
  return UNSAFE.test(url.href) ? undefined : url.href;
}

/**
 * The command that opens an address in the person's browser; `undefined` for an address that is not opened
 * (`openableUrl`). The address is one argument of a program, never part of a command line: "open" and "xdg-open" take
 * it as it is, and Windows' own handler is called without `cmd.exe`, which would act on `&` and `%`.
 */
export function browserCommand(text: string, platform: string): BrowserCommand | undefined {
  const url = openableUrl(text);
  if (url === undefined) return undefined;
  if (platform === 'darwin') return { command: '/usr/bin/open', args: [url] };
  if (platform === 'win32') return { command: 'rundll32', args: ['url.dll,FileProtocolHandler', url] };
  return { command: 'xdg-open', args: [url] };
}
