/**
 * docs/reference/library.md: the public names of the library and the first sentence of each, read from the sources.
 *
 * @module
 */
import { documentationOf, exportsOf } from '../../test/support/public-names.ts';
import type { Exported } from '../../test/support/public-names.ts';
import { code, page, table } from './markdown.ts';

/** The documentation up to its first full stop, on one line. */
function sentenceOf(exported: Exported): string {
  const text = documentationOf(exported)
    .replaceAll(/^\s*\* ?/gm, '')
    .replaceAll(/\s+/g, ' ')
    .trim();
  return /^.*?[.:;](?= |$)/.exec(text)?.[0].replace(/[:;]$/, '.') ?? text;
}

function section(title: string, index: string): readonly string[] {
  const rows = exportsOf(index).map((exported) => [
    code(exported.name),
    exported.type ? 'type' : 'value',
    sentenceOf(exported),
  ]);
  return [`## ${title}`, table(['name', '', 'what it is for'], rows)];
}

/** The page. */
export function libraryPage(): string {
  return page('Library', '`src/index.ts` and `src/testing/index.ts`', [
    'The names of both entrances. Parameters, units and errors stand in the declarations that come with the package.',
    ...section('`holdfast`', 'src/index.ts'),
    ...section('`holdfast/testing`', 'src/testing/index.ts'),
  ]);
}
