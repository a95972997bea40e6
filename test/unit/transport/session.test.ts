import { describe, expect, test } from 'vitest';
import type { CallOutcome, Progress, SessionEvent } from '../../../src/core/ports.ts';
import { AnswerError } from '../../../src/transport/answer-error.ts';
import { legacyServer, modernServer, opened, opening } from '../../support/fake-link.ts';
import type { FakeLink, Server } from '../../support/fake-link.ts';

const call = { name: 'x', arguments: {} };
const on =
  (method: string, answer: Server): Server =>
  (message, link) =>
    message.method === method ? answer(message, link) : undefined;
const text = { content: [{ type: 'text', text: 'ok' }] };

describe('opening', () => {
  test('[transport.initialize] legacy: initialize, initialized, lists; roots are declared where there is a project', async () => {
    const { link, session, clock } = await opened(legacyServer(), { rest: { projectRoot: '/home/me/a b' } });
    expect(link.seen.map(({ method }) => method)).toEqual(['initialize', 'notifications/initialized', 'tools/list']);
    expect(link.seen[0]?.params).toMatchObject({
      protocolVersion: '2025-11-25',
      capabilities: { roots: {} },
      clientInfo: { name: 'holdfast' },
    });
    expect(session).toMatchObject({
      era: 'legacy',
      serverInfo: { name: 'fake', version: '1' },
      capabilities: { tools: {} },
    });
    link.say({ id: 's1', method: 'roots/list' });
    await clock.settle();
    expect(link.seen.at(-1)).toEqual({
      jsonrpc: '2.0',
      id: 's1',
      result: { roots: [{ uri: 'file:///home/me/a%20b', name: 'a b' }] },
    });
  });

  test('without a project no capability is declared, and a request for roots is refused', async () => {
    const { link, clock } = await opened(legacyServer());
    expect(link.seen[0]?.params?.['capabilities']).toEqual({});
    link.say({ id: 's1', method: 'roots/list' });
    await clock.settle();
    expect(link.seen.at(-1)).toMatchObject({ id: 's1', error: { code: -32_601 } });
  });

  test('[transport.era-stdio] auto: any error of the probe leads to initialize on the same link', async () => {
    const server = legacyServer(on('server/discover', () => ({ error: { code: -32_603, message: 'what?' } })));
    const { link, session } = await opened(server, { era: 'auto' });
    expect(session.era).toBe('legacy');
    expect(link.seen.slice(0, 2).map(({ method }) => method)).toEqual(['server/discover', 'initialize']);
    expect(link.closed).toBe(0);
  });

  test('[transport.era-stdio] auto: silence leads to initialize after the limit of the probe', async () => {
    const { clock, link, outcome } = opening(legacyServer(), { era: 'auto', numbers: { eraProbeMs: 7_000 } });
    await clock.advance(6_999);
    expect(link.of('initialize')).toHaveLength(0);
    await clock.advance(1);
    expect(await outcome).toMatchObject({ ok: true, session: { era: 'legacy' } });
  });

  test('[transport.era-remembered] a legacy era that proves wrong is probed on the same link', async () => {
    const { link, session, events } = await opened(modernServer(), { era: 'auto', rest: { knownEra: 'legacy' } });
    expect(session.era).toBe('modern');
    expect(events).toMatchObject([{ kind: 'note', about: 'era' }]);
    expect(link.seen.slice(0, 2).map(({ method }) => method)).toEqual(['initialize', 'server/discover']);
  });

  const REFUSALS: readonly (readonly [string, Server, object])[] = [
    ['an error', () => ({ error: { code: -32_603, message: 'no' } }), { kind: 'protocol' }],
    ['an unknown version', () => ({ result: { protocolVersion: '1.0' } }), { kind: 'version' }],
    ['no result', () => ({ result: {} }), { kind: 'protocol' }],
  ];
  test.each(REFUSALS)('initialize answered with %s closes the link and tells why', async (_, server, answer) => {
    const { link, outcome } = opening(server);
    expect(await outcome).toMatchObject({ ok: false, answer });
    expect(link.closed).toBe(1);
  });

  test('[transport.unsupported-version] a whole answer with another version is told as a version', async () => {
    const info = { capabilities: {}, serverInfo: { name: 'a', version: '1' } };
    const { outcome } = opening(() => ({ result: { protocolVersion: '1.0\u001B[2J', ...info } }));
    expect(await outcome).toMatchObject({ ok: false, answer: { kind: 'version', text: 'the server speaks 1.0' } });
  });

  test('the end of the link is told as the link tells it', async () => {
    const exit = { kind: 'exit' as const, exit: { code: 3, signal: null, stderr: ['boom'] } };
    const { outcome } = opening((_, link) => {
      link.answer = exit;
      link.end();
      return undefined;
    });
    expect(await outcome).toMatchObject({ ok: false, answer: exit });
  });

  test('[connect.one-deadline] the one deadline ends every wait, and the link is closed', async () => {
    const deadline = new AbortController();
    const { clock, link, outcome } = opening(() => undefined, { era: 'auto', rest: { signal: deadline.signal } });
    await clock.advance(20_000);
    deadline.abort(new Error('too late'));
    expect(await outcome).toMatchObject({ ok: false, answer: { kind: 'timeout' } });
    expect(link.closed).toBe(1);
    await clock.settle();
    expect(clock.pending).toBe(0);
  });

  test('a list that never comes leaves time: the session is connected before the deadline', async () => {
    const server = legacyServer(
      on('tools/list', () => undefined),
      { tools: {} },
    );
    const silent: Server = (message, link) => (message.method === 'tools/list' ? undefined : server(message, link));
    const { clock, outcome } = opening(silent, { numbers: { connectTimeoutMs: 30_000 } });
    await clock.advance(24_000);
    const result = await outcome;
    expect(result.ok).toBe(true);
    const events: SessionEvent[] = [];
    if (result.ok) result.session.onEvent = (event) => events.push(event);
    expect(events).toMatchObject([{ kind: 'lists-failed', answer: { kind: 'timeout' } }]);
  });
});

describe('a call', () => {
  const cases = { numbers: { firstByteMs: 1_000, callIdleMs: 5_000, callIdleStdioMs: 60_000, callTotalMs: 100_000 } };
  const endsAfter = async (kind: 'stdio' | 'http', act: (link: FakeLink) => void): Promise<number> => {
    const { clock, link, session } = await opened(legacyServer(), { ...cases, kind });
    const started = clock.monotonic();
    let took = -1;
    const pending = session.request('tools/call', call).then((outcome) => {
      took = clock.monotonic() - started;
      return outcome;
    });
    await clock.settle();
    act(link);
    await clock.advance(200_000);
    expect(await pending).toMatchObject({ ok: false, fault: { kind: 'timeout', sent: 'maybe' } });
    return took;
  };

  test('over the network ends when no answer begins, and when one that began goes on too slowly', async () => {
    expect(await endsAfter('http', () => {})).toBe(1_000);
    expect(await endsAfter('http', (link) => link.onbegin?.(link.of('tools/call')[0]?.id ?? 0))).toBe(5_000);
  });

  test('to a process has the longer idle limit and no first byte', async () => {
    expect(await endsAfter('stdio', () => {})).toBe(60_000);
  });

  test('[transport.progress] progress moves the idle limit, the whole limit stays', async () => {
    const { clock, link, session } = await opened(legacyServer(), cases);
    const seen: Progress[] = [];
    const outcomes: CallOutcome[] = [];
    const onProgress = (progress: Progress): number => seen.push(progress);
    const pending = session.request('tools/call', call, { onProgress, timeoutMs: 90_000 });
    void pending.then((outcome) => outcomes.push(outcome));
    await clock.settle();
    const meta = link.of('tools/call')[0]?.params?.['_meta'] as { readonly progressToken: number } | undefined;
    const token = meta?.progressToken;
    for (let progress = 1; progress <= 2; progress += 1) {
      await clock.advance(44_000);
      link.say({ method: 'notifications/progress', params: { progressToken: token, progress, total: 3 } });
    }
    expect(outcomes).toEqual([]);
    await clock.advance(2_000);
    expect(await pending).toMatchObject({ ok: false, fault: { kind: 'timeout' } });
    expect(seen.map(({ progress }) => progress)).toEqual([1, 2]);
    expect(clock.pending).toBe(0);
  });

  test('a limit of 0 is none', async () => {
    const none = { firstByteMs: 0, callIdleMs: 0, callTotalMs: 0 };
    const { clock, link, session } = await opened(legacyServer(), { kind: 'http', numbers: none });
    const pending = session.request('tools/call', call);
    await clock.advance(10 ** 9);
    link.say({ id: link.of('tools/call')[0]?.id, result: text });
    expect(await pending).toEqual({ ok: true, result: text });
  });

  test.each(['stdio', 'http'] as const)(
    '[transport.cancel] over %s the caller stops it: told in the legacy era, cut in the modern one over HTTP',
    async (kind) => {
      for (const era of ['legacy', 'modern'] as const) {
        const { link, session, clock } = await opened(era === 'legacy' ? legacyServer() : modernServer(), {
          kind,
          era,
        });
        const cancel = new AbortController();
        const pending = session.request('tools/call', call, { signal: cancel.signal });
        await clock.settle();
        cancel.abort();
        expect(await pending).toMatchObject({ ok: false, fault: { kind: 'cancelled', sent: 'maybe' } });
        await clock.settle();
        const { id } = link.of('tools/call')[0] ?? {};
        const cutInstead = kind === 'http' && era === 'modern';
        expect(link.cut).toEqual(cutInstead ? [id] : []);
        expect(link.of('notifications/cancelled').map(({ params }) => params?.['requestId'])).toEqual(
          cutInstead ? [] : [id],
        );
      }
    },
  );

  test('[call.rpc-verbatim] a JSON-RPC error is passed as it came, whatever its code', async () => {
    for (const code of [-32_002, -32_022, -32_042, -32_602, 7]) {
      const error = { code, message: 'm', data: { uri: 'x', elicitations: [], supported: [], requested: 'y' } };
      const { session } = await opened(legacyServer(on('tools/call', () => ({ error }))));
      expect(await session.request('tools/call', call)).toEqual({
        ok: false,
        fault: { kind: 'rpc', sent: 'maybe', rpc: error, text: 'm' },
      });
    }
  });

  test('a result is passed as it came, in shapes that no schema knows too', async () => {
    const odd = { content: [{ type: 'hologram', depth: 3 }], structuredContent: [1], resultType: 'complete', x: null };
    for (const server of [legacyServer, modernServer]) {
      const era = server === legacyServer ? 'legacy' : 'modern';
      const { session } = await opened(server(on('tools/call', () => ({ result: odd }))), { era });
      expect(await session.request('tools/call', call)).toEqual({ ok: true, result: odd });
    }
  });

  test('a modern server that wants to be asked again is asked again with its own state', async () => {
    let rounds = 0;
    const server = on('tools/call', () => {
      rounds += 1;
      return { result: rounds === 1 ? { resultType: 'input_required', requestState: 'opaque==' } : text };
    });
    const { link, session } = await opened(modernServer(server), { era: 'modern', kind: 'http' });
    expect(await session.request('tools/call', call)).toEqual({ ok: true, result: text });
    expect(link.of('tools/call')[1]?.params).toMatchObject({ ...call, requestState: 'opaque==' });
    expect(link.of('tools/call')[1]?.id).not.toBe(link.of('tools/call')[0]?.id);
  });

  test('a modern server that wants input nobody can give ends the call as such', async () => {
    const inputRequests = { a: { method: 'elicitation/create', params: { message: 'name?' } } };
    const server = on('tools/call', () => ({ result: { resultType: 'input_required', inputRequests } }));
    const { session } = await opened(modernServer(server), { era: 'modern', kind: 'http' });
    expect(await session.request('tools/call', call)).toMatchObject({ ok: false, fault: { kind: 'protocol' } });
  });

  test('a method that the era does not have is never sent', async () => {
    const { link, session } = await opened(modernServer(), { era: 'modern' });
    expect(await session.request('logging/setLevel', { level: 'info' })).toMatchObject({
      ok: false,
      fault: { kind: 'protocol', sent: 'no' },
    });
    expect(link.of('logging/setLevel')).toEqual([]);
  });

  test('what a link could not send, or lost on the way, is told as it says', async () => {
    const unsent = new AnswerError({ kind: 'network', errno: 'EPIPE' }, { sent: 'no' });
    const refuse = on('tools/call', () => {
      throw unsent;
    });
    const lose = on('prompts/get', ({ id }, link) => {
      link.onfail?.(id ?? 0, new AnswerError({ kind: 'protocol', text: 'too large' }));
      return undefined;
    });
    const { session } = await opened(legacyServer((message, link) => refuse(message, link) ?? lose(message, link)));
    expect(await session.request('tools/call', call)).toMatchObject({ fault: { kind: 'network', sent: 'no' } });
    expect(await session.request('prompts/get', {})).toMatchObject({ fault: { kind: 'protocol', sent: 'maybe' } });
  });
});

describe('[transport.session-404] a session that the server no longer knows', () => {
  const lost = {};
  const gone = () => {
    throw new AnswerError({ kind: 'http', status: 404, challenges: [] }, { sent: 'rejected', lostSession: lost });
  };

  test('is renewed, and the call sent once more and not oftener', async () => {
    let calls = 0;
    const server = on('tools/call', () => {
      calls += 1;
      return calls < 3 ? gone() : { result: text };
    });
    const { link, session } = await opened(legacyServer(server), { kind: 'http' });
    const renewed: object[] = [];
    link.renew = (what) => {
      renewed.push(what);
      return Promise.resolve();
    };
    expect(await session.request('tools/call', call)).toMatchObject({ ok: false, fault: { answer: { status: 404 } } });
    expect([calls, renewed]).toEqual([2, [lost]]);
    expect(await session.request('tools/call', call)).toEqual({ ok: true, result: text });
  });

  test('a renewal that takes too long ends with the call, which was refused unread', async () => {
    const { clock, link, session } = await opened(legacyServer(on('tools/call', gone)), { kind: 'http' });
    link.renew = () => new Promise(() => {});
    const pending = session.request('tools/call', call, { timeoutMs: 500 });
    await clock.advance(500);
    expect(await pending).toMatchObject({ ok: false, fault: { kind: 'timeout', sent: 'rejected' } });
  });
});

describe('what a session says by itself', () => {
  test('[call.lost] the end of its link, once, with the reason; calls in flight end with it', async () => {
    const { link, session, events } = await opened(legacyServer());
    const pending = session.request('tools/call', call);
    link.end();
    expect(await pending).toMatchObject({ ok: false, fault: { kind: 'closed', answer: link.answer } });
    expect(events).toEqual([{ kind: 'lost', answer: link.answer }]);
    expect(await session.contact(new AbortController().signal)).toEqual(link.answer);
  });

  test('nothing about its own closing', async () => {
    const { link, session, events } = await opened(legacyServer());
    await session.close();
    await session.close();
    expect([link.closed > 0, events]).toEqual([true, []]);
  });

  test('log messages of the server as one harmless line', async () => {
    const { link, events, clock } = await opened(legacyServer());
    const data = { text: 'a\u001B[31m\nb' };
    link.say({ method: 'notifications/message', params: { level: 'error', logger: 'db', data } });
    link.say({ method: 'notifications/message', params: { level: 'info', data: 'two\nlines' } });
    await clock.settle();
    const told = events.find(({ kind }) => kind === 'notification');
    expect(told).toMatchObject({ method: 'notifications/message', params: { level: 'error', logger: 'db', data } });
    expect(events.filter((event) => event.kind === 'note').map(({ text }) => text)).toEqual([
      String.raw`error · db · {"text":"a\u001b[31m\nb"}`,
      'info · two lines',
    ]);
  });

  test('what a renewal brought, and the lists are read again', async () => {
    const { clock, link, session, events } = await opened(legacyServer());
    link.onrenewed?.({
      protocolVersion: '2025-06-18',
      capabilities: { tools: { listChanged: true } },
      serverInfo: { name: 'other', version: '2' },
    });
    await clock.advance(1_000);
    expect(session).toMatchObject({ protocolVersion: '2025-06-18', serverInfo: { name: 'other', version: '2' } });
    expect(session.instructions).toBeUndefined();
    expect(events.map(({ kind }) => kind)).toEqual(['renewed', 'lists']);
  });
});
