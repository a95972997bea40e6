/**
 * The cookie of a session.
 *
 * @module
 */

/** Browsers share cookies between the ports of a machine, so each page has a name of its own. */
export function cookieName(port: number): string {
  return `holdfast_page_${port}`;
}

/** The value of a cookie in a `Cookie` header; the first one, where it stands there twice. */
export function cookieIn(header: string | undefined, name: string): string | undefined {
  for (const pair of (header ?? '').split(';')) {
    const at = pair.indexOf('=');
    if (at > 0 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim();
  }
  return undefined;
}

/** Not sent with any request that another page began, and out of reach of every script. */
export function setCookie(name: string, value: string): string {
  return `${name}=${value}; Path=/; HttpOnly; SameSite=Strict`;
}

/** Takes the cookie away. */
export function dropCookie(name: string): string {
  return `${name}=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0`;
}
