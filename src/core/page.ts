/**
 * Which addresses a server may ask a person to open: pages of the web, and nothing that a program would run or read instead
 * (MCP, elicitation, URL mode, safe URL handling).
 *
 * @module
 */

/** Why a question is refused. */
export const PAGE_REFUSED = 'an address that a person is to open must be http or https, without user or password in it';

/** No space, no control character and no backslash: programs differ in what they make of them. */
const WEB_PAGE = /^https?:\/\/[^\s\p{Cc}\\]+$/iu;

/** Whether it is an http or https address without user and password. */
export function isPage(url: unknown): boolean {
  if (typeof url !== 'string' || !WEB_PAGE.test(url) || !URL.canParse(url)) return false;
  const { username, password } = new URL(url);
  return username === '' && password === '';
}

/** Whether it is a question to open an address that nobody is to open. */
export function asksForNoPage(method: string, params: Readonly<Record<string, unknown>> = {}): boolean {
  return method === 'elicitation/create' && params['mode'] === 'url' && !isPage(params['url']);
}
