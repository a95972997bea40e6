/**
 * `${VAR}` and `${VAR:-default}` in the texts of an entry. `$VAR` alone is text.
 *
 * @module
 */

/** The variables of a text, expanded or not. */
export type Expanded =
  | {
      readonly ok: true;
      readonly text: string;
      /** Values that stand in the text now. */ readonly values: readonly string[];
    }
  | { readonly ok: false; readonly missing: string };

/** A text taken apart. */
type Piece =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'variable'; readonly name: string; readonly fallback?: readonly Piece[] };

const HEAD = /\$\{([A-Za-z_]\w*)(\}|:-)/y;
/** Defaults inside defaults, at most. */
const DEEPEST = 20;

interface Read {
  readonly pieces: readonly Piece[];
  readonly end: number;
  /** A default that nothing closes is text, like everything in it that is no variable. */
  readonly isClosed: boolean;
}

/** Pieces up to the end of the text; inside a default (`depth` > 0) up to the `}` that closes it. Reads each character once. */
function piecesOf(text: string, start: number, depth: number): Read {
  const pieces: Piece[] = [];
  let at = start;
  let plainFrom = start;
  const flush = (): void => {
    if (plainFrom < at) pieces.push({ kind: 'text', text: text.slice(plainFrom, at) });
  };
  for (; at < text.length; at += 1) {
    const character = text[at];
    if (depth > 0 && character === '}') {
      flush();
      return { pieces, end: at + 1, isClosed: true };
    }
    const found = character === '$' && depth < DEEPEST ? variableAt(text, at, depth) : undefined;
    if (found === undefined) continue;
    flush();
    pieces.push(...found.pieces);
    plainFrom = found.end;
    at = found.end - 1;
  }
  flush();
  return { pieces, end: at, isClosed: false };
}

function variableAt(text: string, at: number, depth: number): Read | undefined {
  HEAD.lastIndex = at;
  const head = HEAD.exec(text);
  const [whole, name, mark] = head ?? [];
  if (whole === undefined || name === undefined) return undefined;
  const behind = at + whole.length;
  if (mark === '}') return { pieces: [{ kind: 'variable', name }], end: behind, isClosed: true };
  const inner = piecesOf(text, behind, depth + 1);
  const pieces: readonly Piece[] = inner.isClosed
    ? [{ kind: 'variable', name, fallback: inner.pieces }]
    : [{ kind: 'text', text: whole }, ...inner.pieces];
  return { ...inner, pieces };
}

function expandPieces(pieces: readonly Piece[], variables: Readonly<Record<string, string>>): Expanded {
  let text = '';
  const values: string[] = [];
  for (const piece of pieces) {
    if (piece.kind === 'text') {
      text += piece.text;
      continue;
    }
    const value = Object.hasOwn(variables, piece.name) ? variables[piece.name] : undefined;
    // As in the shell, `:-` also replaces an empty value.
    if (piece.fallback === undefined ? value !== undefined : value !== undefined && value !== '') {
      text += value;
      values.push(value as string);
      continue;
    }
    if (piece.fallback === undefined) return { ok: false, missing: piece.name };
    const inner = expandPieces(piece.fallback, variables);
    if (!inner.ok) return inner;
    text += inner.text;
    values.push(...inner.values);
  }
  return { ok: true, text, values };
}

/** The text with its variables replaced. Values are not expanded again. */
export function expand(text: string, variables: Readonly<Record<string, string>>): Expanded {
  if (!text.includes('${')) return { ok: true, text, values: [] };
  return expandPieces(piecesOf(text, 0, 0).pieces, variables);
}

function namesIn(pieces: readonly Piece[]): readonly string[] {
  return pieces.flatMap((piece) => (piece.kind === 'variable' ? [piece.name, ...namesIn(piece.fallback ?? [])] : []));
}

/** Names of the variables in a text, those with a default included, in the order in which they stand. */
export function namesOf(text: string): readonly string[] {
  return text.includes('${') ? namesIn(piecesOf(text, 0, 0).pieces) : [];
}

/** `${env:NAME}`, `${input:id}` and other forms of other programs, which stay as they are. */
export function foreignForms(text: string): readonly string[] {
  return text.match(/\$\{(?:env|input|file|op|user_config)[.:][^{}]*\}/g) ?? [];
}
