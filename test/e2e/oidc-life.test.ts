/**
 * The whole life of a login at a real authorization server, with the pages clicked through in a real Chromium: register,
 * sign in, refresh with rotation, more rights, revoke.
 *
 * @module
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Fleet } from '../../src/core/fleet.ts';
import { createHoldfast } from '../../src/create.ts';
import { launchBrowser } from '../support/browser.ts';
import type { LaunchedBrowser } from '../support/browser.ts';
import { makePlace } from '../support/cli.ts';
import type { Place } from '../support/cli.ts';
import { startOidcProvider } from '../support/oidc-provider.ts';
import type { OidcWorld } from '../support/oidc-provider.ts';

/** Long enough for one contact, short enough to be waited for. */
const ACCESS_SECONDS = 6;

let chromium: LaunchedBrowser;
beforeAll(async () => {
  chromium = await launchBrowser();
}, 60_000);
afterAll(() => chromium?.browser.close());

/**
 * What the person does: signs in where the page asks for it, agrees where it asks for that. The address that the browser
 * is sent to at the end, whether or not anybody listens there.
 */
async function agree(page: Page, url: string): Promise<string> {
  const callback = page.waitForRequest((request) => request.url().includes('/callback?'));
  await page.goto(url);
  const seen: string[] = [];
  void callback.then((request) => seen.push(request.url()));
  for (let step = 0; step < 6 && seen.length === 0; step += 1) {
    const login = page.locator('input[name="login"]');
    if ((await login.count()) > 0) {
      await login.fill('ada');
      await page.locator('input[name="password"]').fill('any');
    }
    const button = page.locator('button[type="submit"]').first();
    const old = await button.elementHandle();
    await button.click();
    // The next page is there when the button of this one is not.
    await old?.waitForElementState('hidden').catch(() => {});
    await page.waitForLoadState().catch(() => {});
  }
  return (await callback).url();
}

const echo = { name: 'echo', arguments: { text: 'hello' } };
const add = { name: 'add', arguments: { a: 2, b: 3 } };
const text = (result: unknown): unknown => (result as { content: { text: string }[] }).content[0]?.text;

describe('[oauth.real-server] one login at oidc-provider, through the library', () => {
  let world: OidcWorld;
  let home: string;
  let fleet: Fleet;
  let page: Page;
  const openFleet = (): Promise<Fleet> =>
    createHoldfast({
      servers: { real: { type: 'http', url: world.url } },
      cwd: home,
      env: { HOME: home, PATH: process.env['PATH'], HOLDFAST_KEYRING: 'off' },
    });
  const count = (event: string): number => world.events.filter((name) => name === event).length;

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'hf-oidc-'));
    world = await startOidcProvider({ accessSeconds: ACCESS_SECONDS });
    fleet = await openFleet();
    page = await chromium.browser.newPage();
  });
  afterAll(async () => {
    await fleet?.close();
    await page?.close();
    await world?.close();
    await rm(home, { recursive: true, force: true });
  });

  test('the server asks for a sign-in; the client registers itself and the person signs in', async () => {
    const [before] = await fleet.settled({ timeoutMs: 10_000 });
    expect(before).toMatchObject({ status: 'needs-auth', reason: 'sign-in-required', offersOAuth: true });
    const started = await fleet.startLogin('real');
    if (started.kind !== 'waiting') throw new Error('nobody was asked');
    expect(started).toMatchObject({ issuer: world.issuer, listening: true });
    expect(count('registration_create.success')).toBe(1);
    const [end, report] = await Promise.all([
      agree(page, started.url),
      fleet.loginResult(started.flow, { timeoutMs: 20_000 }),
    ]);
    expect(end.startsWith(started.redirectUri ?? 'nowhere')).toBe(true);
    expect(report.snapshot).toMatchObject({ status: 'connected', signIn: 'oauth' });
    expect(text(await fleet.request('real', 'tools/call', echo))).toBe('hello');
  });

  test('the page at the end shows nothing of what came in its address', async () => {
    const shown = await page.content();
    for (const value of new URL(page.url()).searchParams.values()) expect(shown).not.toContain(value);
  });

  test('a token that ends is renewed, the refresh token is rotated, and nobody is asked', async () => {
    const used = world.accepted.size;
    await pause((ACCESS_SECONDS + 1) * 1_000);
    expect(text(await fleet.request('real', 'tools/call', echo))).toBe('hello');
    expect(world.accepted.size).toBeGreaterThan(used);
    expect(count('refresh_token.consumed')).toBeGreaterThan(0);
    expect(count('authorization.success')).toBe(1);
    expect((await fleet.snapshot('real')).status).toBe('connected');
  });

  test('a tool that needs more rights waits for the consent, and is then called', async () => {
    const end = new AbortController();
    const granted = (async (): Promise<void> => {
      for await (const event of fleet.events(end.signal)) {
        if (event.event !== 'auth.url') continue;
        await agree(page, event.url);
        return;
      }
    })();
    const result = await fleet.request('real', 'tools/call', add, { interaction: 'url', timeoutMs: 30_000 });
    await granted;
    end.abort();
    expect(text(result)).toBe('5');
    expect(count('authorization.success')).toBe(2);
    expect(count('registration_create.success')).toBe(1);
    const [login] = await fleet.credentials();
    expect(login?.scopes).toEqual(expect.arrayContaining(['mcp:read', 'mcp:write']));
  });

  test('another process finds the login and needs no person', async () => {
    await fleet.close();
    fleet = await openFleet();
    expect(text(await fleet.request('real', 'tools/call', add))).toBe('5');
    expect(count('authorization.success')).toBe(2);
  });

  test('a logout tells the server: the grant is gone there, and the next contact asks for a sign-in', async () => {
    const report = await fleet.logout('real');
    expect(count('grant.revoked')).toBeGreaterThan(0);
    expect(report.snapshot).toMatchObject({ status: 'needs-auth', reason: 'sign-in-required' });
    expect(await fleet.credentials()).toEqual([]);
    expect(count('grant.error')).toBe(0);
  });
});

interface Started {
  readonly flow: string;
  readonly url: string;
}

describe('[oauth.real-server] one login at oidc-provider, through the shell', () => {
  let world: OidcWorld;
  let place: Place;
  let page: Page;
  const env = { HOLDFAST_KEYRING: 'off', CI: '1' };
  beforeEach(async () => {
    world = await startOidcProvider();
    place = await makePlace();
    page = await chromium.browser.newPage();
    await place.run(['add', 'real', world.url], { env });
  });
  afterEach(async () => {
    await place.run(['daemon', 'stop'], { env });
    await page.close();
    await place.remove();
    await world.close();
  });

  test('without a daemon the address that the browser ends on is given to login --finish', async () => {
    const started = await place.json<Started>(['login', 'real', '--start', '--json'], { env });
    const address = await agree(page, started.url);
    const finished = await place.run(['login', '--finish', started.flow, '--no-daemon'], { env, input: address });
    expect(finished, finished.stderr).toMatchObject({ code: 0 });
    const called = await place.run(['call', 'real', 'echo', 'text=hi', '--no-daemon'], { env });
    expect(called.stdout).toContain('hi');
    const out = await place.run(['logout', 'real', '--no-daemon'], { env });
    expect(out, out.stderr).toMatchObject({ code: 0 });
    expect(world.events).toContain('grant.revoked');
    const shown = JSON.stringify([started, finished, called, out]);
    expect(world.accepted.size).toBeGreaterThan(0);
    for (const token of world.accepted) expect(shown).not.toContain(token);
  }, 90_000);

  test('the daemon listens for the answer, and login --finish --wait tells the end', async () => {
    expect(await place.run(['daemon', 'start'], { env })).toMatchObject({ code: 0 });
    const started = await place.json<Started>(['login', 'real', '--start', '--json'], { env });
    const waiting = place.run(['login', '--finish', started.flow, '--wait', '30s'], { env });
    await agree(page, started.url);
    const finished = await waiting;
    expect(finished, finished.stderr).toMatchObject({ code: 0 });
    expect(await page.textContent('body')).not.toContain(new URL(page.url()).searchParams.get('code') ?? 'no code');
    const called = await place.run(['call', 'real', 'echo', 'text=hi'], { env });
    expect(called.stdout).toContain('hi');
    const refused = await place.run(['call', 'real', 'add', 'a=1', 'b=2'], { env });
    expect(refused).toMatchObject({ code: 3, stderr: expect.stringContaining('mcp:write') as string });
  }, 90_000);
});
