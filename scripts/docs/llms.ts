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

/** Title and first sentence of a page. */
function entry(file: string): string {
  const text = textOf(file);
  const title = /^# (.+)$/m.exec(text)?.[1] ?? file;
  const body = text
    .slice(text.indexOf('\n'))
    .replaceAll(/<!--[\s\S]*?-->/g, '')
    .split('\n\n')
    .map((part) => part.trim())
    .find((part) => /^[A-Z_*`[]/.test(part) && !part.startsWith('```'));
  const sentence = /^[\s\S]*?[.:](?=\s|$)/
    .exec(body ?? '')?.[0]
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/\[([^\]]+)\]\([^)]*\)/g, '$1');
  return `- [${title}](${file})${sentence === undefined ? '' : `: ${sentence.replace(/:$/, '.')}`}`;
}

/** The file. */
export function llmsText(): string {
  const files = filesUnder('docs', '.md').toSorted();
  const parts = FOLDERS.map(([title, isOf]) => `## ${title}\n\n${files.filter(isOf).map(entry).join('\n')}`);
  return `${[
    '# Holdfast',
    '> Keeps MCP servers connected, signed in and honest about their state: a library, a command line and a daemon over one fleet.',
    'Five statuses: connected, pending, needs-auth, failed, disabled. Every server has a reason, one sentence and a next step. `holdfast status --json`, `holdfast doctor --json` and `holdfast events` are for programs; every recovery can be typed.',
    ...parts,
  ].join('\n\n')}\n`;
}
