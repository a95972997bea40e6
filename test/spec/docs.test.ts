/**
 * The generated documents are those of the code. `npm run docs` writes them.
 *
 * @module
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { PAGES } from '../../scripts/docs/pages.ts';
import { transitions } from '../../scripts/docs/states.ts';
import { ROOT, filesUnder, textOf } from '../support/source-scan.ts';

const WRITES = process.env['HOLDFAST_WRITE_DOCS'] === '1';

function write(path: string, text: string): void {
  mkdirSync(dirname(join(ROOT, path)), { recursive: true });
  writeFileSync(join(ROOT, path), text);
}

describe('[house.docs] generated documents', () => {
  test.each(Object.entries(PAGES))('%s says what the code does (npm run docs writes it)', (path, make) => {
    const made = make();
    if (WRITES) write(path, made);
    expect(existsSync(join(ROOT, path)) ? readFileSync(join(ROOT, path), 'utf8') : 'not there').toBe(made);
    expect(made).not.toMatch(/\bundefined\b|\[object /);
  });

  test('are the only files of the reference', () => {
    expect(filesUnder('docs/reference', '.md').filter((file) => !(file in PAGES))).toEqual([]);
  });

  test('the search through the states meets every state and the ways that matter', () => {
    const ways = transitions().map(({ from, event, to }) => `${from} -${event}-> ${to}`);
    expect(ways).toEqual(
      expect.arrayContaining([
        'connecting -opened-> connected',
        'connecting -fault that can pass-> waiting',
        'connecting -fault that can pass-> failed',
        'connecting -fault that stays-> failed',
        'connecting -wants authentication-> needs-auth',
        'waiting -the time has come-> connecting',
        'waiting -stop-> failed',
        'connected -lost-> waiting',
        'connected -lost and rejected-> needs-auth',
        'failed -opened-> connected',
        'needs-auth -opened-> connected',
        'disabled -start-> connecting',
      ]),
    );
    expect(
      ways.filter((way) => /^(?:disabled|blocked) -(?:reconnect|retry now|a call|the time has come)->/.test(way)),
    ).toEqual([]);
  });
});

const LINK = /\]\((?!https?:|mailto:)([^)\s]+)\)/g;
const anchorsOf = (markdown: string): ReadonlySet<string> =>
  new Set(
    [...markdown.matchAll(/^#+ (.+)$/gm)].map((match) =>
      (match[1] ?? '')
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\s-]/gu, '')
        .trim()
        .replaceAll(/\s/g, '-'),
    ),
  );

describe('links between documents', () => {
  const documents = [
    ...filesUnder('docs', '.md'),
    ...['README.md', 'AGENTS.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'SECURITY.md'].filter((file) =>
      existsSync(join(ROOT, file)),
    ),
  ];

  test('are seen', () => {
    expect(documents.length).toBeGreaterThan(10);
  });

  test.each(documents)('of %s lead somewhere', (file) => {
    const broken = [...textOf(file).matchAll(LINK)]
      .map((match) => match[1] ?? '')
      .filter((link) => {
        const [path = '', anchor] = link.split('#');
        const target = path === '' ? join(ROOT, file) : join(ROOT, dirname(file), path);
        if (!existsSync(target)) return true;
        return anchor !== undefined && !anchorsOf(readFileSync(target, 'utf8')).has(anchor);
      });
    expect(broken).toEqual([]);
  });
});
