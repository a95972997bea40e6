/**
 * `webhooks` in memory: what is listed, what a test says, and how it ends.
 *
 * @module
 */
import { describe, expect, test } from 'vitest';
import { Secret } from '../../../src/base/secret.ts';
import { CALLS_FOR_PERSON } from '../../../src/core/webhook.ts';
import type { Webhook, WebhookList, WebhookTry } from '../../../src/core/webhook.ts';
import { cliRig } from '../../support/cli-rig.ts';
import type { CliRig } from '../../support/cli-rig.ts';

const FILE = '/home/me/.config/holdfast/servers.json';
const at = (index: number) => ({ file: FILE, line: index + 4, pointer: `webhooks[${index}]`, index });
const HOOKS: readonly Webhook[] = [
  {
    url: 'https://hooks.example/SECRET-PATH?token=CANARY',
    written: 'https://hooks.example/${HOOK_ID}?token=${TOKEN}',
    events: CALLS_FOR_PERSON,
    secret: new Secret('a-secret-of-the-test'),
    source: at(0),
  },
  {
    url: 'http://127.0.0.1:8080/all',
    written: 'http://127.0.0.1:8080/all',
    events: ['*'],
    servers: ['db'],
    source: at(2),
  },
];
const BAD = { ...at(1), text: 'the variable OPS of url is not set' };
const LIST: WebhookList = { hooks: HOOKS, problems: [] };
const failed = (more: Partial<WebhookTry>): WebhookTry => ({
  took: false,
  answer: 'x',
  durationMs: 3,
  id: 'test_9',
  ...more,
});
const rigOf = (webhooks: WebhookList, tryWebhook?: (hook: Webhook) => WebhookTry | undefined, daemon = false): CliRig =>
  cliRig({ webhooks, daemon, ...(tryWebhook === undefined ? {} : { tryWebhook }) });

describe('[webhook.test] webhooks', () => {
  test('lists each as it is written, with the line, also those that are not used, and calls none', async () => {
    const rig = rigOf({ hooks: HOOKS, problems: [BAD] });
    expect(await rig.type('webhooks')).toBe(0);
    expect(rig.out).toBe(
      [
        'NO  WEBHOOK                                       EVENTS                                                      SERVERS  SIGNED  SOURCE',
        '1   https://hooks.example/${HOOK_ID}              server.gave_up auth.required auth.failed approval.required  all      yes     ~/.config/holdfast/servers.json:4',
        '2   not used: the variable OPS of url is not set  –                                                           –        –       ~/.config/holdfast/servers.json:5',
        '3   http://127.0.0.1:8080/all                     *                                                           db       no      ~/.config/holdfast/servers.json:6',
        '',
      ].join('\n'),
    );
    expect(rig.tested).toEqual([]);
  });

  test('without any says so; a test of none is a mistake', async () => {
    const rig = rigOf({ hooks: [], problems: [] });
    expect(await rig.type('webhooks')).toBe(0);
    expect(rig.out).toBe(
      'No webhook is configured.\nThey stand in "webhooks" of the file that "holdfast config path" names.\n',
    );
    expect(await rig.type('webhooks', 'test')).toBe(2);
    expect(rig.err).toContain('no webhook is configured');
  });

  test('sends a test that ends with 0 when all have taken it, and says what each answered and how fast', async () => {
    const rig = rigOf(LIST);
    expect(await rig.type('webhooks', 'test')).toBe(0);
    expect(rig.out).toBe(
      [
        'NO  WEBHOOK                           TEST   ANSWER    TIME  SOURCE',
        '1   https://hooks.example/${HOOK_ID}  taken  HTTP 204  12ms  ~/.config/holdfast/servers.json:4',
        '2   http://127.0.0.1:8080/all         taken  HTTP 204  12ms  ~/.config/holdfast/servers.json:6',
        '',
      ].join('\n'),
    );
    expect(rig.err).toBe('2 of 2 took the test.\n');
    expect(rig.tested).toEqual([HOOKS]);
  });

  test.each<[string, Partial<WebhookTry>, RegExp]>([
    ['a closed port', { answer: 'ECONNREFUSED', reason: 'refused' }, /Nobody listens there: start the receiver/],
    ['an unknown name', { answer: 'ENOTFOUND', reason: 'dns' }, /The name has no address/],
    ['a strange certificate', { answer: 'CERT_HAS_EXPIRED', reason: 'tls' }, /certificate is not trusted/],
    ['silence', { answer: 'timeout', reason: 'timeout' }, /must answer within 15 s/],
    ['a proxy', { answer: 'ECONNREFUSED', reason: 'proxy' }, /look at HTTPS_PROXY/],
    ['a broken line', { answer: 'ECONNRESET', reason: 'reset' }, /The connection broke.*test_9/],
    ['401', { httpStatus: 401 }, /look at its url and secret/],
    ['404', { httpStatus: 404 }, /Nothing is at this address/],
    ['410', { httpStatus: 410 }, /asks never to be called again/],
    ['429', { httpStatus: 429 }, /asked less often/],
    ['302', { httpStatus: 302, redirectTo: 'https://new.example/a' }, /\(https:\/\/new\.example\/a\)/],
    ['422', { httpStatus: 422 }, /does not take it: look into its log for webhook-id test_9/],
    ['503', { httpStatus: 503 }, /is in trouble: look into its log for webhook-id test_9/],
  ])('after %s it says what to do and where it is written, and ends with 4', async (_what, more, next) => {
    const rig = rigOf(LIST, (hook) => (hook === HOOKS[1] ? failed(more) : undefined));
    expect(await rig.type('webhooks', 'test')).toBe(4);
    expect(rig.out).toMatch(/Next:\n {2}2: /);
    expect(rig.out).toMatch(next);
    expect(rig.out).toContain('It stands at ~/.config/holdfast/servers.json:6.');
    expect(rig.err).toBe('1 of 2 took the test.\n');
    expect(rig.out).not.toMatch(/CANARY|SECRET-PATH|a-secret/);
  });

  test.each<[string, readonly string[], readonly Webhook[]]>([
    ['its number', ['2'], [HOOKS[1] as Webhook]],
    ['its address', ['http://127.0.0.1:8080/all'], [HOOKS[1] as Webhook]],
    ['the address as it is shown', ['https://hooks.example/${HOOK_ID}'], [HOOKS[0] as Webhook]],
    ['twice the same', ['1', 'https://hooks.example/${HOOK_ID}'], [HOOKS[0] as Webhook]],
  ])('tests one alone by %s', async (_how, words, hooks) => {
    const rig = rigOf(LIST);
    expect(await rig.type('webhooks', 'test', ...words)).toBe(0);
    expect(rig.tested).toEqual([hooks]);
  });

  test.each([
    [['test', '7'], 'no webhook is "7"'],
    [['test', 'https://other.example/'], 'no webhook is "https://other.example/"'],
    [['tset'], 'webhooks has no "tset"'],
    [['list', '1'], 'takes no more words'],
  ])('webhooks %j is wrong usage and sends nothing', async (words, why) => {
    const rig = rigOf(LIST);
    expect(await rig.type('webhooks', ...words)).toBe(2);
    expect(rig.err).toContain(why);
    expect(rig.tested).toEqual([]);
  });

  test('one that cannot be used as it is written ends with 2, and does not keep the others from the test', async () => {
    const rig = rigOf({ hooks: HOOKS, problems: [BAD] });
    expect(await rig.type('webhooks', 'test')).toBe(2);
    expect(rig.tested).toEqual([HOOKS]);
    expect(rig.out).toContain(
      '2: It is not used: the variable OPS of url is not set. Mend it at ~/.config/holdfast/servers.json:5.',
    );
    expect(rig.err).toBe('2 of 3 took the test.\n');
  });

  test('a file that cannot be read is told, and ends with 2', async () => {
    const rig = rigOf({
      hooks: [],
      problems: [{ file: FILE, line: 0, pointer: '', index: 0, text: '1:2: a value is expected' }],
    });
    expect(await rig.type('webhooks', 'test')).toBe(2);
    expect(rig.out).toContain(`${FILE}: 1:2: a value is expected`);
  });

  test('beside a daemon it says that the daemon has variables of its own', async () => {
    const rig = rigOf(LIST, undefined, true);
    expect(await rig.type('webhooks', 'test')).toBe(0);
    expect(rig.err).toContain('The daemon (pid 4321) sends with its own: holdfast doctor');
  });

  test('--json is one record with every try, its next step, and no secret', async () => {
    const rig = rigOf({ hooks: HOOKS, problems: [BAD] }, (hook) =>
      hook === HOOKS[0] ? failed({ answer: 'HTTP 503', httpStatus: 503 }) : undefined,
    );
    const got = await rig.json('webhooks', 'test', '--json');
    expect(got).toEqual({
      schema: 'webhook-test/v1',
      ok: false,
      problems: [],
      webhooks: [
        {
          number: 1,
          url: 'https://hooks.example/${HOOK_ID}',
          events: CALLS_FOR_PERSON,
          signed: true,
          source: { file: FILE, line: 4, pointer: 'webhooks[0]' },
          took: false,
          answer: 'HTTP 503',
          httpStatus: 503,
          durationMs: 3,
          id: 'test_9',
          next: 'The receiver is in trouble: look into its log for webhook-id test_9.',
        },
        expect.objectContaining({ number: 3, took: true, httpStatus: 204, durationMs: 12 }),
        expect.objectContaining({ number: 2, took: false, problem: BAD.text }),
      ],
    });
    expect(rig.out).not.toMatch(/CANARY|SECRET-PATH|a-secret/);
  });
});
