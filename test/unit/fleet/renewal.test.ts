/**
 * The headers of one open session, when two causes for new ones meet.
 *
 * @module
 */
import { expect, test, vi } from 'vitest';
import { Secret } from '../../../src/base/secret.ts';
import { silentLogger } from '../../../src/base/logger.ts';
import { DEFAULT_NUMBERS } from '../../../src/core/numbers.ts';
import type { HeaderOutcome, HeadersAsk, Session } from '../../../src/core/ports.ts';
import { Renewal } from '../../../src/fleet/renewal.ts';
import type { RenewalParts } from '../../../src/fleet/renewal.ts';
import { isSameToken, isTokenHeld, refreshFailure } from '../../../src/fleet/sent.ts';
import type { Sent } from '../../../src/fleet/sent.ts';
import { createVirtualClock } from '../../../src/testing/virtual-clock.ts';

const token = (generation: number): HeaderOutcome => ({
  ok: true,
  kind: 'oauth',
  headers: { Authorization: new Secret(`Bearer t${generation}`) },
  token: { credential: 'c', generation },
});

test('[login.401-refresh] a refusal that comes while the headers are asked for anyway is told all the same', async () => {
  const asks: { readonly ask: HeadersAsk; readonly answer: (outcome: HeaderOutcome) => void }[] = [];
  const setHeaders = vi.fn<Session['setHeaders']>();
  const clock = createVirtualClock();
  const parts = {
    deps: {
      clock,
      logger: silentLogger,
      credentials: {
        headers: (_entry: unknown, ask: HeadersAsk) =>
          new Promise<HeaderOutcome>((answer) => {
            asks.push({ ask, answer });
          }),
      },
    },
    entry: { name: 'a' },
    numbers: DEFAULT_NUMBERS,
    session: { setHeaders },
    sent: { kind: 'oauth', token: { credential: 'c', generation: 1 } },
    onHelper: () => undefined,
    onSent: () => undefined,
    onRefreshFault: () => undefined,
  } as unknown as RenewalParts;
  const ended = new AbortController();
  const renewal = new Renewal(parts, ended.signal, () => undefined);
  const adopting = renewal.adopt();
  const renewing = renewal.renew({ seen: renewal.generation, by: 'call' }, new AbortController().signal);
  await clock.settle();
  expect(asks.map(({ ask }) => ask.refused)).toEqual([undefined]);
  asks[0]?.answer(token(1));
  await adopting;
  await clock.settle();
  expect(asks.map(({ ask }) => ask.refused)).toEqual([undefined, { credential: 'c', generation: 1 }]);
  asks[1]?.answer(token(2));
  expect(await renewing).toBe(true);
  expect(setHeaders).toHaveBeenCalledOnce();
  ended.abort();
});

test('[login.refresh-failed] what passes is told as refresh-failed, the end of a login is not', () => {
  const sent: Sent = { kind: 'oauth' };
  expect(refreshFailure(sent)).toBeUndefined();
  expect(refreshFailure({ ...sent, refreshFault: { reason: 'sign-in-expired' } })).toBeUndefined();
  expect(refreshFailure({ ...sent, refreshFault: { reason: 'http-5xx', httpStatus: 503 } })).toEqual({
    reason: 'refresh-failed',
    httpStatus: 503,
  });
});

test('[login.401-refresh] a token is the same in a new record of its login', () => {
  const sent = (generation: number, text: string): Sent => ({
    kind: 'oauth',
    token: { credential: 'c', generation },
    authorization: new Secret(text),
  });
  expect(isSameToken(sent(1, 'a'), sent(2, 'a'))).toBe(true);
  expect(isSameToken(sent(1, 'a'), sent(2, 'b'))).toBe(false);
  expect(isSameToken(sent(1, 'a'), { kind: 'none' })).toBe(false);
  expect(isTokenHeld({ kind: 'none' })).toBe(false);
  expect(isTokenHeld(sent(1, 'a'))).toBe(true);
});
