/**
 * Which headers a person or a helper may add to requests.
 *
 * @module
 */

/** What a name of a field consists of (RFC 9110 §5.6.2). */
export const FIELD_NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** Visible characters, blanks and tabs (RFC 9110 §5.5): above all no line break, which would begin a header of its own. */
export const FIELD_VALUE = /^[\t\u0020-\u007E\u0080-\u00FF]*$/;
/** What frames the message or belongs to one hop; a wrong one breaks or smuggles requests. */
const FRAMING: ReadonlySet<string> = new Set(
  'host content-length transfer-encoding connection keep-alive proxy-connection te trailer upgrade expect'.split(' '),
);

/** Why this header may not be sent, as the end of a sentence about "a header"; `undefined` if it may. Never quotes the value. */
export function headerProblem(name: string, value: string): string | undefined {
  const key = name.toLowerCase();
  if (!FIELD_NAME.test(name)) return 'has a name with characters that no header name can have';
  if (FRAMING.has(key)) return `is ${name}, which the connection sets itself`;
  if (key.startsWith('mcp-')) return `is ${name}, which the protocol sets itself`;
  return FIELD_VALUE.test(value)
    ? undefined
    : `is ${name} with a line break or another character that no header can carry`;
}
