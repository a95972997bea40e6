/**
 * The hand cases of the `WWW-Authenticate` parser.
 *
 * @module
 */
import { describe, expect, test } from 'vitest';
import type { Challenge } from '../../../src/core/fault.ts';
import { bearerParam, parseChallenges } from '../../../src/net/challenge.ts';

const c = (scheme: string, params: Record<string, string> = {}, token68?: string): Challenge =>
  token68 === undefined ? { scheme, params } : { scheme, token68, params };

/** RFC 9110 as it is written: every one of these has exactly one reading. */
const LEGAL: readonly (readonly [string, string | readonly string[] | null, readonly Challenge[]])[] = [
  ['no header', null, []],
  ['no line', [], []],
  ['an empty header', '', []],
  ['only commas and blanks', ' , ,\t, ', []],
  ['a scheme alone', 'Negotiate', [c('negotiate')]],
  ['a scheme in capitals', 'BEARER', [c('bearer')]],
  ['one parameter as a token', 'Bearer error=invalid_token', [c('bearer', { error: 'invalid_token' })]],
  ['one quoted parameter', 'Basic realm="simple"', [c('basic', { realm: 'simple' })]],
  ['a name in capitals', 'Bearer ERROR="x"', [c('bearer', { error: 'x' })]],
  ['a value whose case counts', 'Bearer scope="Read WRITE"', [c('bearer', { scope: 'Read WRITE' })]],
  ['white space around "="', 'Bearer error \t= \t"x"', [c('bearer', { error: 'x' })]],
  ['two blanks after the scheme', 'Bearer  error="x"', [c('bearer', { error: 'x' })]],
  ['no blank after a comma', 'Bearer a=1,b=2', [c('bearer', { a: '1', b: '2' })]],
  ['blanks before a comma', 'Bearer a="1"  , b="2"', [c('bearer', { a: '1', b: '2' })]],
  ['empty list elements', ', Bearer a=1,, ,b=2,', [c('bearer', { a: '1', b: '2' })]],
  ['an empty element before the first parameter', 'Bearer , a=1', [c('bearer', { a: '1' })]],
  ['an empty quoted value', 'Bearer realm=""', [c('bearer', { realm: '' })]],
  ['an escaped quote', String.raw`Bearer realm="a \"b\" c"`, [c('bearer', { realm: 'a "b" c' })]],
  ['an escaped backslash', String.raw`Bearer realm="a\\", error="x"`, [c('bearer', { realm: 'a\\', error: 'x' })]],
  ['an escaped letter', String.raw`Bearer realm="\a\b"`, [c('bearer', { realm: 'ab' })]],
  ['commas inside quotes', 'Bearer realm="a, b, c", error="x"', [c('bearer', { realm: 'a, b, c', error: 'x' })]],
  ['a parameter inside quotes', 'Bearer realm="error=\'y\', scope=z"', [c('bearer', { realm: "error='y', scope=z" })]],
  ['a challenge inside quotes', 'Basic realm="x, Bearer error=y"', [c('basic', { realm: 'x, Bearer error=y' })]],
  ['text of other alphabets', 'Basic realm="Grüße"', [c('basic', { realm: 'Grüße' })]],
  ['token68', 'Negotiate YWJj', [c('negotiate', {}, 'YWJj')]],
  ['token68 with padding', 'Negotiate YWJjZA==', [c('negotiate', {}, 'YWJjZA==')]],
  ['token68 with all its marks', 'X a-._~+/b=', [c('x', {}, 'a-._~+/b=')]],
  ['token68, then another scheme', 'NTLM TlRM=, Bearer a=1', [c('ntlm', {}, 'TlRM='), c('bearer', { a: '1' })]],
  ['what looks like token68 is a parameter', 'X abc=def', [c('x', { abc: 'def' })]],
  ['two schemes without parameters', 'Negotiate, NTLM', [c('negotiate'), c('ntlm')]],
  [
    'two challenges in one header',
    'Basic realm="r", Bearer error="e", scope="s"',
    [c('basic', { realm: 'r' }), c('bearer', { error: 'e', scope: 's' })],
  ],
  [
    'the example of RFC 9110 §11.6.1',
    'Basic realm="simple", Newauth realm="apps", type=1, title="Login to \\"apps\\""',
    [c('basic', { realm: 'simple' }), c('newauth', { realm: 'apps', type: '1', title: 'Login to "apps"' })],
  ],
  ['one scheme twice', 'Bearer a=1, Bearer a=2', [c('bearer', { a: '1' }), c('bearer', { a: '2' })]],
  [
    'header lines as an array',
    ['Basic realm="r"', 'Bearer a=1'],
    [c('basic', { realm: 'r' }), c('bearer', { a: '1' })],
  ],
  ['a list over two lines', ['Bearer a=1', 'b=2'], [c('bearer', { a: '1', b: '2' })]],
  ['a folded line', 'Bearer a=1,\r\n b=2', [c('bearer', { a: '1', b: '2' })]],
  ['a name that only ends like another', 'Bearer x_error="y"', [c('bearer', { x_error: 'y' })]],
  ['every mark of a token', "X !#$%&'*+-.^_`|~=1", [c('x', { "!#$%&'*+-.^_`|~": '1' })]],
  [
    'the header of an MCP server',
    'Bearer resource_metadata="https://h.example/.well-known/oauth-protected-resource/mcp", scope="a b"',
    [c('bearer', { resource_metadata: 'https://h.example/.well-known/oauth-protected-resource/mcp', scope: 'a b' })],
  ],
];

/** Against the grammar, but sent: read as far as it is certain. */
const BROKEN: readonly (readonly [string, string | readonly string[], readonly Challenge[]])[] = [
  ['a quote that never ends loses only itself', 'Bearer a=1, b="x', [c('bearer', { a: '1' })]],
  ['and hides what follows it', 'Bearer realm="x, error=y', [c('bearer')]],
  ['a backslash at the end', 'Bearer a=1, b="x\\', [c('bearer', { a: '1' })]],
  [
    'a quote that never ends stops at its line',
    ['Basic realm="x', 'Bearer a=1'],
    [c('basic'), c('bearer', { a: '1' })],
  ],
  ['a missing comma between parameters', 'Bearer a="1" b="2"', [c('bearer', { a: '1', b: '2' })]],
  ['an unquoted URL', 'Bearer u=https://h/p?q=1, e=x', [c('bearer', { u: 'https://h/p?q=1', e: 'x' })]],
  ['an unquoted list', 'Bearer scope=a b, error=x', [c('bearer', { scope: 'a', error: 'x' })]],
  ['a parameter twice: the first counts', 'Bearer a=1, a=2', [c('bearer', { a: '1' })]],
  ['a parameter without a scheme', 'error="x"', []],
  ['then a scheme', 'error="x", Bearer a=1', [c('bearer', { a: '1' })]],
  ['no value', 'Bearer a=, b=2', [c('bearer', { b: '2' }, 'a=')]],
  ['a word before "=" is a name, not a scheme', 'Bearer ="x", b=2', []],
  ['text behind a value', 'Bearer a="1"junk, b=2', [c('bearer', { a: '1', b: '2' })]],
  ['a decoy in the text behind a value', 'Bearer a="1";", error=y", b=2', [c('bearer', { a: '1', b: '2' })]],
  ['a second scheme without a comma', 'Bearer a="1" Basic realm="r"', [c('bearer', { a: '1' })]],
  ['a scheme that is no token', 'Bea(rer a=1, Basic realm="r"', [c('basic', { realm: 'r' })]],
  ['parameters behind token68', 'Bearer invalid_token, a=1', [c('bearer', { a: '1' }, 'invalid_token')]],
  ['control characters', '\u0000\u0001Bearer a=1, Basic', [c('basic')]],
  ['only quotes', '""""', []],
  ['only marks', '=,=,="', []],
  [
    'names that objects have already',
    'X __proto__=1, constructor=2',
    [c('x', { ['__proto__']: '1', constructor: '2' })],
  ],
];

describe('[net.challenges] WWW-Authenticate', () => {
  test.each(LEGAL)('%s is read by the letter', (_what, header, expected) => {
    expect(parseChallenges(header)).toStrictEqual(expected);
  });

  test.each(BROKEN)('%s is read as far as it is certain', (_what, header, expected) => {
    expect(parseChallenges(header)).toStrictEqual(expected);
  });

  test('a parameter is taken from the first Bearer or DPoP challenge that has it, and from no other scheme', () => {
    const challenges = parseChallenges('Basic error="no", Bearer realm="r", DPoP error="yes", Bearer error="late"');
    expect(bearerParam(challenges, 'Error')).toBe('yes');
    expect(bearerParam(challenges, 'scope')).toBeUndefined();
    expect(bearerParam(challenges, 'toString')).toBeUndefined();
  });

  test('what stands beyond 16 KiB is ignored', () => {
    const [challenge] = parseChallenges(`Bearer a=1, pad="${'x'.repeat(20_000)}", error="late"`);
    expect(challenge).toStrictEqual(c('bearer', { a: '1' }));
  });

  test.each([
    ['quotes', '"'.repeat(16_384)],
    ['backslashes', `Bearer a="${'\\'.repeat(16_000)}`],
    ['commas', ','.repeat(16_384)],
    ['blanks', `Bearer a${' '.repeat(16_000)}b`],
    ['half parameters', 'a= '.repeat(5_000)],
    ['whole parameters', 'Bearer a=b '.repeat(1_400)],
    ['schemes', 'a '.repeat(8_000)],
    ['token68', `Bearer ${'a'.repeat(16_000)}"`],
    ['equals signs', `Bearer a${'='.repeat(16_000)}"`],
  ])('16 KiB of %s cost next to nothing', (_what, header) => {
    const start = performance.now();
    for (let i = 0; i < 20; i += 1) parseChallenges(header);
    // Linear reading needs about 1 ms each; a quadratic one needs seconds.
    expect((performance.now() - start) / 20).toBeLessThan(50);
  });
});
