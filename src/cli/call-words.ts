/**
 * The words of `call` → the arguments of a tool.
 *
 * @module
 */
import { jsonObject } from './commands/add-json.ts';
import { usageError } from './errors.ts';

/** The part of a tool's description that types words. */
interface ToolFacts {
  readonly name?: unknown;
  readonly inputSchema?: { readonly properties?: Readonly<Record<string, { readonly type?: unknown }>> };
}

const PAIR = /^([^=:\s{[][^=:\s]*)(:?=)(.*)$/s;

/** How the words give the arguments: whole JSON, standard input, or pairs. */
export function wordKind(words: readonly string[]): 'none' | 'stdin' | 'json' | 'pairs' {
  const [first] = words;
  if (first === undefined) return 'none';
  if (first === '-') return 'stdin';
  return PAIR.test(first) ? 'pairs' : 'json';
}

function typed(text: string, type: unknown, key: string): unknown {
  if (type === 'string' || type === undefined) return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // A union of types, or a mistake that the server names better than we can.
    if (Array.isArray(type) || type === 'null') return text;
    throw usageError(`${key} must be ${JSON.stringify(type)}, and "${text}" is none`);
  }
}

function pairs(words: readonly string[], tool: ToolFacts | undefined): Readonly<Record<string, unknown>> {
  const properties = tool?.inputSchema?.properties ?? {};
  return Object.fromEntries(
    words.map((word) => {
      const [, key = '', sign, text = ''] = PAIR.exec(word) ?? [];
      if (sign === undefined) throw usageError(`"${word}" is not key=value`);
      if (sign === '=') return [key, typed(text, properties[key]?.type, key)];
      try {
        return [key, JSON.parse(text) as unknown];
      } catch {
        throw usageError(`the value of ${key} is not JSON`, 'key=value gives a text.');
      }
    }),
  );
}

/** The arguments. `tools` are the descriptions that type the pairs. Errors: `ERR_USAGE`. */
export async function callArguments(
  words: readonly string[],
  ask: { readonly tool: string; tools(): Promise<readonly unknown[]>; stdin(): Promise<string> },
): Promise<Readonly<Record<string, unknown>>> {
  const kind = wordKind(words);
  if (kind === 'none') return {};
  if (kind === 'pairs') {
    const tools = (await ask.tools()) as readonly ToolFacts[];
    return pairs(
      words,
      tools.find(({ name }) => name === ask.tool),
    );
  }
  if (words.length > 1) throw usageError('give one JSON object, or key=value words', `"${words[1]}" is one too many.`);
  return jsonObject(kind === 'stdin' ? await ask.stdin() : (words[0] ?? ''), 'the argument');
}
