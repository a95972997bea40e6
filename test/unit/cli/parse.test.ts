import { describe, expect, test } from 'vitest';
import { COMMANDS } from '../../../src/cli/commands.ts';
import { isBuilt, tableFor, VERBS } from '../../../src/cli/verbs.ts';
import { findVerb, parse } from '../../../src/cli/parse.ts';
import { HoldfastError } from '../../../src/base/errors.ts';

const split = (line: string): string[] => (line === '' ? [] : line.split(' '));
const verbOf = (line: string): string => parse(split(line), COMMANDS).row.name;

function refusal(words: readonly string[]): HoldfastError {
  try {
    parse(words, COMMANDS);
  } catch (error) {
    if (error instanceof HoldfastError) return error;
    throw error;
  }
  throw new Error(`${words.join(' ')} was accepted`);
}

describe('a command line names its verb', () => {
  test.each([
    ['', 'status'],
    ['--json', 'status'],
    ['--config a.json', 'status'],
    ['list', 'list'],
    ['ls', 'list'],
    ['--json list', 'list'],
    ['--config list get x', 'get'],
    ['--config=a.json get x', 'get'],
    ['--help', 'help'],
    ['-h', 'help'],
    ['--version', 'version'],
    ['-v', 'version'],
    ['rm x', 'remove'],
  ])('"%s" is %s', (line, verb) => {
    expect(verbOf(line)).toBe(verb);
  });

  test.each([
    ['mcp reconnect notion', 'reconnect', ['notion']],
    ['mcp', 'status', []],
    ['--json mcp reset notion', 'reset', ['notion']],
    ['mcp --json reset notion', 'reset', ['notion']],
    ['mcp get mcp', 'get', ['mcp']],
    ['reconnect mcp', 'reconnect', ['mcp']],
  ])('[cli.mcp-word] in "%s" mcp means nothing as a first word', (line, verb, words) => {
    const { row, args } = parse(split(line), COMMANDS);
    expect(row.name).toBe(verb);
    expect(args.words).toEqual(words);
  });

  test('a name that looks like a verb stays a name', () => {
    expect(parse(['get', 'list'], COMMANDS).args.words).toEqual(['list']);
  });

  test('what stands after -- is never the verb', () => {
    expect(findVerb(['--', 'list'])).toEqual({ verb: undefined, words: ['--', 'list'] });
  });
});

describe('options', () => {
  test('they are read before and after the verb and its arguments', () => {
    const { args } = parse(
      split('--json wait --timeout 1m30s a b --for=settled --config x.json --config y.json'),
      COMMANDS,
    );
    expect(args.words).toEqual(['a', 'b']);
    expect(args.flag('json')).toBe(true);
    expect(args.number('timeout')).toBe(90_000);
    expect(args.text('for')).toBe('settled');
    expect(args.texts('config')).toEqual(['x.json', 'y.json']);
  });

  test('short ones take their value with and without a blank', () => {
    const { args } = parse(split('logs files -n5 -f'), COMMANDS);
    expect(args.number('lines')).toBe(5);
    expect(args.flag('follow')).toBe(true);
  });

  test('after -- everything belongs to the command of the server', () => {
    const { args } = parse(split('add files -e A=1 -- npx -y pkg --json --help'), COMMANDS);
    expect(args.rest).toEqual(['npx', '-y', 'pkg', '--json', '--help']);
    expect(args.flag('json')).toBe(false);
    expect(args.flag('help')).toBe(false);
  });

  test('a verb whose arguments are names takes those after -- as names', () => {
    expect(parse(['get', '--', '-odd'], COMMANDS).args.words).toEqual(['-odd']);
  });

  test('asking for an option that the verb does not have is a programming error', () => {
    expect(() => parse(['list'], COMMANDS).args.flag('follow')).toThrow(TypeError);
  });
});

describe('[cli.nearest] what cannot be understood is refused with what was meant', () => {
  test.each<[string, string, string | undefined]>([
    ['statsu', 'there is no verb "statsu"', 'Did you mean "status"?'],
    ['recconect x', 'there is no verb "recconect"', 'Did you mean "reconnect"?'],
    ['xyzzy', 'there is no verb "xyzzy"', 'Run "holdfast help" to see all verbs.'],
    ['status --jsno', 'status has no option --jsno', 'Did you mean "--json"?'],
    ['add files npx -y pkg', 'add has no option -y', 'Put "--" before the command.'],
    ['get', 'get needs NAME', 'Run "holdfast help get" for examples.'],
    ['call a', 'call needs TOOL', 'Run "holdfast help call" for examples.'],
    ['get a b', 'get takes no argument after NAME', '"b" is one too many.'],
    ['list a', 'list takes no argument', '"a" is one too many.'],
    ['status --wait', '--wait needs a value: --wait DURATION', 'Run "holdfast help status" for examples.'],
    ['status --wait --json', '--wait needs a value: --wait DURATION', 'Run "holdfast help status" for examples.'],
    ['status --wait 20', '--wait needs a duration, not "20"', 'Write 20s, 1m, 500ms or 1m30s.'],
    ['logs a -n x', '-n needs a whole number', undefined],
    ['status --json=yes', '--json takes no value', undefined],
    ['add a -s usr https://x', '-s cannot be "usr"', 'Did you mean "user"?'],
    [
      'wait a --for happy',
      '--for cannot be "happy"',
      'Give one of connected, settled, pending, needs-auth, failed, disabled.',
    ],
  ])('"%s"', (line, message, hint) => {
    const error = refusal(split(line));
    expect({ code: error.code, message: error.message, hint: error.hint }).toEqual({
      code: 'ERR_USAGE',
      message,
      hint,
    });
  });

  test('no verb may be shortened', () => {
    expect(refusal(['recon', 'x']).hint).toContain('reconnect');
  });
});

describe('the command table', () => {
  test('no name is taken twice', () => {
    const names = COMMANDS.flatMap(({ name, aliases }) => [name, ...(aliases ?? [])]);
    expect(new Set(names).size).toBe(names.length);
  });

  test.each(COMMANDS.map((row) => [row.name, row] as const))('%s is whole', async (_name, row) => {
    expect(row.summary).toMatch(/^[^.]+$/);
    expect(row.examples.length).toBeGreaterThan(0);
    expect(typeof (await row.load())).toBe('function');
    const many = (row.args ?? []).findIndex((one) => one.many === true);
    expect(many < 0 || many === (row.args ?? []).length - 1).toBe(true);
  });

  test.each(
    COMMANDS.flatMap(({ examples, name }) =>
      examples.filter(([line]) => !/["'>&]/.test(line)).map(([line]) => [line, name] as const),
    ),
  )('the example "%s" is one of %s', (line, name) => {
    expect(verbOf(line)).toBe(name);
  });

  test('a verb is looked for in the table that has it', async () => {
    for (const [table, verbs] of Object.entries(VERBS)) {
      const rows = await tableFor(verbs[0] ?? '');
      expect([table, rows.flatMap(({ name, aliases }) => [name, ...(aliases ?? [])])]).toEqual([table, verbs]);
      for (const verb of verbs) expect(isBuilt(verb)).toBe(true);
    }
    expect(Object.values(VERBS).flat()).toHaveLength(
      COMMANDS.flatMap(({ name, aliases }) => [name, ...(aliases ?? [])]).length,
    );
    expect(await tableFor('xyzzy')).toBe(COMMANDS);
    expect(isBuilt('xyzzy')).toBe(false);
  });

  test('the verbs are those that were promised', () => {
    const built = COMMANDS.map(({ name }) => name);
    expect(built.toSorted()).toEqual(
      (
        'add add-json approve call completion config credentials daemon demo disable doctor edit enable events explain get help install list login ' +
        'logout logs menu prompts read reconnect reject remove reset resources retry run serve sources status stop token tools ui uninstall version wait webhooks'
      ).split(' '),
    );
  });
});
