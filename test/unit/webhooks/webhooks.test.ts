/**
 * Webhooks over a scripted receiver and a virtual clock: what is sent, signed, sent again and given up.
 *
 * @module
 */
import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { Redactor, Secret } from '../../../src/base/secret.ts';
import { readWebhooks } from '../../../src/config/webhooks.ts';
import type { FleetEvent } from '../../../src/core/events.ts';
import { wants, webhookProblemLine } from '../../../src/core/webhook.ts';
import type { Webhook, WebhookList } from '../../../src/core/webhook.ts';
import { createVirtualClock } from '../../../src/testing/virtual-clock.ts';
import { tryWebhook } from '../../../src/webhooks/trial.ts';
import { headersOf, messageOf } from '../../../src/webhooks/message.ts';
import { Webhooks } from '../../../src/webhooks/webhooks.ts';

const TIME = '2026-01-01T00:00:00.000Z';
const SECRET = 'a-secret-of-the-test';
const event = (seq: number, more: Partial<FleetEvent> = {}): FleetEvent =>
  ({
    seq,
    time: TIME,
    server: 'notion',
    event: 'server.gave_up',
    attempt: seq,
    reason: 'refused',
    ...more,
  }) as FleetEvent;
const hook = (more: Partial<Webhook> = {}): Webhook => ({
  url: 'https://hooks.example/a?token=CANARY',
  events: ['*'],
  ...more,
});

interface Seen {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly at: number;
}
type Answering = (turn: number, signal: AbortSignal) => Response | Promise<Response>;

function world(lists: WebhookList[], answer: Answering = () => new Response(null, { status: 204 })) {
  const clock = createVirtualClock();
  const seen: Seen[] = [];
  const warned: string[] = [];
  const say = (fields: object, message: string): void => void warned.push(`${message} ${JSON.stringify(fields)}`);
  const webhooks = new Webhooks({
    clock,
    random: { next: () => 0.5 },
    logger: { debug: say, info: say, warn: say, error: say },
    fetch: async (url, init = {}) => {
      seen.push({
        url: String(url),
        headers: init.headers as Record<string, string>,
        body: init.body as string,
        at: clock.now(),
      });
      return answer(seen.length, init.signal as AbortSignal);
    },
    read: async () => lists.shift(),
  });
  return { clock, seen, warned, webhooks };
}
const list = (...hooks: Webhook[]): WebhookList => ({ hooks, problems: [] });

describe('[webhook.signed] a delivery', () => {
  test('carries the headers of Standard Webhooks, signed as its own example is', () => {
    const message = { id: 'msg_loFOjxBNrRLzqYUf', body: '{"event_type":"ping","data":{"success":true}}' };
    const key = new Secret('whsec_plJ3nmyCDGBKInavdOK15jsl');
    expect(headersOf(message, 1_731_705_121_000, key)).toMatchObject({
      'webhook-id': 'msg_loFOjxBNrRLzqYUf',
      'webhook-timestamp': '1731705121',
      'webhook-signature': 'v1,rAvfW3dJ/X/qxhsaXPOyyCGmRKsaKWcsNccKXlIktD0=',
    });
    expect(headersOf(message, 0)).not.toHaveProperty('webhook-signature');
  });

  test('is signed anew at every try, under the same id', async () => {
    const { clock, seen, webhooks } = world([list(hook({ secret: new Secret(SECRET) }))], (turn) =>
      turn === 1 ? new Response(null, { status: 500 }) : new Response('ok'),
    );
    webhooks.tell(event(7));
    await clock.advance(5_000);
    expect(seen).toHaveLength(2);
    expect(new Set(seen.map(({ headers }) => headers['webhook-id']))).toEqual(new Set(['evt_7']));
    for (const { headers, body } of seen) {
      const signed = `evt_7.${headers['webhook-timestamp']}.${body}`;
      expect(headers['webhook-signature']).toBe(`v1,${createHmac('sha256', SECRET).update(signed).digest('base64')}`);
    }
    expect(seen[0]?.headers['webhook-timestamp']).not.toBe(seen[1]?.headers['webhook-timestamp']);
    expect(JSON.parse(seen[0]?.body ?? '')).toEqual({ type: 'server.gave_up', timestamp: TIME, data: event(7) });
  });
});

describe('[webhook.retry] a receiver', () => {
  test('that is down is tried seven times over 42 minutes, then given up and said so without its secrets', async () => {
    const url = 'https://hooks.example/CANARY1/a?token=CANARY';
    const { clock, seen, warned, webhooks } = world([list(hook({ url, secret: new Secret(SECRET) }))], () => {
      throw Object.assign(new TypeError('fetch failed'), {
        cause: Object.assign(new Error('x'), { code: 'ECONNREFUSED' }),
      });
    });
    const began = clock.now();
    webhooks.tell(event(1));
    await clock.advance(3 * 3_600_000);
    expect(seen.map(({ at }) => Math.round((at - began) / 1_000))).toEqual([0, 1, 6, 36, 156, 756, 2_556]);
    expect(warned).toHaveLength(1);
    expect(warned[0]).toMatch(/not delivered.*ECONNREFUSED/);
    expect(warned[0]).not.toMatch(/CANARY|a-secret/);
  });

  test('that names a time is not asked before it', async () => {
    const { clock, seen, webhooks } = world([list(hook())], (turn) =>
      turn === 1 ? new Response(null, { status: 429, headers: { 'retry-after': '90' } }) : new Response('ok'),
    );
    const began = clock.now();
    webhooks.tell(event(1));
    await clock.advance(600_000);
    expect(seen.map(({ at }) => at - began)).toEqual([0, 90_000]);
  });

  test('that answers 410 is never asked again', async () => {
    const { clock, seen, webhooks } = world([list(hook())], () => new Response(null, { status: 410 }));
    webhooks.tell(event(1));
    await clock.advance(1_000);
    webhooks.tell(event(2));
    await clock.advance(3_600_000);
    expect(seen).toHaveLength(1);
  });

  test('that redirects is not followed: the message is for one address', async () => {
    const { clock, seen, webhooks } = world([list(hook())], () => Response.redirect('https://elsewhere.example/', 307));
    webhooks.tell(event(1));
    await clock.advance(500);
    expect(seen.map(({ url }) => new URL(url).host)).toEqual(['hooks.example']);
  });

  test('that hangs is left after 15 s, and does not hold up the others', async () => {
    const slow = hook({ url: 'https://slow.example/' });
    const { clock, seen, webhooks } = world(
      [list(slow, hook())],
      (_, signal) =>
        new Promise((resolve, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason as Error));
          void resolve;
        }),
    );
    const began = clock.now();
    webhooks.tell(event(1));
    await clock.advance(17_000);
    const turns = seen.filter(({ url }) => url.includes('slow')).map(({ at }) => at - began);
    expect(turns).toEqual([0, 16_000]);
    expect(seen.some(({ url }) => url.includes('hooks.example'))).toBe(true);
  });
});

describe('the webhooks of a fleet', () => {
  test('[webhook.chosen] get the events and servers that they name', () => {
    const wanted = hook({ events: ['server.gave_up'], servers: ['notion'] });
    expect(wants(wanted, event(1))).toBe(true);
    expect(wants(wanted, event(1, { server: 'other' }))).toBe(false);
    expect(wants(wanted, event(1, { event: 'auth.refreshed' }))).toBe(false);
    expect(wants(hook({ servers: ['notion'] }), { seq: 1, time: TIME, event: 'events.gap', after: 0, next: 2 })).toBe(
      false,
    );
  });

  test('[webhook.chosen] are told once of what two projects see of one server', async () => {
    const { clock, seen, webhooks } = world([list(hook())]);
    webhooks.tell(event(1, { attempt: 4 }));
    webhooks.tell(event(2, { attempt: 4 }));
    await clock.advance(1_000);
    webhooks.tell(event(3, { attempt: 4 }));
    await clock.advance(1_000);
    expect(seen.map(({ headers }) => headers['webhook-id'])).toEqual(['evt_1', 'evt_3']);
  });

  test('follow a change of the file: what is gone is told no more, what stays keeps its deliveries', async () => {
    const [a, b] = [hook(), hook({ url: 'https://b.example/' })];
    const { clock, seen, webhooks } = world([list(a), list(a, b), list(b)]);
    for (const seq of [1, 2, 3]) {
      webhooks.tell(event(seq));
      await clock.advance(2_000);
    }
    expect(seen.map(({ url, headers }) => `${new URL(url).host} ${headers['webhook-id']}`)).toEqual([
      'hooks.example evt_1',
      'hooks.example evt_2',
      'b.example evt_2',
      'b.example evt_3',
    ]);
  });

  test('let what is under way end when the owner does, for three seconds at most', async () => {
    let release: (() => void) | undefined;
    const { clock, seen, webhooks } = world(
      [list(hook())],
      (turn, signal) =>
        new Promise((resolve, reject) => {
          if (turn === 1) release = () => resolve(new Response('ok'));
          signal.addEventListener('abort', () => reject(signal.reason as Error));
        }),
    );
    webhooks.tell(event(1));
    webhooks.tell(event(2));
    await clock.settle();
    let closed = false;
    const closing = webhooks.close().finally(() => {
      closed = true;
    });
    release?.();
    await clock.advance(2_900);
    expect(closed).toBe(false);
    await clock.advance(200);
    expect(closed).toBe(true);
    await closing;
    expect(seen).toHaveLength(2);
    expect(clock.pending).toBe(0);
  });
});

describe('[webhook.config] the webhooks of a file', () => {
  const read = (webhooks: unknown, variables: Record<string, string> = {}): Promise<WebhookList> =>
    readWebhooks({
      files: { readText: async () => `// ours\n${JSON.stringify({ mcpServers: {}, webhooks })}` },
      paths: ['/servers.json'],
      variables,
      redactor: new Redactor(),
    });

  test('take url and secret from variables, and default to what calls for a person', async () => {
    const { hooks, problems } = await read([{ url: 'https://x.example/${ID}', secret: '${KEY}' }], {
      ID: '7',
      KEY: SECRET,
    });
    expect(problems).toEqual([]);
    expect(hooks[0]).toMatchObject({
      url: 'https://x.example/7',
      events: ['server.gave_up', 'auth.required', 'auth.failed', 'approval.required'],
    });
    expect(JSON.stringify(hooks)).not.toContain(SECRET);
    expect(hooks[0]?.secret?.reveal()).toBe(SECRET);
  });

  test.each<[unknown, string]>([
    ['x', 'webhooks must be a list'],
    [['x'], 'webhooks[0]: it must be an object'],
    [[{}], 'url is missing'],
    [[{ url: 'nothing' }], 'url is no URL'],
    [[{ url: 'http://10.0.0.1/' }], 'must be https'],
    [[{ url: 'https://u:p@x.example/' }], 'must not hold a user'],
    [[{ url: 'https://x.example/', events: ['server.gone'] }], 'no event "server.gone"'],
    [[{ url: 'https://x.example/', event: ['*'] }], 'no field "event"'],
    [[{ url: 'https://x.example/', secret: '${NOT_SET}' }], 'NOT_SET of secret is not set'],
    [[{ url: '${NOT_SET}' }], 'NOT_SET of url is not set'],
    [[{ url: 'https://x.example/', secret: '' }], 'secret is empty'],
  ])('%j is not used, and why is said', async (webhooks, problem) => {
    const { hooks, problems } = await read(webhooks);
    expect(hooks).toEqual([]);
    expect(problems).toHaveLength(1);
    expect(problems[0] === undefined ? '' : webhookProblemLine(problems[0])).toContain(problem);
  });

  test('each knows its line, its number and how its url is written', async () => {
    const text = '{\n  "webhooks": [\n    { "url": "https://x.example/${ID}?t=1" },\n    {}\n  ]\n}';
    const { hooks, problems } = await readWebhooks({
      files: { readText: async () => text },
      paths: ['/servers.json'],
      variables: { ID: '7' },
      redactor: new Redactor(),
    });
    expect(hooks[0]).toMatchObject({
      written: 'https://x.example/${ID}?t=1',
      source: { file: '/servers.json', line: 3, pointer: 'webhooks[0]', index: 0 },
    });
    expect(problems.map((one) => webhookProblemLine(one))).toEqual(['/servers.json:4: webhooks[1]: url is missing']);
  });

  test('that stand there twice are those that stand last', async () => {
    const { hooks } = await readWebhooks({
      files: { readText: async () => '{ "webhooks": [], "webhooks": [{ "url": "https://x.example/" }] }' },
      paths: ['/servers.json'],
      variables: {},
      redactor: new Redactor(),
    });
    expect(hooks.map(({ url }) => url)).toEqual(['https://x.example/']);
  });

  test('a bad one does not hide a good one; http is for this machine', async () => {
    const { hooks, problems } = await read([{ url: 'ftp://x.example/' }, { url: 'http://127.0.0.1:8080/hook' }]);
    expect([hooks.length, problems.length]).toEqual([1, 1]);
  });

  test('a message is told once an event: its id is the number of the event', () => {
    expect(messageOf(event(12)).id).toBe('evt_12');
  });
});

describe('[webhook.test] a test', () => {
  const tried = async (answer: () => Response | Promise<Response>, hooked = hook()) => {
    const clock = createVirtualClock();
    const sent: RequestInit[] = [];
    const trying = tryWebhook(hooked, {
      clock,
      random: { next: () => 0.5 },
      signal: new AbortController().signal,
      fetch: async (_url, init = {}) => {
        sent.push(init);
        await clock.sleep(40);
        return answer();
      },
    });
    await clock.advance(20_000);
    return { got: await trying, sent };
  };

  test('is one POST that says of itself that it is a test, signed as an event is', async () => {
    const { got, sent } = await tried(
      () => new Response(null, { status: 204 }),
      hook({ secret: new Secret(SECRET), events: ['auth.failed'], servers: ['other'] }),
    );
    expect(got).toMatchObject({ took: true, answer: 'HTTP 204', httpStatus: 204, durationMs: 40 });
    expect(sent).toHaveLength(1);
    const headers = sent[0]?.headers as Record<string, string>;
    const body = sent[0]?.body as string;
    expect(headers['webhook-id']).toBe(got.id);
    expect(got.id).toMatch(/^test_\d+_[\da-f]+$/);
    expect(JSON.parse(body)).toMatchObject({ type: 'webhook.test', data: { event: 'webhook.test' } });
    const signed = `${got.id}.${headers['webhook-timestamp']}.${body}`;
    expect(headers['webhook-signature']).toBe(`v1,${createHmac('sha256', SECRET).update(signed).digest('base64')}`);
  });

  test.each<[string, () => Response | Promise<Response>, object]>([
    ['an error', () => new Response(null, { status: 503 }), { took: false, answer: 'HTTP 503', httpStatus: 503 }],
    ['410', () => new Response(null, { status: 410 }), { took: false, httpStatus: 410 }],
    [
      'a redirect, which is not followed',
      () => new Response(null, { status: 307, headers: { location: 'https://elsewhere.example/b?token=CANARY' } }),
      { took: false, httpStatus: 307, redirectTo: 'https://elsewhere.example/b' },
    ],
    [
      'a closed port',
      () => Promise.reject(Object.assign(new Error('x'), { code: 'ECONNREFUSED' })),
      { took: false, answer: 'ECONNREFUSED', reason: 'refused' },
    ],
    ['silence', () => new Promise<Response>(() => {}), { took: false, reason: 'timeout', durationMs: 15_000 }],
  ])('after %s is not sent again, and says what came', async (_what, answer, want) => {
    const { got, sent } = await tried(answer);
    expect(got).toMatchObject(want);
    expect(sent).toHaveLength(1);
  });
});
