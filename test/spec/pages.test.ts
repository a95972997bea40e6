/**
 * What the pages tell a reader to type is what the program takes, and the pages that people look for are there.
 *
 * @module
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { GIVEN, READ } from '../../scripts/docs/environment.ts';
import { COMMANDS } from '../../src/cli/commands.ts';
import { parse } from '../../src/cli/parse.ts';
import { NUMBERS } from '../../src/core/numbers.ts';
import { WEBHOOK_LIMITS } from '../../src/webhooks/delivery.ts';
import { blocksOf, commandsIn } from '../support/shell-words.ts';
import { filesUnder, textOf } from '../support/source-scan.ts';

const PAGES = [...filesUnder('docs', '.md').filter((file) => !file.startsWith('docs/decisions/')), 'README.md'];
/** In a table or a sentence: words that end a command there and are no part of it. */
const INLINE = /`holdfast ([^`\n]+)`/g;

function faultOf(words: readonly string[]): string | undefined {
  try {
    parse(words, COMMANDS);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Commands with something left out cannot be typed as they stand. */
const isWhole = (words: readonly string[]): boolean => !words.some((word) => word === '…' || word === '...');

function typedIn(markdown: string): readonly (readonly string[])[] {
  const inBlocks = blocksOf(markdown, ['sh', 'bash']).flatMap(({ text }) => commandsIn(text));
  const inText = [...markdown.matchAll(INLINE)]
    .map((match) => match[1] ?? '')
    // A verb alone is a mention of it.
    .filter((words) => !COMMANDS.some(({ name }) => name === words))
    .flatMap((words) => commandsIn(`holdfast ${words}`));
  return [...inBlocks, ...inText]
    .filter(([program, ...words]) => program === 'holdfast' && isWhole(words))
    .map(([, ...words]) => words);
}

describe('[docs.commands] the commands of a page', () => {
  test.each(PAGES)('%s: the program takes each of them', (file) => {
    const bad = typedIn(textOf(file)).flatMap((words) => {
      const fault = faultOf(words);
      return fault === undefined ? [] : [`holdfast ${words.join(' ')}: ${fault}`];
    });
    expect(bad).toEqual([]);
  });

  test('are seen, and a wrong one would be', () => {
    expect(PAGES.flatMap((file) => typedIn(textOf(file))).length).toBeGreaterThan(150);
    expect(faultOf(['reconect', 'x'])).toContain('no verb');
    expect(faultOf(['reconnect', '--now'])).toContain('--now');
    expect(
      commandsIn('A=1 holdfast call x y \'{"a": 1}\' --json | jq . # note\nif holdfast wait; then echo; fi'),
    ).toEqual([['holdfast', 'call', 'x', 'y', '{"a": 1}', '--json'], ['jq', '.'], ['holdfast', 'wait'], ['echo']]);
  });
});

describe('[docs.environment] the variables', () => {
  test('that the sources name are documented, or set a number', () => {
    const known = new Set([
      ...Object.keys(READ),
      ...GIVEN.map(([name]) => name),
      ...Object.values(NUMBERS).map(({ env }) => env),
      ...GIVEN.flatMap(([, , meaning]) => [...meaning.matchAll(/`([A-Z_]+)`/g)].map((match) => match[1])),
      // Between two processes of ours, and the name of a dialect.
      'HOLDFAST_GUARDIAN',
      'MCP_JSON',
    ]);
    const named = filesUnder('src').flatMap((file) =>
      [...textOf(file).matchAll(/\b(?:HOLDFAST|MCP|CLAUDE)_[A-Z_]+\b/g)].map((match) => match[0]),
    );
    expect([...new Set(named)].filter((name) => !known.has(name))).toEqual([]);
    expect(new Set(named).size).toBeGreaterThan(50);
  });
});

describe('[docs.man] the manual page', () => {
  const text = textOf('man/holdfast.1');
  const reader = spawnSync('groff', ['--version']).status === 0 ? 'groff' : 'our own check';

  test(`is read without a warning (by ${reader})`, () => {
    const macros = text.split('\n').filter((line) => /^[.']/.test(line));
    expect(macros.filter((line) => !/^\.(?:TH|SH|SS|TP|IP|RS|RE)(?: |$)|^\.\\" /.test(line))).toEqual([]);
    for (const { name } of COMMANDS)
      expect(text).toContain(String.raw`\fBholdfast ${name.replaceAll('-', String.raw`\-`)}\fR`);
    if (reader !== 'groff') return;
    const ran = spawnSync('groff', ['-man', '-ww', '-Tutf8', '-P-cbou'], { input: text });
    expect(String(ran.stderr)).toBe('');
    expect(String(ran.stdout)).toMatch(/EXIT STATUS[\s\S]*needs authentication/);
  });

  test('is shipped', () => {
    const { man, files } = JSON.parse(textOf('package.json')) as { man: string; files: readonly string[] };
    expect(man).toBe('./man/holdfast.1');
    expect(files).toContain('man');
  });
});

test('[docs.llms] llms.txt names every page that is for users', () => {
  const text = textOf('llms.txt');
  const missing = filesUnder('docs', '.md').filter(
    (file) => !file.startsWith('docs/decisions/') && file !== 'docs/README.md' && !text.includes(`(${file})`),
  );
  expect(missing).toEqual([]);
});

describe('[docs.pages] the page that answers', () => {
  test.each([
    [
      'needs-auth or failed, 401, 403 on connect, a bare 403',
      'docs/explanation/needs-auth-or-failed.md',
      /## A bare 403/,
    ],
    ['what is retried and what is not', 'docs/explanation/what-is-retried.md', /never talks to a model/],
    ['what to do with a headersHelper', 'docs/how-to/recover-header-servers.md', /Reconnect is the whole\nrecovery/],
    ['why a connected server asks again', 'docs/explanation/step-up.md', /## Why no refresh helps/],
    ['how to recover a stuck server', 'docs/how-to/recover-a-stuck-server.md', /edited by hand/],
    ['what cannot be read', 'docs/explanation/what-it-cannot-read.md', /Connectors in a vendor's account/],
    ['how to keep it running', 'docs/how-to/keep-it-running.md', /launchd/],
  ])('%s is there and in the index', (_what, file, words) => {
    expect(textOf(file)).toMatch(words);
    expect(textOf('docs/README.md')).toContain(file.replace('docs/', ''));
  });

  test('every page but the decisions stands in the index', () => {
    const index = textOf('docs/README.md');
    const missing = filesUnder('docs', '.md')
      .map((file) => file.replace('docs/', ''))
      .filter((file) => file !== 'README.md' && !file.startsWith('decisions/') && !index.includes(`(${file})`));
    expect(missing).toEqual([]);
  });
});

describe('[docs.numbers] numbers that pages written by hand name', () => {
  const spoken = (ms: number): string => (ms >= 60_000 ? `${ms / 60_000} min` : `${ms / 1_000} s`);
  const {
    startupRetries,
    startupDelayMs,
    reconnectTries,
    retryCapMs,
    slowProbeCapMs,
    crashLoopDeaths,
    helperTimeoutMs,
  } = NUMBERS;
  const doubling = Array.from(
    { length: startupRetries.default },
    (_, index) => (startupDelayMs.default * 2 ** index) / 1_000,
  );

  test.each([
    [
      'docs/explanation/what-is-retried.md',
      `${startupRetries.default} retries after ${doubling.slice(0, -1).join(', ')} and ${doubling.at(-1)} s`,
    ],
    [
      'docs/explanation/what-is-retried.md',
      `${reconnectTries.default} tries, 1 s doubling up to ${spoken(retryCapMs.default)}`,
    ],
    ['docs/explanation/what-is-retried.md', `up to ${slowProbeCapMs.default / 60_000} minutes`],
    [
      'docs/explanation/what-is-retried.md',
      crashLoopDeaths.default === 5 ? 'Five\nends in a minute' : 'the number of deaths',
    ],
    ['docs/how-to/recover-header-servers.md', `more than ${spoken(helperTimeoutMs.default)}`],
    ['docs/how-to/webhooks.md', `2xx in ${spoken(WEBHOOK_LIMITS.timeoutMs)}`],
    [
      'docs/how-to/webhooks.md',
      `again after ${WEBHOOK_LIMITS.retryMs.slice(0, -1).map(spoken).join(', ')} and ${spoken(WEBHOOK_LIMITS.retryMs.at(-1) ?? 0)}`,
    ],
  ])('%s: %s', (file, words) => {
    expect(textOf(file).replaceAll(/\s+/g, ' ')).toContain(words.replaceAll(/\s+/g, ' '));
  });
});

const UNIT_KEYS = new Set(
  'Description Documentation After Wants Type ExecStart Restart RestartSec UMask WantedBy'.split(' '),
);

/** What is wrong with a unit, as far as it can be seen without systemd. */
function unitFaults(unit: string): readonly string[] {
  const lines = unit.split('\n').filter((line) => line.trim() !== '');
  const sections = lines.filter((line) => line.startsWith('['));
  const keys = lines.filter((line) => !line.startsWith('['));
  return [
    ...(sections.join() === '[Unit],[Service],[Install]' ? [] : [`sections ${sections.join()}`]),
    ...keys.filter((line) => !UNIT_KEYS.has(line.split('=')[0] ?? '') || !line.includes('=')),
  ];
}

/** What is wrong with the nesting of an XML text. */
function xmlFaults(xml: string): readonly string[] {
  const open: string[] = [];
  const faults: string[] = [];
  for (const [whole, close, name = '', alone] of xml.matchAll(/<(\/?)([a-z]+)\b[^>]*?(\/?)>/g)) {
    if (alone === '/') continue;
    if (close !== '/') open.push(name);
    else if (open.pop() !== name) faults.push(whole);
  }
  return [...faults, ...open];
}

describe('[docs.units] the files for systemd and launchd', () => {
  const page = textOf('docs/how-to/keep-it-running.md');
  const units = blocksOf(page, ['ini']).map(({ text }) => text);
  const [plist = ''] = blocksOf(page, ['xml']).map(({ text }) => text);
  const verifier = spawnSync('systemd-analyze', ['--version']).status === 0 ? 'systemd-analyze' : 'our own check';

  test(`the units are good (by ${verifier})`, () => {
    expect(units).toHaveLength(2);
    expect(units.flatMap(unitFaults)).toEqual([]);
    expect(unitFaults('[Unit]\nExecStrat=x\n[Service]\n[Install]')).toEqual(['ExecStrat=x']);
    if (verifier !== 'systemd-analyze') return;
    const folder = mkdtempSync(join(tmpdir(), 'hf-units-'));
    try {
      const names = ['holdfast.service', 'holdfast-gateway.service'];
      for (const [index, unit] of units.entries())
        writeFileSync(join(folder, names[index] ?? ''), unit.replace('/usr/local/bin/holdfast', process.execPath));
      const ran = spawnSync('systemd-analyze', [
        'verify',
        '--user',
        '--man=no',
        ...names.map((name) => join(folder, name)),
      ]);
      expect(String(ran.stderr)).not.toMatch(/holdfast.*(?:Unknown|Invalid|Failed)/);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  test('each command that a unit or the agent starts is one of the program', () => {
    const starts = [...page.matchAll(/^ExecStart=\S+ (.+)$/gm)].map((match) => match[1]?.split(' ') ?? []);
    const [array = ''] = /<array>[\s\S]*<\/array>/.exec(plist) ?? [];
    const agent = [...array.matchAll(/<string>([^<]*)<\/string>/g)].map((match) => match[1] ?? '').slice(1);
    for (const words of [...starts, agent]) expect(faultOf(words)).toBeUndefined();
    expect(starts).toHaveLength(2);
    expect(agent).toEqual(['daemon', 'run']);
  });

  test('the agent is well-formed, and its keys are those that launchd knows', () => {
    expect(xmlFaults(plist)).toEqual([]);
    expect(xmlFaults('<a><b></a></b>')).not.toEqual([]);
    const keys = [...plist.matchAll(/<key>([^<]*)<\/key>/g)].map((match) => match[1]);
    expect(keys).toEqual(['Label', 'ProgramArguments', 'RunAtLoad', 'KeepAlive', 'SuccessfulExit', 'ProcessType']);
    expect(plist).toMatch(/<string>dev\.holdfast\.daemon<\/string>/);
  });
});
