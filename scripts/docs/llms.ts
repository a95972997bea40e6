/**
 * llms.txt: the documentation for programs that read, one line a page (llmstxt.org).
 *
 * @module
 */
import { filesUnder, textOf } from '../../test/support/source-scan.ts';

const FOLDERS: readonly (readonly [string, (file: string) => boolean])[] = [
  ['Learn', (file) => file === 'docs/tutorial.md'],
  ['How to', (file) => file.startsWith('docs/how-to/')],
  ['Reference', (file) => file.startsWith('docs/reference/') || file === 'docs/storage-schema.md'],
  ['Explanation', (file) => file.startsWith('docs/explanation/') || /docs\/(?:architecture|states)\.md/.test(file)],
];

/** What the index says of the pages, by file: the words behind the link. */
function indexed(): ReadonlyMap<string, string> {
  const rows = textOf('docs/README.md').matchAll(/^- \[[^\]]+\]\(([\w/.-]+)\): (\S[^\n]*(?:\n {2}\S[^\n]*)*)$/gm);
  return new Map([...rows].map(([, file = '', words = '']) => [`docs/${file}`, words.replaceAll(/\s+/g, ' ')]));
}

/** Title of a page, and what the index or its own first sentence says of it. */
function entry(file: string, said: string | undefined): string {
  const text = textOf(file);
  const title = /^# (.+)$/m.exec(text)?.[1] ?? file;
  if (said !== undefined) return `- [${title}](${file}): ${said}`;
  const body = text
    .slice(text.indexOf('\n'))
    .replaceAll(/<!--[\s\S]*?-->/g, '')
    .split('\n\n')
    .map((part) => part.trim())
    .find((part) => /^[A-Z_*`[]/.test(part) && !part.startsWith('```'));
  const sentence = /^(?:`[^`]*`|[^`])*?[.:](?=\s|$)/
    .exec(body ?? '')?.[0]
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/\[([^\]]+)\]\([^)]*\)/g, '$1');
  return `- [${title}](${file})${sentence === undefined ? '' : `: ${sentence.replace(/:$/, '.')}`}`;
}

/** The file. */
export function llmsText(): string {
  const files = filesUnder('docs', '.md').toSorted();
  const said = indexed();
  const parts = FOLDERS.map(
    ([title, isOf]) =>
      `## ${title}\n\n${files
        .filter(isOf)
        .map((file) => entry(file, said.get(file)))
        .join('\n')}`,
  );
  return `${[
    '# Holdfast',
    '> Keeps MCP servers connected, signed in and honest about their state: a library, a command line and a daemon over one fleet.',
    'Five statuses: connected, pending, needs-auth, failed, disabled. Every server has a reason, one sentence and a next step. `holdfast status --json`, `holdfast doctor --json` and `holdfast events` are for programs; every recovery can be typed.',
    ...parts,
  ].join('\n\n')}\n`;
}
