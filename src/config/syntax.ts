/**
 * The syntax of the files: JSON with comments and trailing commas, and what is wrong with it in words.
 *
 * @module
 */
import { parseTree, printParseErrorCode } from 'jsonc-parser';
import type { Node, ParseError } from 'jsonc-parser';
import { Lines } from './lines.ts';

const WORDS: Readonly<Record<string, string>> = {
  InvalidSymbol: 'unexpected text',
  InvalidNumberFormat: 'a number is not written right',
  PropertyNameExpected: 'a property name in double quotes is expected',
  ValueExpected: 'a value is expected',
  ColonExpected: 'a colon is expected',
  CommaExpected: 'a comma is expected',
  CloseBraceExpected: 'the closing } is missing',
  CloseBracketExpected: 'the closing ] is missing',
  EndOfFileExpected: 'there is text after the end',
  InvalidCommentToken: 'a comment is not written right',
  UnexpectedEndOfComment: 'a comment does not end',
  UnexpectedEndOfString: 'a string does not end',
  UnexpectedEndOfNumber: 'a number does not end',
  InvalidUnicode: String.raw`a \u escape is not written right`,
  InvalidEscapeCharacter: 'an escape in a string is not known',
  InvalidCharacter: 'a control character stands in a string',
};
const BYTE_ORDER_MARK = '\uFEFF';
const NUL = '\0';
const UNREADABLE = '\uFFFD';

/** The text without its byte order mark, and that mark. */
export function splitMark(text: string): { readonly mark: string; readonly body: string } {
  return text.startsWith(BYTE_ORDER_MARK)
    ? { mark: BYTE_ORDER_MARK, body: text.slice(BYTE_ORDER_MARK.length) }
    : { mark: '', body: text };
}

/** A syntax tree, or what is wrong: `line:column: what`. */
export type Tree = { readonly ok: true; readonly root: Node } | { readonly ok: false; readonly problem: string };

function problemAt(text: string, offset: number, what: string): Tree {
  const { line, column } = new Lines(text).at(offset);
  return { ok: false, problem: `${line}:${column}: ${what}` };
}

function parsed(text: string, errors: ParseError[]): Node | 'too-deep' | undefined {
  try {
    return parseTree(text, errors, { allowTrailingComma: true });
  } catch (error) {
    if (error instanceof RangeError) return 'too-deep';
    throw error;
  }
}

/** Parses a text without byte order mark. An empty text is a problem too: it is what a file looks like while it is rewritten. */
export function treeOf(text: string): Tree {
  if (text.trim() === '') return { ok: false, problem: '1:1: the file is empty' };
  const errors: ParseError[] = [];
  const root = parsed(text, errors);
  if (root === 'too-deep') return { ok: false, problem: '1:1: the file is nested too deeply' };
  const [first] = errors;
  const strange = [NUL, UNREADABLE].map((mark) => text.indexOf(mark)).filter((at) => at >= 0);
  if ((first !== undefined || root === undefined) && strange.length > 0)
    return problemAt(text, Math.min(...strange), 'this is not UTF-8 text');
  if (first !== undefined)
    return problemAt(text, first.offset, WORDS[printParseErrorCode(first.error)] ?? 'this is not JSON');
  if (root?.type !== 'object') return problemAt(text, root?.offset ?? 0, 'the file must hold one JSON object');
  return { ok: true, root };
}
