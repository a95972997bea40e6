/**
 * Answers become faults and errors by status, errno and header alone.
 *
 * @module
 */
import { describe, expect, test } from 'vitest';
import { classifyCall, classifyConnect, faultMessage } from '../../../src/core/classify.ts';
import type { ConnectContext } from '../../../src/core/classify.ts';
import type { Answer, CallFault, Fault } from '../../../src/core/fault.ts';
import { REASONS } from '../../../src/core/reasons.ts';
import { FAULT_TABLE, bearer, contextOf } from '../../spec/fault-table.ts';

const NOTHING: ConnectContext = { sent: 'none', offersOAuth: false, tokenHeld: false };

const http = (status: number, sent: CallFault['sent'] = 'rejected', rest: Partial<Answer> = {}): CallFault => ({
  kind: 'http',
  sent,
  answer: { kind: 'http', status, challenges: [], ...rest } as Answer,
  text: `HTTP ${status}`,
});
const network = (errno: string, sent: CallFault['sent']): CallFault => ({
  kind: 'network',
  sent,
  answer: { kind: 'network', errno },
  text: errno,
});

describe('on connect', () => {
  test.each(FAULT_TABLE.map((row) => ({ ...row, title: `[${row.id}] ${row.what}` })))(
    '$title is $status, $reason',
    (row) => {
      const { reason } = classifyConnect(row.answer, contextOf(row));
      expect(reason).toBe(row.reason);
      expect(REASONS[reason].status).toBe(row.status);
      expect(REASONS[reason].persistence === 'transient').toBe(row.quick);
    },
  );

  test('[connect.401-headers] [connect.403-headers] [connect.helper-rejected] [connect.401-token] no 401 or 403 is ever retried quickly', () => {
    const contexts = (['none', 'headers', 'helper', 'oauth'] as const).flatMap((sent) =>
      [true, false].flatMap((offersOAuth) => [true, false].map((tokenHeld) => ({ sent, offersOAuth, tokenHeld }))),
    );
    for (const status of [401, 403])
      for (const context of contexts) {
        const fault = classifyConnect({ kind: 'http', status, challenges: [] }, context);
        expect(REASONS[fault.reason]).toMatchObject({ status: 'needs-auth' });
        expect(fault).toMatchObject({ httpStatus: status, offersOAuth: context.offersOAuth });
      }
  });

  test('[connect.offers-sign-in-too] a server that rejects headers and advertises OAuth keeps that fact', () => {
    const answer: Answer = { kind: 'http', status: 401, challenges: [] };
    expect(classifyConnect(answer, { ...NOTHING, sent: 'headers', offersOAuth: true })).toEqual({
      reason: 'credentials-rejected',
      httpStatus: 401,
      offersOAuth: true,
    });
  });

  test.each(['bearer', 'dpop'])('[connect.step-up] the scopes that are missing are told: %s', (scheme) => {
    const params = { error: 'insufficient_scope', scope: ' files:read  files:write' };
    const challenges = [{ scheme, params }];
    const fault = classifyConnect(
      { kind: 'http', status: 403, challenges },
      { sent: 'oauth', offersOAuth: true, tokenHeld: true },
    );
    expect(fault).toMatchObject({ reason: 'step-up-required', missingScopes: ['files:read', 'files:write'] });
  });

  test.each([
    ['another scheme', { scheme: 'digest', params: { error: 'insufficient_scope' } }],
    ['another error', bearer({ error: 'invalid_token' })],
  ])('[connect.403-bare] insufficient_scope counts only as an error of Bearer or DPoP: %s', (_what, challenge) => {
    const fault = classifyConnect(
      { kind: 'http', status: 403, challenges: [challenge] },
      { sent: 'oauth', offersOAuth: true, tokenHeld: true },
    );
    expect(fault.reason).toBe('forbidden');
  });

  test.each([
    [429, 'http-429'],
    [503, 'http-5xx'],
    [408, 'timeout'],
  ] as const)('[connect.429] the Retry-After of a %d is kept', (status, reason) => {
    const fault = classifyConnect({ kind: 'http', status, challenges: [], retryAfterMs: 7_000 }, NOTHING);
    expect(fault).toEqual({ reason, httpStatus: status, retryAfterMs: 7_000 });
  });

  test('[connect.404-410] the Retry-After of an answer that is not retried is left out', () => {
    const fault = classifyConnect({ kind: 'http', status: 404, challenges: [], retryAfterMs: 7_000 }, NOTHING);
    expect(fault).toEqual({ reason: 'http-404', httpStatus: 404 });
  });

  test('[connect.redirected] the target of the redirect is kept', () => {
    const location = 'https://elsewhere.example/mcp';
    expect(classifyConnect({ kind: 'http', status: 308, challenges: [], location }, NOTHING)).toEqual({
      reason: 'redirected',
      httpStatus: 308,
      redirectTo: location,
    });
  });

  test('[call.never-by-text] the text of an answer never changes its meaning', () => {
    const lies = ['401 Unauthorized', 'ECONNREFUSED', 'rate limit exceeded', '<html>', 'insufficient_scope'];
    for (const row of FAULT_TABLE)
      for (const text of lies) {
        const answer = { ...row.answer, text } as Answer;
        expect(classifyConnect(answer, contextOf(row)).reason).toBe(row.reason);
      }
  });
});

describe('the sentence of a fault', () => {
  const cases: readonly (readonly [string, Fault, string])[] = [
    ['a status', { reason: 'http-5xx', httpStatus: 503 }, 'The server answered with a server error (HTTP 503).'],
    [
      'a wait',
      { reason: 'http-429', httpStatus: 429, retryAfterMs: 29_500 },
      'The server asks to be contacted less often (HTTP 429, asks to wait 30 s).',
    ],
    [
      'an exit code and the last line of stderr',
      { reason: 'exited', exit: { code: 3, signal: null, stderr: ['starting', 'Error: no token', ''] } },
      'The server process ended (exit code 3): Error: no token',
    ],
    [
      'the line of a crash that says something',
      {
        reason: 'exited',
        exit: {
          code: 1,
          signal: null,
          stderr: [
            'node:internal/modules/cjs/loader:1210',
            '  throw err;',
            '',
            "Error: Cannot find module '/srv/notes.js'",
            '    at Module._resolveFilename (node:internal/modules/cjs/loader:1207:15) {',
            "  code: 'MODULE_NOT_FOUND',",
            '}',
            '',
            'Node.js v20.20.2',
          ],
        },
      },
      "The server process ended (exit code 1): Error: Cannot find module '/srv/notes.js'",
    ],
    [
      'the last line where no line says more',
      { reason: 'exited', exit: { code: 1, signal: null, stderr: ['  indented', ''] } },
      'The server process ended (exit code 1): indented',
    ],
    [
      'a signal',
      { reason: 'crash-loop', exit: { code: null, signal: 'SIGSEGV', stderr: [] } },
      'The server process ended again and again (signal SIGSEGV).',
    ],
    [
      'the target of a redirect',
      { reason: 'redirected', httpStatus: 307, redirectTo: 'https://b.example/mcp' },
      'The server redirects to another origin; headers are never sent there (HTTP 307): https://b.example/mcp',
    ],
    [
      'the place in the configuration',
      {
        reason: 'config-invalid',
        detail: 'url: not a url',
        at: { file: '/p/.mcp.json', line: 4, pointer: 'mcpServers.a.url' },
      },
      'The entry is not valid; nothing was sent (/p/.mcp.json:4 mcpServers.a.url): url: not a url',
    ],
    [
      'the place in a configuration that could not be read that far',
      { reason: 'config-invalid', at: { file: '/p/.mcp.json', line: 0, pointer: '' } },
      'The entry is not valid; nothing was sent (/p/.mcp.json).',
    ],
    [
      'the place only once',
      {
        reason: 'variable-missing',
        detail: 'TOKEN in headers.Authorization (/p/.mcp.json:4)',
        at: { file: '/p/.mcp.json', line: 4, pointer: 'mcpServers.a.headers.Authorization' },
      },
      'The entry names an environment variable that has no value and no default: TOKEN in headers.Authorization (/p/.mcp.json:4)',
    ],
    [
      'the missing scopes',
      { reason: 'step-up-required', httpStatus: 403, missingScopes: ['a', 'b'] },
      'The server wants more rights than the sign-in has (HTTP 403, missing: a b).',
    ],
    ['nothing to add', { reason: 'refused', detail: 'ECONNREFUSED' }, 'Nothing listens at the address of the server.'],
  ];

  test.each(cases)(
    '[connect.exited] [connect.redirected] [connect.config-invalid] has %s',
    (_what, fault, sentence) => {
      expect(faultMessage(fault)).toBe(sentence);
    },
  );

  test('[connect.403-bare] a bare 403 names a firewall or proxy as a possible cause', () => {
    expect(faultMessage({ reason: 'forbidden', httpStatus: 403 })).toMatch(/firewall or proxy/);
  });

  test('[security.safe-text] text of a server is made harmless', () => {
    const stderr = ['\u001B[2J\u001B]0;owned\u0007bad\u202E thing'];
    expect(faultMessage({ reason: 'exited', exit: { code: 1, signal: null, stderr } })).toBe(
      'The server process ended (exit code 1): bad thing',
    );
  });
});

describe('on a call', () => {
  const rpc = { code: -32_000, message: 'Upstream said 401 Unauthorized', data: { upstream: 401 } };

  const cases: readonly (readonly [string, string, CallFault, string, Record<string, unknown>])[] = [
    ['call.401-once', '401', http(401), 'ERR_NEEDS_AUTH', { reason: 'credentials-required', httpStatus: 401 }],
    ['call.403-bare', 'a bare 403', http(403), 'ERR_FORBIDDEN', { reason: 'forbidden', httpStatus: 403 }],
    [
      'call.403-scope',
      '403 insufficient_scope',
      http(403, 'rejected', { challenges: [bearer({ error: 'insufficient_scope', scope: 'a b' })] }),
      'ERR_FORBIDDEN',
      { missingScopes: ['a', 'b'] },
    ],
    [
      'call.429',
      '429',
      http(429, 'rejected', { retryAfterMs: 9_000 }),
      'ERR_RATE_LIMITED',
      { reason: 'http-429', retryAfterMs: 9_000 },
    ],
    ['call.5xx', '503', http(503, 'maybe'), 'ERR_UNREACHABLE', { reason: 'http-5xx', httpStatus: 503 }],
    ['call.5xx', '408', http(408, 'maybe'), 'ERR_CALL_TIMEOUT', { reason: 'timeout' }],
    ['call.5xx', 'a 404 that a new session did not heal', http(404), 'ERR_UNREACHABLE', { reason: 'http-404' }],
    [
      'call.5xx',
      'a reset after it was sent',
      network('ECONNRESET', 'maybe'),
      'ERR_INTERRUPTED',
      { reason: 'reset', sent: 'maybe' },
    ],
    ['call.5xx', 'a reset before it was sent', network('ECONNRESET', 'no'), 'ERR_UNREACHABLE', { sent: 'no' }],
    ['call.5xx', 'a refused connection', network('ECONNREFUSED', 'no'), 'ERR_UNREACHABLE', { reason: 'refused' }],
    ['call.5xx', 'the time-out of the network', network('UND_ERR_HEADERS_TIMEOUT', 'maybe'), 'ERR_CALL_TIMEOUT', {}],
    [
      'call.5xx',
      'the limit of the call',
      { kind: 'timeout', sent: 'maybe', text: 'no answer' },
      'ERR_CALL_TIMEOUT',
      { sent: 'maybe' },
    ],
    [
      'reconnect.in-flight',
      'a session closed under it',
      { kind: 'closed', sent: 'maybe', text: 'closed' },
      'ERR_INTERRUPTED',
      {},
    ],
    [
      'reconnect.in-flight',
      'a session closed before it was sent',
      { kind: 'closed', sent: 'no', text: 'closed' },
      'ERR_UNREACHABLE',
      {},
    ],
    [
      'call.5xx',
      'a process that ended',
      {
        kind: 'closed',
        sent: 'maybe',
        answer: { kind: 'exit', exit: { code: 1, signal: null, stderr: ['boom'] } },
        text: 'ended',
      },
      'ERR_INTERRUPTED',
      { reason: 'exited' },
    ],
    ['call.5xx', 'a cancel', { kind: 'cancelled', sent: 'maybe', text: 'cancelled' }, 'ERR_CALL_CANCELLED', {}],
    [
      'call.5xx',
      'an answer against the protocol',
      { kind: 'protocol', sent: 'maybe', answer: { kind: 'protocol', text: 'x' }, text: 'x' },
      'ERR_UNREACHABLE',
      { reason: 'protocol-error' },
    ],
    [
      'call.5xx',
      'an answer over our limit',
      { kind: 'protocol', sent: 'maybe', answer: { kind: 'protocol', text: 'x', tooLarge: 'answer' }, text: 'x' },
      'ERR_UNREACHABLE',
      { reason: 'protocol-error' },
    ],
    [
      'call.5xx',
      'a call over our limit',
      { kind: 'protocol', sent: 'no', answer: { kind: 'protocol', text: 'x', tooLarge: 'call' }, text: 'x' },
      'ERR_USAGE',
      {},
    ],
    [
      'call.rpc-verbatim',
      'a JSON-RPC error',
      { kind: 'rpc', sent: 'maybe', rpc, text: rpc.message },
      'ERR_RPC',
      { rpc },
    ],
    [
      'call.never-by-text',
      'an upstream 401 wrapped into an error',
      { kind: 'rpc', sent: 'maybe', rpc, text: '401' },
      'ERR_RPC',
      { rpc },
    ],
  ];

  test.each(cases.map(([id, what, fault, code, data]) => ({ title: `[${id}] ${what}`, fault, code, data })))(
    '$title gives $code',
    ({ fault, code, data }) => {
      const error = classifyCall(fault);
      expect(error.code).toBe(code);
      expect(error.data).toMatchObject({ sent: fault.sent, ...data });
      expect(error.hint).toMatch(/^[A-Z].*\.$/);
      expect(error.message).not.toBe('');
    },
  );

  test('[call.rpc-verbatim] the message of a JSON-RPC error is passed on as it is', () => {
    expect(classifyCall({ kind: 'rpc', sent: 'maybe', rpc, text: 'other' }).message).toBe(rpc.message);
  });

  test('[call.403-bare] a 403 on a call is about that call, whatever the entry sends', () => {
    const error = classifyCall(http(403), { ...NOTHING, sent: 'headers' });
    expect(error).toMatchObject({ code: 'ERR_FORBIDDEN', data: { reason: 'forbidden' } });
    expect(error.message).toMatch(/forbids/);
  });

  test('[call.401-once] a 401 of a server with headers says that they were rejected', () => {
    const error = classifyCall(http(401), { ...NOTHING, sent: 'headers' });
    expect(error).toMatchObject({ code: 'ERR_NEEDS_AUTH', data: { reason: 'credentials-rejected' } });
  });
});
