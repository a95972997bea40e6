/**
 * The parts of the doctor that need no machine: characters, clocks, and what an answer, a login or a helper's end means.
 *
 * @module
 */
import { describe, expect, test } from 'vitest';
import { Secret } from '../../../src/base/secret.ts';
import type { Patient } from '../../../src/core/doctor.ts';
import type { HelperRun } from '../../../src/core/ports.ts';
import { characterFindings, unseenIn } from '../../../src/doctor/characters.ts';
import { clockFindings } from '../../../src/doctor/clock.ts';
import { helperFinding } from '../../../src/doctor/patient.ts';
import { VIEW } from '../../support/cli-rig.ts';
import { snapshotOf } from '../../support/recording-fleet.ts';

const SOURCE = { client: 'holdfast', scope: 'own', file: '/f.json', line: 3, pointer: 'mcpServers.a' } as const;

function patient(headers: Readonly<Record<string, string>>, helperRun?: HelperRun): Patient {
  const secrets = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, new Secret(value)]));
  return {
    name: 'a',
    entry: {
      name: 'a',
      source: SOURCE,
      key: 'k',
      endpoint: { kind: 'http', url: 'https://a.example/mcp', headers: secrets },
      settings: { protocolEra: 'auto', numbers: {} },
      signIn: 'headers',
    },
    snapshot: snapshotOf('a'),
    helperRun,
  };
}

describe('[doctor.characters] characters that nobody sees', () => {
  test.each([
    ['sk-plain-and-good', undefined],
    ['', undefined],
    ['two words', undefined],
    ['key\n', 'a line break (U+000A) at its end'],
    ['\uFEFFkey', 'a byte order mark (U+FEFF) at its begin'],
    ['ke\u200By', 'a zero width space (U+200B) at place 3'],
    ['a\u00A0b', 'a no-break space (U+00A0) at place 2'],
    ['\u201Ckey\u201D', 'a typographic quotation mark (U+201C) at its begin'],
    ['a\u0007b', 'a control character (U+0007) at place 2'],
    [' key', 'white space at its begin or end'],
  ])('%j', (value, expected) => {
    expect(unseenIn(value)).toBe(expected);
  });

  test('are told by field and file, and the value is not', () => {
    const ask = {
      view: { ...VIEW, variables: { KEY: 'canary\u200B' } },
      patients: [patient({ 'X-Key': 'canary\u00A0x' })],
      variables: ['KEY'],
    };
    const found = characterFindings(ask);
    expect(found.map(({ server, text }) => [server, text])).toEqual([
      [undefined, 'the value of KEY has a zero width space (U+200B) at its end'],
      ['a', 'headers.X-Key has a no-break space (U+00A0) at place 7'],
    ]);
    expect(JSON.stringify(found)).not.toContain('canary');
    expect(found[1]?.hint).toContain('/f.json:3');
  });
});

describe('[doctor.clock] the clock', () => {
  test.each<[string, readonly number[], string]>([
    ['is right', [0, 900, -2_000], 'ok'],
    ['is right, and one server is wrong', [500, 3_600_000, -200], 'ok'],
    ['is ahead', [600_000, 601_000, 0, 599_000], 'warning: 10 min ahead of'],
    ['is behind', [-90_000], 'warning: 90 s behind'],
  ])('%s', (_what, ahead, expected) => {
    const [finding] = clockFindings(ahead);
    const [level, words = ''] = expected.split(': ');
    expect(finding?.level).toBe(level);
    expect(finding?.text).toContain(words);
  });

  test('is not judged where no server says its time', () => {
    expect(clockFindings([])).toEqual([]);
  });
});

describe('[doctor.helper] a headersHelper', () => {
  const run = (more: Partial<HelperRun>): HelperRun => ({
    at: 0,
    durationMs: 12,
    exitCode: 0,
    headerNames: ['Authorization'],
    stderr: [],
    outcome: 'ok',
    ...more,
  });

  test.each<[HelperRun | undefined, string, string]>([
    [run({}), 'ok', 'it gave Authorization in 12 ms'],
    [run({ headerNames: [] }), 'ok', 'no header'],
    [
      run({ outcome: 'helper-failed', exitCode: 3, stderr: ['first', 'no ticket'] }),
      'problem',
      'ended with 3: no ticket',
    ],
    [run({ outcome: 'helper-timeout', exitCode: null }), 'problem', 'took too long'],
    [run({ outcome: 'helper-bad-output' }), 'problem', 'did not print one JSON object'],
    [undefined, 'note', 'has not run yet'],
  ])('%#', (helperRun, level, text) => {
    const finding = helperFinding(patient({}, helperRun));
    expect(finding.level).toBe(level);
    expect(finding.text).toContain(text);
    expect(finding.hint !== undefined).toBe(level !== 'ok');
  });
});
