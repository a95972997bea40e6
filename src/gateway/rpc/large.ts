/**
 * Reads a large request in two parts: its envelope, and its arguments, whose JSON is then sent on as it came.
 *
 * @module
 */
import { randomUUID } from 'node:crypto';
import { rememberJson } from '../../base/json-bytes.ts';

/** Texts that are shorter are read at once. */
const LARGE = 4_096;
/** The envelope is short: so far from the beginning its arguments begin, and so far from the end they end. */
const NEAR = 2_048;
const MARK = '"arguments":';
/** What stands in a text for a byte that is no UTF-8. */
const UNREADABLE = '\uFFFD';
/** Stands for the arguments while the envelope is read; no client can guess it. */
const STAND_IN = randomUUID();

/** An object as deep as what clients say of themselves. */
const nested = (depth: number): string =>
  depth === 0 ? String.raw`\{[^{}]*\}` : String.raw`\{(?:[^{}]|${nested(depth - 1)})*\}`;
const META = String.raw`\s*,\s*"_meta":\s*${nested(5)}`;
const OTHERS = String.raw`\s*,\s*"(?:jsonrpc|id|method)":\s*(?:"[^"\\]*"|-?\d+)`;
/** From the brace that ends the arguments to the end. */
const REST = new RegExp(String.raw`\}(?:${META})?\s*\}(?:${OTHERS})*\s*\}\s*$`);

/**
 * The parsed message, of a text and the bytes that it came in; `undefined` where it is small, of another shape, or no JSON: then it is read as usual. Both parts
 * are read by the same parser as other messages: one value stands for the other at the same place of a text that is valid
 * with either, so the two readings are that of the whole.
 */
export function readLarge(text: string, bytes?: Buffer): unknown {
  if (text.length < LARGE) return undefined;
  const at = text.indexOf(MARK);
  let from = at + MARK.length;
  while (text[from] === ' ') from += 1;
  if (at === -1 || at > NEAR || text[from] !== '{') return undefined;
  const near = Math.max(from, text.length - NEAR);
  const rest = REST.exec(text.slice(near));
  if (rest === null) return undefined;
  const to = near + rest.index + 1;
  const raw = text.slice(from, to);
  if (raw.includes('\n') || raw.includes('\r')) return undefined;
  try {
    const envelope = JSON.parse(`${text.slice(0, from)}"${STAND_IN}"${text.slice(to)}`) as Envelope;
    if (envelope.params?.arguments !== STAND_IN) return undefined;
    // Where every character is one byte, places in the text are places in the bytes. So they are where a byte is no UTF-8,
    // but no server must get that: some end when they read it.
    const isSame = bytes?.length === text.length && !raw.includes(UNREADABLE);
    const json = isSame ? bytes.subarray(from, to) : Buffer.from(raw);
    envelope.params.arguments = rememberJson(JSON.parse(raw) as object, json);
    return envelope;
  } catch {
    return undefined;
  }
}

interface Envelope {
  readonly params?: { arguments?: unknown };
}
