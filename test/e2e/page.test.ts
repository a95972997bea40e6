/**
 * The page in a real Chromium, in front of real servers of every kind and a real authorization server: what a person
 * sees and does, with the script, without it, and with the keyboard alone.
 *
 * @module
 */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchBrowser } from '../support/browser.ts';
import type { LaunchedBrowser } from '../support/browser.ts';
import { startPageWorld } from '../support/page-world.ts';
import type { PageWorld, UiTerminal } from '../support/page-world.ts';

let chromium: LaunchedBrowser;
let world: PageWorld;
let terminal: UiTerminal;
let context: BrowserContext;
let page: Page;
let axe: string;
/** What the browser complained about. */
const complaints: string[] = [];

const isProof = process.env['HOLDFAST_PROOF'] === 'full';
const SETTLE = { timeout: 25_000 };

async function newPage(options: Parameters<LaunchedBrowser['browser']['newContext']>[0] = {}): Promise<Page> {
  context = await chromium.browser.newContext({
    reducedMotion: 'reduce',
    viewport: { width: 1_280, height: 900 },
    ...options,
  });
  const fresh = await context.newPage();
  fresh.on('pageerror', (error) => complaints.push(error.message));
  fresh.on('console', (message) => {
    if (/Content Security Policy|Refused/.test(message.text())) complaints.push(message.text());
  });
  return fresh;
}

beforeAll(async () => {
  [chromium, world, axe] = await Promise.all([
    launchBrowser(),
    startPageWorld(),
    readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'),
  ]);
  terminal = await world.ui();
  page = await newPage();
  await page.goto(terminal.opening);
}, 60_000);
afterAll(async () => {
  await chromium?.browser.close();
  await world?.close();
});

const row = (name: string, on = page) => on.locator(`#server-${name}`);
const goTo = (path: string, on = page) => on.goto(`${terminal.origin}${path}`);
const badge = (on = page) => on.locator('.hero .badge');

/** Clicks through the pages of the authorization server until it sends the person back. */
async function agree(on: Page): Promise<void> {
  for (let step = 0; step < 6 && on.url().startsWith(world.oidc.issuer); step += 1) {
    const login = on.locator('input[name="login"]');
    if ((await login.count()) > 0) {
      await login.fill('ada');
      await on.locator('input[name="password"]').fill('any');
    }
    const before = on.url();
    await on.locator('button[type="submit"]').first().click();
    await on.waitForURL((url) => url.href !== before).catch(() => {});
    await on.waitForLoadState().catch(() => {});
  }
}

/** A login of a second account for the server `notes`, made elsewhere. */
function bringWork(): ReturnType<PageWorld['place']['run']> {
  const { issuer } = world.oidc;
  const login = {
    access_token: 'token-of-work',
    refresh_token: 'renewal-of-work',
    issuer,
    token_endpoint: `${issuer}/token`,
    client_id: 'a-client',
  };
  const words = ['credentials', 'import', '-', '--server', 'notes', '--profile', 'work'];
  return world.place.run(words, { input: JSON.stringify(login) });
}

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

/** Faults that axe finds on what is shown. */
async function faults(on: Page): Promise<readonly string[]> {
  // Put in as a script of the debugger: the page's own policy lets no other one run.
  await on.evaluate(axe);
  const found = await on.evaluate(() => {
    const { axe: engine } = globalThis as unknown as {
      axe: { run(options: object): Promise<{ violations: readonly Violation[] }> };
    };
    return engine.run({ resultTypes: ['violations'] });
  });
  return found.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`),
  );
}

describe('a person at the page', () => {
  test('[page.list] sees all five states of servers of every file, each with its reason, and they settle by themselves', async () => {
    for (const [name, status] of [
      ['local', 'connected'],
      ['heals', 'connected'],
      ['team-vault', 'connected'],
      ['database', 'pending'],
      ['sign-in', 'needs-auth'],
      ['old-key', 'needs-auth'],
      ['gone', 'failed'],
      ['off', 'disabled'],
    ] as const)
      await row(name).locator('.badge', { hasText: status }).waitFor(SETTLE);
    await row('not-started').locator('.badge', { hasText: 'failed' }).waitFor(SETTLE);
    expect(await row('old-key').innerText()).toMatch(
      /credentials-rejected[\s\S]*Next:[\s\S]*Claude Code ~\/\.claude\.json:\d+/,
    );
    expect(await row('gone').innerText()).toContain('http-404');
    const order = await page.locator('.group h2').allInnerTexts();
    expect(order.map((title) => title.replace(/\s*\d+$/, ''))).toEqual(['Needs you', 'Failed', 'Connected', 'Off']);
    expect(await page.title()).toBe('Servers · Holdfast');
  });

  test('filters while typing, keeps the address honest, and says when nothing matches', async () => {
    await page.fill('input[name="find"]', 'claude code');
    expect(await page.locator('.server:visible').count()).toBe(3);
    await page.press('input[name="find"]', 'Enter');
    await page.waitForURL(/find=claude/);
    expect(await page.locator('.server').count()).toBe(3);
    await goTo('/?find=xyzzy');
    expect(await page.locator('.empty h2').innerText()).toBe('No server matches');
    await goTo('/?by=file');
    expect((await page.locator('.group h2').allInnerTexts()).join()).toContain('~/.claude.json');
  });

  test('[page.server] reads why a server fails, what happened, and contacts it again', async () => {
    await goTo('/');
    await row('gone').locator('h3 a').click();
    await page.waitForURL(/\/servers\/gone$/);
    expect(await page.locator('.hero').innerText()).toMatch(/failed[\s\S]*404[\s\S]*What to do next:/);
    expect(await page.locator('.timeline').innerText()).toContain('404');
    const before = await page.locator('.timeline li').count();
    await page.locator('[data-action="reconnect"]').click();
    await page.locator('#note', { hasText: 'gone is failed' }).waitFor(SETTLE);
    expect(await page.locator('.timeline li').count()).toBeGreaterThan(before);
    expect(await page.locator('#announce').innerText()).toContain('gone is failed');
  });

  test('sees the command, the stderr and the tools of a process, and restarts it', async () => {
    await goTo('/servers/local');
    expect(await page.locator('.hero .button').first().innerText()).toContain('Restart');
    expect(await page.locator('#tools').innerText()).toContain('echo');
    expect(await page.locator('#connection').innerText()).toContain('stdio-server.js --name local');
    await page.locator('[data-action="reconnect"]').click();
    await page.locator('#note', { hasText: 'local is connected' }).waitFor(SETTLE);
  });

  test('sees the last run of a helper by the names of its headers, never their values', async () => {
    await goTo('/servers/team-vault');
    const text = await page.locator('#helper').innerText();
    expect(text).toMatch(/gave headers[\s\S]*x-team-key[\s\S]*asking the team vault/i);
    expect(await page.content()).not.toContain('right-key-of-the-team');
  });

  test('[page.live] sees a change that somebody else makes, without loading anew, and keeps what is typed', async () => {
    await goTo('/');
    await page.fill('input[name="find"]', 'loc');
    await page.evaluate(() => Object.assign(globalThis, { same: true }));
    const second = await page.context().newPage();
    await second.goto(`${terminal.origin}/servers/local`);
    await second.locator('[data-action="disable"]').click();
    await second.locator('.hero .badge', { hasText: 'disabled' }).waitFor(SETTLE);
    await row('local').locator('.badge', { hasText: 'disabled' }).waitFor(SETTLE);
    expect(await page.inputValue('input[name="find"]')).toBe('loc');
    expect(await page.locator('input[name="find"]:focus').count()).toBe(1);
    expect(await page.locator('#announce').innerText()).toContain('local is disabled');
    await second.locator('[data-action="enable"]').click();
    await row('local').locator('.badge', { hasText: 'connected' }).waitFor(SETTLE);
    expect(await page.evaluate(() => (globalThis as unknown as { same?: boolean }).same)).toBe(true);
    await second.close();
  });

  test('[page.callback] signs in at a real authorization server, and comes back to the page', async () => {
    await goTo('/');
    await row('notes').locator('[data-action="authenticate"]').click();
    const link = page.locator('#sign-in .go a');
    await link.waitFor(SETTLE);
    expect(await page.locator('#sign-in').innerText()).toMatch(
      /Sign in at 127\.0\.0\.1:\d+[\s\S]*mcp:read[\s\S]*ends in \d+ min/,
    );
    await link.click();
    await page.waitForURL((url) => url.href.startsWith(world.oidc.issuer));
    await agree(page);
    await page.waitForURL(`${terminal.origin}/servers/notes`, SETTLE);
    await badge().filter({ hasText: 'connected' }).waitFor(SETTLE);
    expect(await page.locator('#login').innerText()).toMatch(/Signed in at[\s\S]*mcp:read/);
    expect(world.oidc.events.filter((event) => event === 'authorization.success')).toHaveLength(1);
  });

  test('grants more rights that a call asked for; the server stays connected meanwhile', async () => {
    const call = await world.place.run(['call', 'notes', 'add', 'a=2', 'b=3', '--no-input']);
    expect(call).toMatchObject({ code: 3 });
    await page.locator('[data-action="grant-access"]').waitFor(SETTLE);
    expect(await page.locator('.hero').innerText()).toMatch(
      /connected[\s\S]*asks for more rights to run\s+add:\s+mcp:write/,
    );
    await goTo('/');
    expect(await page.locator('#group-you').innerText()).toContain('notes');
    await row('notes').locator('[data-action="grant-access"]').click();
    await page.locator('#sign-in').waitFor(SETTLE);
    expect(await page.locator('#sign-in').innerText()).toMatch(/Grant the rights at[\s\S]*mcp:write\s+new/);
    await page.locator('#sign-in .go a').click();
    await page.waitForURL((url) => url.href.startsWith(world.oidc.issuer));
    await agree(page);
    await page.waitForURL(`${terminal.origin}/servers/notes`, SETTLE);
    await page.locator('[data-action="grant-access"]').waitFor({ state: 'detached', ...SETTLE });
    expect(await badge().innerText()).toBe('connected');
    expect(await page.locator('#login').innerText()).toContain('mcp:write');
    expect((await world.place.run(['call', 'notes', 'add', 'a=2', 'b=3', '--no-input'])).stdout).toContain('5');
  });

  test('[page.accounts] sees the accounts that are signed in, and signs out of the one that is not used', async () => {
    expect(await bringWork()).toMatchObject({ code: 0 });
    await goTo('/servers/notes');
    const block = page.locator('#accounts');
    expect(await block.innerText()).toMatch(/default\s+used here[\s\S]*work\s+signed in at/);
    expect(await faults(page)).toEqual([]);
    await block.locator('[data-account="work"]').click();
    await page.waitForURL(/sign-out\?account=work$/);
    expect(await page.locator('main').innerText()).toContain('notes uses the account default here; that one stays.');
    expect(await faults(page)).toEqual([]);
    await page.locator('main form button', { hasText: 'Sign out' }).click();
    await page.locator('#note', { hasText: 'Signed out of the account work of notes.' }).waitFor(SETTLE);
    expect(await page.locator('#accounts').innerText()).not.toContain('work');
    expect(await page.locator('#accounts').innerText()).toContain('default');
    expect((await world.place.run(['credentials'])).stdout).not.toContain('work');
  });

  test('gives the authentication back: the authorization server is told, and the server wants a sign-in again', async () => {
    await page.locator('[data-action="clear-authentication"]').click();
    await page.waitForURL(/clear-authentication$/);
    expect(await page.locator('main').innerText()).toContain('taken back at');
    await page.locator('main form button', { hasText: 'Clear authentication' }).click();
    await badge().filter({ hasText: 'needs-auth' }).waitFor(SETTLE);
    expect(world.oidc.events).toContain('grant.revoked');
  });

  test('[page.terminal-code] approves a command of the project only with the code of the terminal', async () => {
    await goTo('/');
    await row('database').locator('[data-action="approve"]').click();
    expect(await page.locator('.exact').first().innerText()).toContain('server.mjs --name database');
    await page.locator('button', { hasText: 'Show a code in the terminal' }).click();
    const code = await terminal.code();
    expect(terminal.said()).toMatch(/The page asks to approve database:\n {2}runs: .*server\.mjs --name database/);
    await page.fill('#code', '000000');
    await page.locator('button', { hasText: 'Approve exactly this' }).click();
    await page.locator('#note', { hasText: 'not the code' }).waitFor(SETTLE);
    await goTo('/servers/database/approve');
    await page.fill('#code', code);
    await page.locator('button', { hasText: 'Approve exactly this' }).click();
    await badge().filter({ hasText: 'connected' }).waitFor(SETTLE);
  });

  test('sees what differs when the entry of the project changes afterwards', async () => {
    await world.changeProject(['--name', 'database', '--crash-after', '100']);
    await badge().filter({ hasText: 'pending' }).waitFor(SETTLE);
    await page.locator('[data-action="approve"]').click();
    await page.locator('#differs').waitFor(SETTLE);
    expect(await page.locator('main').innerText()).toContain('--crash-after 100');
    await page.locator('button', { hasText: 'Reject it' }).click();
    await badge().filter({ hasText: 'disabled' }).waitFor(SETTLE);
  });

  test('adds a server, edits it in its file, and removes it', async () => {
    await goTo('/add');
    await page.fill('#name', 'mine');
    await page.fill('#url', world.goneUrl);
    await page.locator('main button', { hasText: 'Add it' }).click();
    await badge().filter({ hasText: 'failed' }).waitFor(SETTLE);
    expect(await page.locator('#entry').innerText()).toMatch(/servers\.json:\d+[\s\S]*mcpServers\.mine/);
    await page.locator('.hero [data-action="edit"]').click();
    await page.fill('#url', world.oidc.url);
    await page.locator('main button', { hasText: 'Save' }).click();
    await badge().filter({ hasText: 'needs-auth' }).waitFor(SETTLE);
    await page.locator('#entry a', { hasText: 'Remove' }).click();
    await page.locator('main button', { hasText: 'Remove it' }).click();
    await page.locator('#note', { hasText: 'mine is gone' }).waitFor(SETTLE);
    expect(await row('mine').count()).toBe(0);
  });

  test('[page.server] comes by a link on another page to the server that it names', async () => {
    const other = await page.context().newPage();
    await other.route('http://other.test/', (route) =>
      route.fulfill({ contentType: 'text/html', body: `<a href="${terminal.origin}/servers/gone">see</a>` }),
    );
    await other.goto('http://other.test/');
    await other.click('a');
    await badge(other).filter({ hasText: 'failed' }).waitFor(SETTLE);
    expect(other.url()).toBe(`${terminal.origin}/servers/gone`);
    await other.close();
  });

  test('[page.cookie] is shown nothing in a browser that was not let in, and the opening address is used up', async () => {
    const stranger = await newPage();
    await goTo('/servers/notes', stranger);
    expect(await stranger.locator('h1').innerText()).toBe('This page is locked');
    await stranger.goto(terminal.opening);
    expect(await stranger.locator('h1').innerText()).toBe('This code was used, or is too old');
    expect(await stranger.evaluate('document.cookie')).toBe('');
    expect(await page.evaluate('document.cookie')).toBe('');
    await stranger.context().close();
  });

  test('[page.headers] is not shown the page in a frame of another one', async () => {
    const other = await page.context().newPage();
    await other.route('http://other.test/', (route) =>
      route.fulfill({ contentType: 'text/html', body: `<iframe src="${terminal.origin}/"></iframe>` }),
    );
    await other.goto('http://other.test/');
    await other.waitForLoadState('networkidle');
    expect(
      await other
        .frames()[1]
        ?.locator('.server')
        .count()
        .catch(() => 0),
    ).toBe(0);
    await other.close();
  });
});

describe('[page.plain] without its script', () => {
  let plain: Page;
  let own: string;
  beforeAll(async () => {
    // Another owner, too: this process instead of the daemon.
    const other = await world.ui('--no-daemon');
    own = other.origin;
    plain = await newPage({ javaScriptEnabled: false });
    await plain.goto(other.opening);
  });
  afterAll(() => plain?.context().close());

  test('the list and the page of a server are whole', async () => {
    expect(await plain.locator('.server').count()).toBeGreaterThan(10);
    await plain.goto(`${own}/servers/gone`);
    // Nothing moves by itself here: a person loads the page again.
    await expect.poll(() => plain.reload().then(() => badge(plain).innerText()), SETTLE).toBe('failed');
    expect(await plain.locator('.hero').innerText()).toMatch(/gone[\s\S]*What to do next:/);
    expect(await plain.locator('.timeline li').count()).toBeGreaterThan(1);
  });

  test('a server is contacted, switched off and on', async () => {
    await plain.locator('[data-action="reconnect"]').click();
    expect(await plain.locator('#note').innerText()).toContain('gone is failed');
    await plain.goto(`${own}/servers/modern`);
    await plain.locator('[data-action="disable"]').click();
    expect(await plain.locator('.hero .badge').innerText()).toBe('disabled');
    await plain.locator('[data-action="enable"]').click();
    expect(await plain.locator('.hero .badge').innerText()).toMatch(/connected|pending/);
  });

  test('the list is filtered and grouped', async () => {
    await plain.goto(`${own}/`);
    await plain.fill('input[name="find"]', 'old-');
    await plain.selectOption('select[name="by"]', 'file');
    await plain.locator('.filter button').click();
    expect(plain.url()).toContain('find=old-');
    expect((await plain.locator('.server h3').allInnerTexts()).toSorted()).toEqual(['old-key']);
  });

  test('a person signs in and comes back', async () => {
    await plain.goto(`${own}/servers/notes`);
    await plain.locator('[data-action="authenticate"]').click();
    await plain.locator('#sign-in .go a').click();
    await agree(plain);
    await plain.waitForURL(`${own}/servers/notes`, SETTLE);
    await plain.waitForTimeout(500);
    await plain.reload();
    expect(await plain.locator('.hero .badge').innerText()).toBe('connected');
  });

  test('a wrong form is shown again with what was typed', async () => {
    await plain.goto(`${own}/add`);
    await plain.fill('#name', 'local');
    await plain.fill('#url', 'https://x.example/mcp');
    await plain.locator('main button', { hasText: 'Add it' }).click();
    expect(await plain.locator('.note').innerText()).toContain('stands already in');
    expect(await plain.inputValue('#url')).toBe('https://x.example/mcp');
  });

  test('the page is closed in this browser', async () => {
    await plain.locator('footer button').click();
    expect(await plain.locator('h1').innerText()).toBe('This page is locked');
  });
});

describe('[page.keyboard] with the keyboard alone', () => {
  /** What has the focus, by the words that are read out. */
  const focused = (): Promise<string> =>
    page.evaluate(`(() => {
      const { activeElement: one } = document;
      return (one.labels?.[0]?.innerText || one.innerText || one.getAttribute('aria-label') || one.nodeName).replaceAll(/\\s+/g, ' ').trim();
    })()`);

  async function tabs(count: number): Promise<readonly string[]> {
    const order: string[] = [];
    for (let at = 0; at < count; at += 1) {
      await page.keyboard.press('Tab');
      order.push(await focused());
    }
    return order;
  }

  test('the list is walked in the order in which it is read', async () => {
    await goTo('/');
    expect(await tabs(11)).toEqual([
      'Skip to the content',
      'Holdfast',
      'Servers',
      'Add a server',
      'Doctor',
      'Find',
      expect.stringMatching(/^Status/),
      expect.stringMatching(/^Group by/),
      'Show',
      expect.stringMatching(/^\S+$/),
      expect.stringMatching(/^(?:Authenticate|Reconnect) \S+$/),
    ]);
  });

  test('every focus is seen', async () => {
    await goTo('/servers/gone');
    for (let at = 0; at < 12; at += 1) {
      await page.keyboard.press('Tab');
      const outline = await page.evaluate('getComputedStyle(document.activeElement).outlineWidth');
      expect([await focused(), outline]).toEqual([expect.any(String), '3px']);
    }
  });

  test('a server is found, opened and contacted again', async () => {
    await goTo('/');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    expect(await focused()).toBe('Find');
    await page.keyboard.type('gone');
    await page.keyboard.press('Enter');
    await page.waitForURL(/find=gone/);
    await row('gone').locator('h3 a').focus();
    await page.keyboard.press('Enter');
    await page.waitForURL(/servers\/gone/);
    await page.locator('[data-action="reconnect"]').focus();
    await page.keyboard.press('Enter');
    await page.locator('#note', { hasText: 'gone is failed' }).waitFor(SETTLE);
    expect(await focused()).toBe('Reconnect gone');
  });

  test('a reader of the screen hears names, states and headings', async () => {
    await goTo('/servers/gone');
    const tree = await page.locator('body').ariaSnapshot();
    for (const line of [
      'banner',
      'navigation "Main"',
      'main',
      'heading "gone" [level=1]',
      'list "Actions for gone"',
      'button "Reconnect gone"',
      'list "Timeline, newest first"',
      'contentinfo',
    ])
      expect(tree).toContain(line);
  });
});

const SCREENS = [
  ['the list', '/'],
  ['the list by file', '/?by=file'],
  ['a list in which nothing matches', '/?find=nothing-like-it'],
  ['a server that is connected', '/servers/local'],
  ['a server that wants a sign-in', '/servers/notes'],
  ['a server with a helper', '/servers/team-vault'],
  ['a server whose headers are refused', '/servers/old-key'],
  ['a server that has failed', '/servers/gone'],
  ['a process that died', '/servers/crashes'],
  ['a server that is off', '/servers/off'],
  ['an approval', '/servers/database/approve'],
  ['the form that adds', '/add'],
  ['the form that edits', '/servers/old-key/edit'],
  ['a form for what is not edited here', '/servers/local/edit'],
  ['reset', '/servers/notes/reset'],
  ['clear authentication', '/servers/notes/clear-authentication'],
  ['signing out of an account', '/servers/notes/sign-out?account=work'],
  ['remove', '/servers/old-key/remove'],
  ['the doctor', '/doctor'],
  ['no such server', '/servers/nobody'],
  ['nothing', '/nothing'],
] as const;

describe('[page.axe] axe, with the script running', () => {
  // Two looks have everything of the four; the other two are looked at by `npm run proof:page`.
  const looks = [
    ['light', { colorScheme: 'light', viewport: { width: 1_280, height: 900 } }],
    ['narrow and dark', { colorScheme: 'dark', viewport: { width: 360, height: 740 } }],
    ['dark', { colorScheme: 'dark', viewport: { width: 1_280, height: 900 } }],
    ['narrow', { colorScheme: 'light', viewport: { width: 360, height: 740 } }],
  ] as const;

  beforeAll(async () => {
    // Screens that an action leads to are looked at, too.
    await bringWork();
    await goTo('/servers/notes');
    // Signed in by another process meanwhile, or not.
    await page.locator('.hero [data-action$="authenticate"]').first().click();
    await page.locator('#sign-in').waitFor(SETTLE);
    await goTo('/servers/database/approve');
    await page.locator('button', { hasText: 'Show a code in the terminal' }).click();
    await page.locator('#code').waitFor(SETTLE);
  });

  test.each(looks.slice(0, isProof ? 4 : 2))(
    'finds nothing on any screen, %s',
    async (_look, { colorScheme, viewport }) => {
      const shown = await page.context().newPage();
      await shown.setViewportSize(viewport);
      await shown.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      const all: string[] = [];
      let screens = 0;
      for (const [what, path] of SCREENS) {
        await goTo(path, shown);
        screens += 1;
        for (const fault of await faults(shown)) all.push(`${what}: ${fault}`);
        // Nothing is wider than the window.
        const over = await shown.evaluate(
          'document.documentElement.scrollWidth - document.documentElement.clientWidth',
        );
        if (over !== 0) all.push(`${what}: ${String(over)} pixels too wide`);
      }
      expect(all).toEqual([]);
      expect(screens).toBe(SCREENS.length);
      await shown.close();
    },
    60_000,
  );

  test('finds nothing on the pages of those who were not let in', async () => {
    const stranger = await newPage({ colorScheme: 'dark' });
    for (const path of ['/', '/open?code=x', '/oauth/callback?state=x']) {
      await goTo(path, stranger);
      expect([path, await faults(stranger)]).toEqual([path, []]);
    }
    await stranger.context().close();
  });

  test('sees a fault where there is one', async () => {
    const shown = await newPage();
    await shown.setContent('<html><body><img src="x"><button></button></body></html>');
    const found = (await faults(shown)).map((fault) => fault.split(':', 1)[0]);
    expect(found).toEqual(expect.arrayContaining(['image-alt', 'button-name']));
    await shown.context().close();
  });
});

test('[page.command] Ctrl-C in the terminal closes the page', async () => {
  expect(await terminal.interrupt()).toBe(0);
  await expect.poll(() => goTo('/').catch((error: Error) => error.message)).toContain('ERR_CONNECTION_REFUSED');
});

test('[page.command] the end of the daemon ends the page, and the terminal says so', async () => {
  const other = await world.ui();
  await world.place.run(['daemon', 'stop']);
  expect(await other.ended()).toBe(4);
  expect(other.said()).toContain('the daemon has gone, and the page with it');
  await world.place.run(['daemon', 'start']);
});

test('the browser has refused nothing of the page, and no script of it broke', () => {
  expect(complaints.filter((text) => !text.includes('frame-ancestors'))).toEqual([]);
});
