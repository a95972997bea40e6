/**
 * The public names as they stand in an index file, and the documentation of each where it is declared.
 *
 * @module
 */
import { posix } from 'node:path';
import { textOf } from './source-scan.ts';

/** One public name. */
export interface Exported {
  readonly name: string;
  readonly type: boolean;
  readonly from: string;
}

/** What an index file exports, as it stands there. */
export function exportsOf(index: string): readonly Exported[] {
  return [...textOf(index).matchAll(/export (type )?\{([^}]*)\} from '([^']+)'/g)].flatMap(([, type, names, from]) =>
    (names ?? '')
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== '')
      .map((name) => ({
        name,
        type: type !== undefined,
        from: posix.join(posix.dirname(index), from ?? ''),
      })),
  );
}

/** The sentence above a declaration, looked for where the name is declared. */
export function documentationOf({ name, from }: Exported): string {
  const source = textOf(from);
  const moved = new RegExp(String.raw`export (?:type )?\{[^}]*\b${name}\b[^}]*\} from '([^']+)'`).exec(source)?.[1];
  if (moved !== undefined) return documentationOf({ name, type: false, from: posix.join(posix.dirname(from), moved) });
  const declared = String.raw`\*\/\s*export (?:declare |async |abstract )*(?:const|function\*?|class|interface|type) ${name}\b`;
  return new RegExp(String.raw`\/\*\*((?:(?!\*\/)[\s\S])*)${declared}`).exec(source)?.[1] ?? '';
}
