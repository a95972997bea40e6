import { describe, expect, test } from 'vitest';
import type { Answer } from '../../../src/core/fault.ts';
import { disprovesLegacy, judgeProbe } from '../../../src/transport/era.ts';
import type { ProbeOutcome, Verdict } from '../../../src/transport/era.ts';

const MODERN = '2026-07-28';
const LEGACY = ['2025-11-25', '2025-06-18'];
const http = (status: number): Answer => ({ kind: 'http', status, challenges: [] });
const answer = (what: Answer, code?: number): ProbeOutcome => ({
  kind: 'answer',
  answer: what,
  ...(code === undefined ? {} : { rpc: { code, message: '' } }),
});
const rpc = (code: number, data?: unknown): ProbeOutcome => ({
  kind: 'rpc',
  error: { code, message: 'x', ...(data === undefined ? {} : { data }) },
});

describe('[transport.era-by-body] what the answer to server/discover says', () => {
  const ROWS: readonly (readonly [string, ProbeOutcome, Verdict['kind']])[] = [
    ['a result with our version', { kind: 'result', result: { supportedVersions: ['2030-01-01', MODERN] } }, 'modern'],
    ['a result with a version of initialize', { kind: 'result', result: { supportedVersions: LEGACY } }, 'legacy'],
    ['a result with unknown versions', { kind: 'result', result: { supportedVersions: ['2030-01-01'] } }, 'answer'],
    ['a result that is none', { kind: 'result', result: { tools: [] } }, 'legacy'],
    ['a result with odd versions', { kind: 'result', result: { supportedVersions: [1] } }, 'legacy'],
    ['-32022 with versions of initialize', rpc(-32_022, { supported: LEGACY }), 'legacy'],
    ['-32022 with unknown versions', rpc(-32_022, { supported: ['2030-01-01'] }), 'answer'],
    ['-32022 without a list', rpc(-32_022), 'legacy'],
    ['-32020', rpc(-32_020), 'answer'],
    ['-32021', rpc(-32_021, { requiredCapabilities: {} }), 'answer'],
    ['-32601', rpc(-32_601), 'legacy'],
    ['-32602', rpc(-32_602), 'legacy'],
    ['-32001', rpc(-32_001), 'legacy'],
    ['silence', { kind: 'silent' }, 'legacy'],
    ['a page for people', answer({ kind: 'not-mcp', status: 200 }), 'legacy'],
    ['broken JSON', answer({ kind: 'protocol', text: '' }), 'legacy'],
    ['the deadline', answer({ kind: 'timeout' }), 'answer'],
    ['a reset', answer({ kind: 'network', errno: 'ECONNRESET' }), 'answer'],
    ['the end of the process', answer({ kind: 'exit', exit: { code: 1, signal: null, stderr: [] } }), 'answer'],
    ...[400, 402, 404, 405, 406, 409, 410, 415, 418, 422].map(
      (status) => [`HTTP ${status}`, answer(http(status)), 'legacy'] as const,
    ),
    ...[302, 401, 403, 407, 408, 425, 429, 500, 501, 502, 503].map(
      (status) => [`HTTP ${status}`, answer(http(status)), 'answer'] as const,
    ),
    ['HTTP 400 with a modern error', answer(http(400), -32_021), 'answer'],
    ['HTTP 400 with another error', answer(http(400), -32_000), 'legacy'],
    ['HTTP 401 with a JSON-RPC error', answer(http(401), -32_601), 'answer'],
  ];

  test.each(ROWS)('%s', (_, outcome, kind) => {
    expect(judgeProbe(outcome, MODERN, LEGACY).kind).toBe(kind);
  });

  test('the version that both know is the one to go on with', () => {
    const result = { supportedVersions: [MODERN] };
    expect(judgeProbe({ kind: 'result', result }, MODERN, LEGACY)).toEqual({
      kind: 'modern',
      version: MODERN,
      discover: result,
    });
  });

  test('[transport.unsupported-version] on -32022 a version that both know is asked for, also the refused one if the server names it', () => {
    const outcome = rpc(-32_022, { supported: [MODERN] });
    expect(judgeProbe(outcome, '2099-01-01', LEGACY)).toEqual({ kind: 'again', version: MODERN });
    expect(judgeProbe(outcome, MODERN, LEGACY)).toEqual({ kind: 'again', version: MODERN });
    const other = rpc(-32_022, { supported: ['2099-01-01'] });
    expect(judgeProbe(other, MODERN, LEGACY)).toMatchObject({ kind: 'answer', answer: { kind: 'version' } });
  });

  test('versions that a server names are harmless as text', () => {
    const verdict = judgeProbe({ kind: 'result', result: { supportedVersions: ['\u001B[2J\nx'] } }, MODERN, LEGACY);
    expect(verdict).toMatchObject({
      answer: { kind: 'version', text: expect.stringMatching(/^the server speaks\s+x$/) },
    });
  });
});

describe('[transport.era-remembered] a refused initialize disproves a remembered legacy era', () => {
  test.each([
    ['by a modern error', http(400), -32_022, true],
    ['by "no such method"', { kind: 'protocol', text: '' } as const, -32_601, true],
    ['by an HTTP refusal', http(405), undefined, true],
    ['not by 401', http(401), undefined, false],
    ['not by 503', http(503), undefined, false],
    ['not by a reset', { kind: 'network', errno: 'ECONNRESET' } as const, undefined, false],
    ['not by another error', { kind: 'protocol', text: '' } as const, -32_603, false],
  ])('%s', (_, what, code, expected) => {
    const error = code === undefined ? undefined : { code, message: '' };
    expect(disprovesLegacy(what, error)).toBe(expected);
  });
});
