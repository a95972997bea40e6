/**
 * Servers that ask a person while they work, in both eras.
 *
 * @module
 */
import { describe, expect, test } from 'vitest';
import type { Elicit, Elicitation } from '../../../src/core/elicitation.ts';
import { legacyServer, modernServer, opened } from '../../support/fake-link.ts';
import type { Seen } from '../../support/fake-link.ts';

const SCHEMA = {
  type: 'object',
  properties: { name: { type: 'string', default: 'Ada' }, age: { type: 'integer' } },
};
const FORM = { message: 'who\u001B[31m are you?', requestedSchema: SCHEMA };
const PAGE = { mode: 'url', message: 'go', url: 'https://example.com/go', elicitationId: 'e1' };

/** What a legacy server hears when it asks. */
async function answerTo(params: object, elicit?: Elicit): Promise<Seen | undefined> {
  const { link, clock } = await opened(legacyServer(), elicit === undefined ? {} : { elicit });
  link.say({ id: 'q1', method: 'elicitation/create', params });
  await clock.settle();
  return link.seen.at(-1);
}

describe('[transport.elicitation] a server asks a person', () => {
  test('who is asked is told the server, cleaned words and the schema; defaults fill what is left out', async () => {
    const asked: Elicitation[] = [];
    const answer = await answerTo(FORM, (question) => {
      asked.push(question);
      return { action: 'accept', content: { age: 36 } };
    });
    expect(asked).toMatchObject([{ server: 'remote', mode: 'form', message: 'who are you?', requestedSchema: SCHEMA }]);
    expect(answer).toMatchObject({ id: 'q1', result: { action: 'accept', content: { name: 'Ada', age: 36 } } });
  });

  test.each<[string, object, Elicit, object]>([
    ['an address', PAGE, ({ url }) => ({ action: url === PAGE.url ? 'accept' : 'cancel' }), { action: 'accept' }],
    ['a refusal', FORM, () => ({ action: 'decline' }), { action: 'decline' }],
    [
      'a fault of the program',
      FORM,
      () => {
        throw new Error('no terminal');
      },
      { action: 'cancel' },
    ],
  ])('%s is passed on', async (_, params, elicit, result) => {
    expect(await answerTo(params, elicit)).toMatchObject({ id: 'q1', result });
  });

  test.each(['javascript:alert(1)', 'file:///etc/passwd', 'https://user:pass@example.com/'])(
    '[gateway.opens] to open what is no page is refused, and nobody is asked: %s',
    async (url) => {
      const asked: Elicitation[] = [];
      const elicit: Elicit = (question) => {
        asked.push(question);
        return { action: 'accept' };
      };
      expect(await answerTo({ ...PAGE, url }, elicit)).toMatchObject({ id: 'q1', error: { code: -32_602 } });
      const inputRequests = { who: { method: 'elicitation/create', params: { ...PAGE, url } } };
      const result = { resultType: 'input_required', inputRequests, requestState: 'x' };
      const server = modernServer(({ method }) => (method === 'tools/call' ? { result } : undefined));
      const { session } = await opened(server, { era: 'modern', kind: 'http', elicit });
      expect(await session.request('tools/call', { name: 'x', arguments: {} })).toMatchObject({ ok: false });
      expect(asked).toEqual([]);
    },
  );

  test('where nobody can be asked nothing is declared, and the question is refused', async () => {
    const { link } = await opened(legacyServer());
    expect(link.seen[0]?.params?.['capabilities']).toEqual({});
    expect(await answerTo(FORM)).toMatchObject({ id: 'q1', error: { code: -32_601 } });
  });

  test('while the person thinks, the silence of the server does not end the call', async () => {
    let answer: (value: { action: 'decline' }) => void = () => {};
    const server = modernServer(({ method, params }) => {
      if (method !== 'tools/call') return undefined;
      if (params?.['inputResponses'] !== undefined) return { result: { resultType: 'complete', content: [] } };
      const inputRequests = { who: { method: 'elicitation/create', params: { ...FORM, mode: 'form' } } };
      return { result: { resultType: 'input_required', inputRequests, requestState: 'x' } };
    });
    const { clock, session } = await opened(server, {
      era: 'modern',
      kind: 'http',
      numbers: { callIdleMs: 60_000 },
      elicit: () => new Promise((resolve) => (answer = resolve)),
    });
    const outcome = session.request('tools/call', { name: 'x', arguments: {} });
    await clock.advance(600_000);
    answer({ action: 'decline' });
    expect(await outcome).toMatchObject({ ok: true });
    const late = session.request('tools/call', { name: 'x', arguments: {} }, { timeoutMs: 120_000 });
    await clock.advance(120_000);
    expect(await late).toMatchObject({ ok: false, fault: { kind: 'timeout' } });
  });

  test('a modern server asks inside a result and gets the call again, with the answer and its own state', async () => {
    const server = modernServer(({ method, params }) => {
      if (method !== 'tools/call') return undefined;
      const given = params?.['inputResponses'] as Record<string, unknown> | undefined;
      if (given !== undefined) return { result: { resultType: 'complete', content: [], structuredContent: given } };
      const inputRequests = { who: { method: 'elicitation/create', params: { ...FORM, mode: 'form' } } };
      return { result: { resultType: 'input_required', inputRequests, requestState: 'opaque' } };
    });
    const elicit: Elicit = () => ({ action: 'accept', content: { age: 7 } });
    const { link, session } = await opened(server, { era: 'modern', kind: 'http', elicit });
    const outcome = await session.request('tools/call', { name: 'x', arguments: {} });
    expect(outcome).toMatchObject({
      ok: true,
      result: { structuredContent: { who: { action: 'accept', content: { name: 'Ada', age: 7 } } } },
    });
    expect(link.of('tools/call').map(({ params }) => params?.['requestState'])).toEqual([undefined, 'opaque']);
    const declared = link.seen.map(({ params }) => (params?.['_meta'] as Record<string, object> | undefined) ?? {});
    const key = 'io.modelcontextprotocol/clientCapabilities';
    expect(declared.every((meta) => 'elicitation' in (meta[key] ?? {}))).toBe(true);
  });
});
