import { expect, test } from 'vitest';
import { Envelopes, ROUND_MS } from '../../../../src/gateway/rounds/envelope.ts';
import type { StateOf } from '../../../../src/gateway/rounds/envelope.ts';
import { createVirtualClock } from '../../../../src/testing/virtual-clock.ts';

const OF: StateOf = { server: 'one', method: 'tools/call', name: 'ask' };
const STATE = { kind: 'theirs', state: 'what the server gave' } as const;

test('[gateway.rounds] a state comes back as it was, and shows nothing of itself', () => {
  const envelopes = new Envelopes(createVirtualClock());
  const sealed = envelopes.seal(OF, STATE);
  expect(envelopes.open(OF, sealed)).toEqual(STATE);
  expect(Buffer.from(sealed.slice(4), 'base64url').toString('latin1')).not.toContain('server gave');
  expect(envelopes.seal(OF, STATE)).not.toBe(sealed);
});

test('[gateway.rounds] a state of which any bit was changed is refused', () => {
  const envelopes = new Envelopes(createVirtualClock());
  const sealed = envelopes.seal(OF, STATE);
  const bytes = Buffer.from(sealed.slice(4), 'base64url');
  for (let at = 0; at < bytes.length; at += 1) {
    const changed = Buffer.from(bytes);
    changed[at] = (changed[at] ?? 0) ^ 1;
    expect(envelopes.open(OF, `hf1.${changed.toString('base64url')}`)).toBeUndefined();
  }
});

test.each([
  ['another server', { ...OF, server: 'two' }],
  ['another method', { ...OF, method: 'prompts/get' }],
  ['another tool', { ...OF, name: 'delete' }],
])('[gateway.rounds] a state is refused for %s', (_, of) => {
  const envelopes = new Envelopes(createVirtualClock());
  expect(envelopes.open(of, envelopes.seal(OF, STATE))).toBeUndefined();
});

test.each(['', 'hf1.', 'hf1.AAAA', 'hf2.AAAA', 'not ours', '{"kind":"again"}'])(
  '[gateway.rounds] what was never sealed is refused: %j',
  (text) => {
    expect(new Envelopes(createVirtualClock()).open(OF, text)).toBeUndefined();
  },
);

test('[gateway.rounds] a state of another gateway, or one that is too old, is refused', async () => {
  const clock = createVirtualClock();
  const envelopes = new Envelopes(clock);
  const sealed = envelopes.seal(OF, STATE);
  expect(new Envelopes(clock).open(OF, sealed)).toBeUndefined();
  await clock.advance(ROUND_MS - 1);
  expect(envelopes.open(OF, sealed)).toEqual(STATE);
  await clock.advance(1);
  expect(envelopes.open(OF, sealed)).toBeUndefined();
});
