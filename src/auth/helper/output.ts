/**
 * Reads what a headersHelper printed: one JSON object of strings (BEHAVIOUR §6).
 *
 * @module
 */
import { safeLine } from '../../base/safe-text.ts';
import { Secret, type Redactor } from '../../base/secret.ts';
import { headerProblem } from '../../net/header-rule.ts';

/** The headers, or what is wrong as a sentence without any value. */
export type HelperOutput =
  | { readonly ok: true; readonly headers: Readonly<Record<string, Secret>> }
  | { readonly ok: false; readonly problem: string };

/** Parses and checks stdout. Every string in it is registered with the redactor first, also when the rest is refused. */
export function parseHelperOutput(stdout: string, redactor: Redactor): HelperOutput {
  const text = stdout.replace(/^\uFEFF/, '').trim();
  if (text === '') return { ok: false, problem: 'it printed nothing on stdout' };
  const printed = parseJson(text);
  if (typeof printed !== 'object' || printed === null || Array.isArray(printed))
    return { ok: false, problem: 'stdout is not one JSON object; messages for people belong on stderr' };
  const pairs = Object.entries(printed);
  redactor.add(...pairs.map(([, value]) => (typeof value === 'string' ? value : undefined)));
  const problem = firstProblem(pairs);
  if (problem !== undefined) return { ok: false, problem };
  return { ok: true, headers: Object.fromEntries(pairs.map(([name, value]) => [name, new Secret(String(value))])) };
}

/** `undefined` stands for "no JSON": the words of `JSON.parse` quote the text, which may be a secret. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function firstProblem(pairs: readonly (readonly [string, unknown])[]): string | undefined {
  const seen = new Set<string>();
  for (const [name, value] of pairs) {
    if (typeof value !== 'string') return `the value of "${safeLine(name, 60)}" is not a string`;
    const problem = headerProblem(name, value);
    if (problem !== undefined) return `a header ${problem}`;
    if (seen.has(name.toLowerCase())) return `the header ${name} comes twice`;
    seen.add(name.toLowerCase());
  }
  return undefined;
}
