/**
 * Answers as `JSON.stringify` writes them, which nearly all are: where id and result lie is seen at a few places of the line,
 * and nothing of it becomes a string but the id.
 *
 * @module
 */
import { isUtf8 } from 'node:buffer';
import { MINTED } from '../forward/mint.ts';

const QUOTE = 0x22;
const CLOSE = 0x7d;
const LONGEST_ID = 64;

/** The id comes first, as in most SDKs, or last, as in that for TypeScript. */
const ID_FIRST = Buffer.from(`{"jsonrpc":"2.0","id":"${MINTED}`);
const THEN_RESULT = Buffer.from('","result":{');
const RESULT_FIRST = Buffer.from('{"result":{');
const THEN_ID = Buffer.from(`},"jsonrpc":"2.0","id":"${MINTED}`);

/** The answer to a request of ours; the bytes of its result are those of the line. */
export interface UsualAnswer {
  readonly id: string;
  readonly result: Buffer;
}

function stands(line: Buffer, text: Buffer, at: number): boolean {
  if (at < 0 || at + text.length > line.length) return false;
  for (let place = 0; place < text.length; place += 1) if (line[at + place] !== text[place]) return false;
  return true;
}

/** `undefined` for every line of another form, which says nothing of it. See `unreadResult` for what is not looked at. */
export function usualAnswer(line: Buffer): UsualAnswer | undefined {
  if (line.at(-1) !== CLOSE) return undefined;
  const found = stands(line, ID_FIRST, 0)
    ? idFirst(line)
    : stands(line, RESULT_FIRST, 0)
      ? resultFirst(line)
      : undefined;
  return found !== undefined && isUtf8(found.result) ? found : undefined;
}

function idFirst(line: Buffer): UsualAnswer | undefined {
  const begin = ID_FIRST.length - MINTED.length;
  const most = Math.min(line.length, begin + LONGEST_ID);
  let end = ID_FIRST.length;
  while (end < most && line[end] !== QUOTE) end += 1;
  if (!stands(line, THEN_RESULT, end) || line.at(-2) !== CLOSE) return undefined;
  return { id: line.toString('latin1', begin, end), result: line.subarray(end + THEN_RESULT.length - 1, -1) };
}

function resultFirst(line: Buffer): UsualAnswer | undefined {
  const end = line.length - 2;
  const least = Math.max(0, end - LONGEST_ID);
  let begin = end;
  while (begin > least && line[begin - 1] !== QUOTE) begin -= 1;
  const at = begin + MINTED.length - THEN_ID.length;
  if (line[end] !== QUOTE || !stands(line, THEN_ID, at)) return undefined;
  return { id: line.toString('latin1', begin, end), result: line.subarray(RESULT_FIRST.length - 1, at + 1) };
}
