/**
 * What a headersHelper may print.
 *
 * @module
 */
import { describe, expect, test } from 'vitest';
import { Redactor } from '../../../../src/base/secret.ts';
import { parseHelperOutput } from '../../../../src/auth/helper/output.ts';

describe('[helper.output] stdout of a helper', () => {
  test.each([
    ['{}', {}],
    ['{"Authorization":"Bearer CANARY-1"}', { Authorization: 'Bearer CANARY-1' }],
    ['\uFEFF\n {"A":"1",\n"B":""} \n', { A: '1', B: '' }],
    ['{"A":"1","A":"2"}', { A: '2' }],
  ])('%s gives headers', (stdout, expected) => {
    const output = parseHelperOutput(stdout, new Redactor());
    expect(output.ok).toBe(true);
    if (!output.ok) return;
    const revealed = Object.entries(output.headers).map(([name, secret]) => [name, secret.reveal()]);
    expect(Object.fromEntries(revealed)).toEqual(expected);
    expect(JSON.stringify(output)).not.toContain('CANARY');
  });

  test.each([
    ['', 'it printed nothing on stdout'],
    [' \n', 'it printed nothing on stdout'],
    ['Bearer CANARY', 'stdout is not one JSON object; messages for people belong on stderr'],
    ['{"A":"CANARY"', 'stdout is not one JSON object; messages for people belong on stderr'],
    ['log\n{"A":"CANARY"}', 'stdout is not one JSON object; messages for people belong on stderr'],
    ['{"A":"CANARY"}{"B":"1"}', 'stdout is not one JSON object; messages for people belong on stderr'],
    ['["A","CANARY"]', 'stdout is not one JSON object; messages for people belong on stderr'],
    ['"CANARY"', 'stdout is not one JSON object; messages for people belong on stderr'],
    ['null', 'stdout is not one JSON object; messages for people belong on stderr'],
    ['{"A":1}', 'the value of "A" is not a string'],
    ['{"A":null}', 'the value of "A" is not a string'],
    ['{"A":["CANARY"]}', 'the value of "A" is not a string'],
    ['{"A":"x","a":"CANARY"}', 'the header a comes twice'],
    ['{"a b":"CANARY"}', 'a header has a name with characters that no header name can have'],
    ['{"A":"CANARY\\r\\nB: 1"}', 'a header is A with a line break or another character that no header can carry'],
    ['{"Host":"CANARY"}', 'a header is Host, which the connection sets itself'],
    ['{"Mcp-Session-Id":"CANARY"}', 'a header is Mcp-Session-Id, which the protocol sets itself'],
  ])('%s is refused: %s', (stdout, problem) => {
    expect(parseHelperOutput(stdout, new Redactor())).toEqual({ ok: false, problem });
  });

  test('every string is known to the redactor afterwards, also when the output is refused', () => {
    const redactor = new Redactor();
    parseHelperOutput('{"A":"Bearer CANARY-ONE","B":"CANARY-TWO","C":3}', redactor);
    expect(redactor.redact('x CANARY-ONE y CANARY-TWO z')).toBe('x [secret] y [secret] z');
  });
});
