/**
 * A sign-in whose answer comes to a door of the asking face, as the page has one.
 *
 * @module
 */
import { afterEach, describe, expect, test } from 'vitest';
import { SignInDesk } from '../../../../src/auth/flow/sign-ins.ts';
import type { OAuthSettings } from '../../../../src/core/entry.ts';
import type { Secret } from '../../../../src/base/secret.ts';
import { DEFAULT_NUMBERS } from '../../../../src/core/numbers.ts';
import type { LoginWaiting } from '../../../../src/core/sign-in.ts';
import { createVirtualClock } from '../../../../src/testing/virtual-clock.ts';
import { pretendedParts } from '../../../support/flow-parts.ts';
import { oauthEntry } from '../../../support/sign-in-rig.ts';

const DOOR = 'http://localhost:4657/oauth/callback';
const signal = new AbortController().signal;
const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

/** `byHand`, so that no socket is opened where the door is passed over. */
async function begin(
  redirectUri: string,
  oauth?: OAuthSettings<Secret>,
): Promise<{ desk: SignInDesk; waiting: LoginWaiting }> {
  const desk = new SignInDesk(pretendedParts({ clock: createVirtualClock() }));
  closers.push(() => desk.close());
  const entry = oauthEntry({ url: 'https://mcp.example/mcp', ...(oauth === undefined ? {} : { oauth }) });
  const ask = { challenges: [], stepUp: false, byHand: true, redirectUri, numbers: DEFAULT_NUMBERS, signal };
  const waiting = await desk.begin(entry, ask);
  if (waiting.kind !== 'waiting') throw new Error('nobody is waited for');
  return { desk, waiting };
}

describe('[page.callback] a door of the asking face', () => {
  test('is where the answer is asked to come, and the answer is taken there', async () => {
    const { desk, waiting } = await begin(DOOR);
    expect(waiting).toMatchObject({ redirectUri: DOOR, listening: false });
    const { searchParams } = new URL(waiting.url);
    expect(searchParams.get('redirect_uri')).toBe(DOOR);
    const answer = `${DOOR}?code=c0de&state=${searchParams.get('state')}`;
    expect(await desk.finish(waiting.flow, answer, { signal })).toMatchObject({ kind: 'completed' });
  });

  test.each<[string, string, OAuthSettings<Secret> | undefined]>([
    ['of another machine', 'https://evil.example/oauth/callback', undefined],
    ['by an address that only looks like this machine', 'http://localhost.evil.example:80/oauth/callback', undefined],
    ['with something behind it', `${DOOR}?a=b`, undefined],
    ['where the entry names a client', DOOR, { clientId: 'mine' }],
    ['where the entry names a document of the client', DOOR, { clientMetadataUrl: 'https://me.example/client.json' }],
    ['where the entry names a port', DOOR, { callbackPort: 8_123 }],
  ])('%s is passed over', async (_what, redirectUri, oauth) => {
    const { waiting } = await begin(redirectUri, oauth);
    expect(waiting.redirectUri).toMatch(/^http:\/\/localhost:\d+\/callback$/);
  });
});
