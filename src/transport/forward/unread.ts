/**
 * Takes the result out of a JSON-RPC response without reading it: only the few bytes around it are looked at.
 *
 * @module
 */
import { isUtf8 } from 'node:buffer';

/** Of each end this much is looked at: the other members of a response are short. */
const ENDS = 192;
const OPEN = 0x7b;
const CLOSE = 0x7d;

const HEAD = /^\s*\{\s*((?:"jsonrpc"\s*:\s*"2\.0"\s*,\s*|"id"\s*:\s*"[^"\\]*"\s*,\s*)*)"result"\s*:\s*(?=\{)/;
const TAIL = /\}\s*((?:,\s*"jsonrpc"\s*:\s*"2\.0"\s*|,\s*"id"\s*:\s*"[^"\\]*"\s*)*)\}\s*$/;

/**
 * The bytes of `result`, where they are an object and the response is the answer to `id`, a text of ours. `undefined`
 * for everything else, which is then to be parsed: errors, notifications, members in an order that nobody uses.
 * What lies inside the result is not checked: whoever sends it on puts members that matter behind it.
 */
export function unreadResult(bytes: Buffer, id: string): Buffer | undefined {
  const found = byUsualOrder(bytes, id) ?? byPattern(bytes, id);
  if (found?.[0] !== OPEN || found.at(-1) !== CLOSE || !isUtf8(found)) return undefined;
  return found;
}

/** As `JSON.stringify` writes what the SDKs make. */
function byUsualOrder(bytes: Buffer, id: string): Buffer | undefined {
  const behind = `,"jsonrpc":"2.0","id":"${id}"}`;
  if (bytes.toString('latin1', 0, 10) === '{"result":') {
    const end = bytes.length - behind.length;
    return end > 10 && bytes.toString('latin1', end) === behind ? bytes.subarray(10, end) : undefined;
  }
  const before = `{"jsonrpc":"2.0","id":"${id}","result":`;
  if (bytes.toString('latin1', 0, before.length) !== before) return undefined;
  return bytes.at(-1) === CLOSE && bytes.at(-2) === CLOSE ? bytes.subarray(before.length, -1) : undefined;
}

function byPattern(bytes: Buffer, id: string): Buffer | undefined {
  const head = HEAD.exec(bytes.toString('latin1', 0, ENDS));
  if (head === null) return undefined;
  const from = Math.max(head[0].length, bytes.length - ENDS);
  const tail = TAIL.exec(bytes.toString('latin1', from));
  if (tail === null) return undefined;
  const around = `${head[1]} ${tail[1]}`;
  const [named, ...others] = around.match(/"id"\s*:\s*"[^"]*"/g) ?? [];
  const isOurs = named?.endsWith(`"${id}"`) ?? false;
  if (!isOurs || others.length > 0 || !around.includes('"jsonrpc"')) return undefined;
  return bytes.subarray(head[0].length, from + tail.index + 1);
}
