/**
 * The callback listener under attack: forged, doubled, late and hostile requests change nothing and learn nothing.
 *
 * @module
 */
import { connect } from 'node:net';
import * as fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { Doors } from '../../src/auth/flow/doors.ts';
import { openListener } from '../../src/auth/flow/listener.ts';
import { pageHtml } from '../../src/auth/flow/page.ts';
import { SignInDesk } from '../../src/auth/flow/sign-ins.ts';
import { systemClock } from '../../src/base/clock.ts';
import { DEFAULT_NUMBERS } from '../../src/core/numbers.ts';
import type { LoginOutcome, LoginWaiting } from '../../src/core/sign-in.ts';
import { pretendedParts, type PretendedParts } from '../support/flow-parts.ts';
import { oauthEntry } from '../support/sign-in-rig.ts';

const FULL = process.env['HOLDFAST_PROOF'] === 'full';
/** Real sockets: a busy machine takes its time. */
const LIMIT_MS = FULL ? 900_000 : 120_000;
const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

interface Desk {
  readonly desk: SignInDesk;
  readonly parts: PretendedParts;
  start(name: string): Promise<Flow>;
}
interface Flow {
  readonly waiting: LoginWaiting;
  readonly state: string;
  readonly callback: string;
  /** What is known of its end so far. */
  readonly ends: LoginOutcome[];
}

function newDesk(): Desk {
  const parts = pretendedParts();
  const desk = new SignInDesk(parts);
  closers.push(() => desk.close());
  return {
    desk,
    parts,
    async start(name) {
      const begun = await desk.begin(oauthEntry({ url: `https://${name}.example/mcp`, name }), {
        challenges: [],
        stepUp: false,
        numbers: DEFAULT_NUMBERS,
        signal: new AbortController().signal,
      });
      if (begun.kind !== 'waiting' || begun.redirectUri === undefined) throw new Error('nobody is waited for');
      const ends: LoginOutcome[] = [];
      const note = (outcome: LoginOutcome): number => ends.push(outcome);
      desk.outcome(begun.flow, new AbortController().signal).then(note, () => undefined);
      const state = new URL(begun.url).searchParams.get('state') ?? '';
      return { waiting: begun, state, callback: begun.redirectUri, ends };
    },
  };
}

async function hit(callback: string, params: Readonly<Record<string, string>>): Promise<number> {
  const response = await fetch(`${callback}?${String(new URLSearchParams(params))}`);
  const text = await response.text();
  expect(PAGES).toContain(text);
  return response.status;
}

const PAGES = (['completed', 'ended', 'received', 'refused'] as const).map(pageHtml);

describe('[signin.state-first] of all that comes to the callback', () => {
  const KINDS = ['right', 'wrong-state', 'error', 'forged-error', 'duplicate', 'cancel', 'no-state', 'twice'] as const;
  type Kind = (typeof KINDS)[number];
  const events = fc.array(fc.record({ flow: fc.nat(2), kind: fc.constantFrom(...KINDS) }), { maxLength: 14 });

  /** Sends what an event means; the statuses it got. */
  async function happen(desk: Desk, flow: Flow, kind: Kind): Promise<readonly number[]> {
    const { state, callback } = flow;
    const right = { code: `code-${state}`, state };
    switch (kind) {
      case 'right':
        return [await hit(callback, right)];
      case 'duplicate':
        return Promise.all([hit(callback, right), hit(callback, right), hit(callback, right)]);
      case 'wrong-state':
        return [await hit(callback, { ...right, state: `${state}x` })];
      case 'no-state':
        return [await hit(callback, { code: right.code })];
      case 'twice':
        return [await hit(`${callback}?state=${state}&state=${state}&code=c&x=`, {}).catch(() => 400)];
      case 'error':
        return [await hit(callback, { error: 'access_denied', state })];
      case 'forged-error':
        return [await hit(callback, { error: 'access_denied', state: 'guess' })];
      case 'cancel':
        await desk.desk.cancel(flow.waiting.flow);
        return [];
    }
  }

  test(
    'only the right one counts, and once, in any order',
    async () => {
      const property = fc.asyncProperty(events, async (list) => {
        const desk = newDesk();
        // One more keeps the listener open when all others have ended.
        await desk.start('keeper');
        const flows = [await desk.start('a'), await desk.start('b'), await desk.start('c')];
        const over = new Map<Flow, string>();
        for (const { flow: index, kind } of list) {
          const flow = flows[index] as Flow;
          const was = over.get(flow);
          const good = (await happen(desk, flow, kind)).filter((status) => status === 200).length;
          const counts = was === undefined && ['right', 'duplicate', 'error'].includes(kind);
          expect(good, kind).toBe(counts ? 1 : 0);
          if (counts) over.set(flow, kind === 'error' ? 'access_denied' : 'completed');
          else if (was === undefined && kind === 'cancel') over.set(flow, 'cancelled');
        }
        for (const flow of flows) {
          const [end, ...more] = flow.ends;
          expect(more).toEqual([]);
          expect(end?.kind === 'failed' ? end.error : end?.kind).toBe(over.get(flow));
        }
        const redeemed = flows.filter((flow) => over.get(flow) === 'completed').map(({ state }) => `code-${state}`);
        expect(desk.parts.codes.toSorted()).toEqual(redeemed.toSorted());
        await desk.desk.close();
      });
      await fc.assert(property, { numRuns: FULL ? 500 : 40 });
    },
    LIMIT_MS,
  );

  test(
    'only one counts when all come at once',
    async () => {
      const property = fc.asyncProperty(events, async (list) => {
        const desk = newDesk();
        await desk.start('keeper');
        const flows = [await desk.start('a'), await desk.start('b'), await desk.start('c')];
        const answered = list.filter(({ kind }) => kind !== 'cancel');
        await Promise.all(answered.map(async ({ flow, kind }) => happen(desk, flows[flow] as Flow, kind)));
        for (const [index, flow] of flows.entries()) {
          const real = answered.filter(
            (event) => event.flow === index && ['right', 'duplicate', 'error'].includes(event.kind),
          );
          expect(flow.ends).toHaveLength(real.length > 0 ? 1 : 0);
          expect(desk.parts.codes.filter((code) => code === `code-${flow.state}`).length).toBeLessThanOrEqual(1);
        }
        await desk.desk.close();
      });
      await fc.assert(property, { numRuns: FULL ? 500 : 25 });
    },
    LIMIT_MS,
  );

  const FORGED = FULL ? 10_000 : 400;
  test(
    `${FORGED} forged ones leave the sign-in as it is`,
    async () => {
      const desk = newDesk();
      const flow = await desk.start('a');
      for (let sent = 0; sent < FORGED; sent += 50) {
        const burst = Array.from({ length: 50 }, (_, index) =>
          hit(
            flow.callback,
            index % 2 === 0 ? { code: 'c', state: `guess-${sent + index}` } : { error: 'x', state: 'y' },
          ),
        );
        expect(new Set(await Promise.all(burst))).toEqual(new Set([400]));
      }
      expect(flow.ends).toEqual([]);
      expect(desk.parts.codes).toEqual([]);
      expect(await hit(flow.callback, { code: 'right', state: flow.state })).toBe(200);
      expect(desk.parts.codes).toEqual(['right']);
    },
    LIMIT_MS,
  );

  test('a full disk keeps nobody from trying again', async () => {
    const desk = newDesk();
    const flow = await desk.start('a');
    desk.parts.store.break('write', 'flow');
    expect(await hit(flow.callback, { code: 'right', state: flow.state })).toBe(200);
    expect(desk.parts.codes).toEqual([]);
    desk.parts.store.mend();
    expect(await hit(flow.callback, { code: 'right', state: flow.state })).toBe(200);
    expect(desk.parts.codes).toEqual(['right']);
  });
});

/** 40 texts that a careless page would run, send on or show. */
const HOSTILE: readonly string[] = [
  '<script>alert(1)</script>',
  '"><script>alert(1)</script>',
  "'><img src=x onerror=alert(1)>",
  '<svg onload=alert(1)>',
  '<svg/onload=alert`1`>',
  '</title><script>alert(1)</script>',
  '</p></body><script>alert(1)</script>',
  '<iframe src=javascript:alert(1)>',
  '<a href="javascript:alert(1)">x</a>',
  '<meta http-equiv=refresh content="0;url=https://evil.example">',
  '<base href=https://evil.example>',
  '<link rel=stylesheet href=https://evil.example>',
  '<style>@import "https://evil.example"</style>',
  '<form action=https://evil.example><input>',
  '<object data=javascript:alert(1)>',
  '<embed src=javascript:alert(1)>',
  '<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>',
  '<!--<img src="--><img src=x onerror=alert(1)//">',
  '<![CDATA[<script>alert(1)</script>]]>',
  '&lt;script&gt;alert(1)&lt;/script&gt;',
  '&#60;script&#62;alert(1)&#60;/script&#62;',
  '\\u003cscript\\u003ealert(1)',
  '%3Cscript%3Ealert(1)%3C/script%3E',
  '%253Cscript%253Ealert(1)',
  '+ADw-script+AD4-alert(1)+ADw-/script+AD4-',
  '\u00BCscript\u00BEalert(1)\u00BC/script\u00BE',
  '\uFF1Cscript\uFF1E',
  '\u2028alert(1)\u2029',
  '\u202Etpircs\u202C',
  '\u0000<script>',
  '\u001B]8;;https://evil.example\u0007click\u001B]8;;\u0007',
  '\u001B[31mred',
  'x\r\nSet-Cookie: a=b',
  'x\r\n\r\n<script>alert(1)</script>',
  'x%0d%0aLocation:%20https://evil.example',
  '{{constructor.constructor("alert(1)")()}}',
  '${alert(1)}',
  '`;alert(1)//',
  'javascript:alert(1)',
  'https://evil.example/?steal=',
];

describe('[signin.page] the pages', () => {
  const FIELDS = ['code', 'state', 'error', 'error_description', 'error_uri', 'iss', 'anything'] as const;

  async function whole(
    url: string,
  ): Promise<{ readonly status: number; readonly headers: string; readonly text: string }> {
    const response = await fetch(url);
    const headers = [...response.headers].filter(([name]) => name !== 'date').map((pair) => pair.join(': '));
    return { status: response.status, headers: headers.toSorted().join('\n'), text: await response.text() };
  }

  test(
    'are the same for each of 40 hostile texts in every field and in names: nothing of them comes back',
    async () => {
      expect(HOSTILE).toHaveLength(40);
      const desk = newDesk();
      const flow = await desk.start('a');
      const plain = await whole(`${flow.callback}?code=c&state=s`);
      for (const text of HOSTILE)
        for (const field of FIELDS) {
          const params = new URLSearchParams({ state: 's', [field]: text, [text]: field });
          expect(await whole(`${flow.callback}?${String(params)}`), `${field}: ${text}`).toEqual(plain);
        }
      expect(flow.ends).toEqual([]);
    },
    LIMIT_MS,
  );

  test(
    'are the same where the state is right',
    async () => {
      const seen = new Set<string>();
      for (const text of HOSTILE) {
        const desk = newDesk();
        const flow = await desk.start('a');
        const params = new URLSearchParams({ state: flow.state, error: text, error_description: text, x: text });
        seen.add(JSON.stringify(await whole(`${flow.callback}?${String(params)}`)));
        expect(flow.ends).toMatchObject([{ kind: 'failed' }]);
        await desk.desk.close();
      }
      expect(seen.size).toBe(1);
      expect([...seen][0]).toContain('Not signed in');
    },
    LIMIT_MS,
  );

  test('forbid scripts, frames, sniffing, referrers and caches', async () => {
    const desk = newDesk();
    const { headers, text } = await whole((await desk.start('a')).callback);
    expect(headers.split('\n')).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^content-security-policy: default-src 'none';.*frame-ancestors 'none'/),
        'x-content-type-options: nosniff',
        'referrer-policy: no-referrer',
        'cache-control: no-store',
        'content-type: text/html; charset=utf-8',
      ]),
    );
    expect(text).not.toMatch(/<(?:script|style|link|img|iframe|form|a|meta http)\b/i);
  });
});

describe('[signin.host] the listener', () => {
  /** What comes back for raw bytes. */
  function raw(port: number, bytes: string): Promise<string> {
    return new Promise((resolve, reject) => {
      let text = '';
      const socket = connect({ host: '127.0.0.1', port }, () => socket.write(bytes));
      socket.setEncoding('latin1');
      socket.on('data', (chunk: string) => (text += chunk));
      socket.on('close', () => resolve(text));
      socket.on('error', reject);
    });
  }

  async function listening(): Promise<{ readonly port: number; readonly seen: string[] }> {
    const seen: string[] = [];
    const listener = await openListener(systemClock, 0, async ({ state }) => {
      seen.push(state);
      return 'completed';
    });
    if (listener === undefined) throw new Error('no port');
    closers.push(() => listener.close());
    return { port: listener.port, seen };
  }

  const GOOD = 'GET /callback?code=c&state=s HTTP/1.1';
  const BAD: readonly (readonly [string, (port: number) => string, number])[] = [
    ['the name of another site', () => `${GOOD}\r\nHost: rebind.evil.example\r\n\r\n`, 400],
    ['the name of another site with our port', (port) => `${GOOD}\r\nHost: evil.example:${port}\r\n\r\n`, 400],
    ['our name as the beginning of another', (port) => `${GOOD}\r\nHost: localhost.evil.example:${port}\r\n\r\n`, 400],
    ['another port', () => `${GOOD}\r\nHost: localhost:1\r\n\r\n`, 400],
    ['no port', () => `${GOOD}\r\nHost: localhost\r\n\r\n`, 400],
    ['an address that is not loopback', (port) => `${GOOD}\r\nHost: 0.0.0.0:${port}\r\n\r\n`, 400],
    ['no name', () => `${GOOD}\r\n\r\n`, 400],
    ['no name in HTTP/1.0', () => 'GET /callback?code=c&state=s HTTP/1.0\r\n\r\n', 400],
    [
      'a whole address',
      (port) => `GET http://evil.example/callback?code=c&state=s HTTP/1.1\r\nHost: localhost:${port}\r\n\r\n`,
      400,
    ],
    [
      'a path that begins with two slashes',
      (port) => `GET //evil.example/callback?code=c&state=s HTTP/1.1\r\nHost: localhost:${port}\r\n\r\n`,
      400,
    ],
    ['another path', (port) => `GET /?code=c&state=s HTTP/1.1\r\nHost: localhost:${port}\r\n\r\n`, 404],
    ['a longer path', (port) => `GET /callback/x?code=c&state=s HTTP/1.1\r\nHost: localhost:${port}\r\n\r\n`, 404],
    ['a well-known path', (port) => `GET /.well-known/x HTTP/1.1\r\nHost: localhost:${port}\r\n\r\n`, 404],
    [
      'an upgrade',
      (port) => `${GOOD}\r\nHost: localhost:${port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`,
      400,
    ],
    ['a huge header', (port) => `${GOOD}\r\nHost: localhost:${port}\r\nX: ${'x'.repeat(40_000)}\r\n\r\n`, 400],
    [
      'a huge query',
      (port) => `GET /callback?code=c&state=${'s'.repeat(40_000)} HTTP/1.1\r\nHost: localhost:${port}\r\n\r\n`,
      400,
    ],
    ['nonsense', () => 'hello\r\n\r\n', 400],
    ['the beginning of TLS', () => '\u0016\u0003\u0001\u0002\u0000\r\n\r\n', 400],
    ...(['POST', 'PUT', 'DELETE', 'HEAD', 'OPTIONS', 'PATCH', 'TRACE'] as const).map(
      (method): readonly [string, (port: number) => string, number] => [
        method,
        (port) => `${method} /callback?code=c&state=s HTTP/1.1\r\nHost: localhost:${port}\r\nContent-Length: 0\r\n\r\n`,
        405,
      ],
    ),
  ];

  test.each(BAD)('refuses %s', async (_what, bytes, status) => {
    const { port, seen } = await listening();
    const answer = await raw(port, bytes(port));
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(answer.toLowerCase()).toContain("content-security-policy: default-src 'none'");
    expect(seen).toEqual([]);
  });

  test.each(['localhost', '127.0.0.1', '[::1]'])('takes its own name %s', async (host) => {
    const { port, seen } = await listening();
    expect(await raw(port, `${GOOD}\r\nHost: ${host}:${port}\r\n\r\n`)).toMatch(/^HTTP\/1.1 200 /);
    expect(seen).toEqual(['s']);
  });

  test('is not held up by those who begin and say no more', async () => {
    const { port, seen } = await listening();
    const idle = Array.from({ length: 50 }, () => connect({ host: '127.0.0.1', port }).on('error', () => undefined));
    for (const socket of idle) socket.write('GET /callback');
    expect(await raw(port, `${GOOD}\r\nHost: localhost:${port}\r\n\r\n`)).toMatch(/^HTTP\/1.1 200 /);
    expect(seen).toEqual(['s']);
    for (const socket of idle) socket.destroy();
  });

  test('[signin.ports] says at once that a port is taken, in either family', async () => {
    const { port } = await listening();
    expect(await openListener(systemClock, port, () => Promise.resolve('refused'))).toBeUndefined();
    const doors = new Doors(systemClock);
    closers.push(() => doors.close());
    expect(await doors.door({ kind: 'exactly', port })).toBeUndefined();
    const next = await doors.door({ kind: 'from', port });
    expect(next?.redirectUri).toMatch(/^http:\/\/localhost:\d+\/callback$/);
    expect(next?.redirectUri).not.toContain(`:${port}/`);
    const any = await doors.door({ kind: 'any', rather: [port] });
    expect(any?.redirectUri).toBe(next?.redirectUri);
  });

  test('closes when the last of its sign-ins has ended', async () => {
    const doors = new Doors(systemClock);
    const [one, two] = [await doors.door({ kind: 'any' }), await doors.door({ kind: 'any' })];
    expect(two?.redirectUri).toBe(one?.redirectUri);
    one?.close();
    one?.close();
    expect((await fetch(two?.redirectUri ?? '')).status).toBe(400);
    two?.close();
    await doors.close();
    await expect(fetch(two?.redirectUri ?? '')).rejects.toThrow('fetch failed');
  });
});
