/**
 * What the page answers, as a value.
 *
 * @module
 */

/** One answer. */
export interface Reply {
  readonly status: number;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

const HTML = { 'content-type': 'text/html; charset=utf-8' };

/** A document. */
export function htmlReply(body: string, status = 200, headers: Readonly<Record<string, string>> = {}): Reply {
  return { status, body, headers: { ...HTML, ...headers } };
}

/** Goes on at an address of this page; 303, so that a reload sends no form again. */
export function goTo(path: string, headers: Readonly<Record<string, string>> = {}): Reply {
  return { status: 303, body: '', headers: { location: path, ...headers } };
}

/** A few words without a document. */
export function textReply(text: string, status: number, type = 'text/plain; charset=utf-8'): Reply {
  return { status, body: text, headers: { 'content-type': type } };
}
