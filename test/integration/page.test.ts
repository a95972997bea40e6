/**
 * The page over real sockets: who is let in, what forms do, and what nobody can do with it.
 *
 * @module
 */
import { afterEach, describe, expect, test } from 'vitest';
import { HoldfastError } from '../../src/base/errors.ts';
import type { ActionReport, ApprovalView } from '../../src/core/fleet.ts';
import type { Snapshot } from '../../src/core/snapshot.ts';
import { createVirtualClock } from '../../src/testing/virtual-clock.ts';
import { configured } from '../support/cli-rig.ts';
import { cookieOf, startPageRig } from '../support/page-rig.ts';
import type { PageAsk, PageRig, PageRigOptions } from '../support/page-rig.ts';
import { snapshotOf } from '../support/recording-fleet.ts';

let open: PageRig | undefined;
afterEach(async () => {
  await open?.close();
  open = undefined;
});
async function rig(options: PageRigOptions = {}): Promise<PageRig> {
  open = await startPageRig(options);
  return open;
}

const DB = snapshotOf('db', {
  status: 'pending',
  reason: 'awaiting-approval',
  transport: 'stdio',
  signIn: 'stdio',
  approvalHash: 'h1',
  next: ['approve', 'reject', 'details', 'logs', 'disable'],
});
const NOTES = snapshotOf('notes', {
  status: 'needs-auth',
  reason: 'sign-in-required',
  next: ['authenticate', 'reconnect'],
});
const report = (snapshot: Snapshot): ActionReport => ({ snapshot, did: ['contacted the server'] });
const approvalOf = (name: string, hash = 'h1'): ApprovalView => ({
  name,
  state: 'awaiting',
  hash,
  summary: ['runs: node server.js --all'],
  difference: ['changed: runs: node server.js → node server.js --all'],
});
/** Methods that change something. */
const CHANGING = new Set(
  [
    'reconnect retryNow stopTrying reset enable disable approve reject add edit remove startLogin finishLogin cancelLogin',
    'logout grantStepUp declineStepUp setProfile request',
  ].flatMap((words) => words.split(' ')),
);
const changes = ({ calls }: PageRig): readonly string[] =>
  calls.map(({ method }) => method).filter((method) => CHANGING.has(method));

describe('who is let in', () => {
  test('[page.opening-code] a browser with the code gets a cookie; the code, used again, opens nothing', async () => {
    const { page, send } = await rig({ snapshots: [NOTES] });
    const { pathname, search } = new URL(page.opening().url);
    const first = await send(`${pathname}${search}`);
    expect(first.status).toBe(303);
    expect(first.headers.location).toBe('/');
    expect(first.headers['set-cookie']).toEqual([
      expect.stringMatching(/^holdfast_page_\d+=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/),
    ]);
    expect((await send('/', { headers: { cookie: cookieOf(first) } })).status).toBe(200);
    const second = await send(`${pathname}${search}`);
    expect(second.status).toBe(403);
    expect(second.headers['set-cookie']).toBeUndefined();
    expect(second.text).toContain('was used, or is too old');
  });

  test('[page.opening-code] a look at the address without opening it uses nothing up, and a minute later it is worth nothing', async () => {
    const clock = createVirtualClock();
    const { page, send } = await rig({ clock });
    const [early, late] = [new URL(page.opening('notes').url), new URL(page.opening().url)];
    expect((await send(`${early.pathname}${early.search}`, { method: 'HEAD' })).status).toBe(403);
    const opened = await send(`${early.pathname}${early.search}`);
    expect([opened.status, opened.headers.location]).toEqual([303, '/servers/notes']);
    await clock.advance(60_001);
    expect((await send(`${late.pathname}${late.search}`)).status).toBe(403);
  });

  test.each<[string, (rig: PageRig) => Promise<Record<string, string>>]>([
    ['no cookie', async () => ({})],
    ['an invented cookie', async ({ page }) => ({ cookie: `holdfast_page_${page.port}=${'x'.repeat(43)}` })],
    [
      'the cookie of another page',
      async ({ page }) => {
        const other = await startPageRig();
        const { cookie } = await other.visitor();
        await other.close();
        return { cookie: cookie.replace(/^[^=]+/, `holdfast_page_${page.port}`) };
      },
    ],
    [
      'a cookie that was left',
      async (one) => {
        const visitor = await one.visitor();
        await visitor.post('/leave');
        return { cookie: visitor.cookie };
      },
    ],
  ])('[page.cookie] with %s nothing is shown and nothing is done', async (_what, headersOf) => {
    const one = await rig({ snapshots: [NOTES] });
    const headers = await headersOf(one);
    const own = { origin: one.page.origin, 'sec-fetch-site': 'same-origin' };
    for (const path of ['/', '/servers/notes', '/add', '/doctor', '/events', '/nothing']) {
      const { status, text } = await one.send(path, { headers });
      expect([path, status]).toEqual([path, 401]);
      expect(text).not.toContain('needs-auth');
    }
    const { status } = await one.send('/servers/notes/reconnect', {
      method: 'POST',
      form: { csrf: '' },
      headers: { ...headers, ...own },
    });
    expect(status).toBe(401);
    expect(changes(one)).toEqual([]);
  });

  test('[page.cookie] a link on another page, with which no cookie is sent, is asked for once more from here', async () => {
    const { send, visitor, page } = await rig({ snapshots: [NOTES] });
    const from = { headers: { 'sec-fetch-site': 'cross-site' } };
    const step = await send('/servers/notes?a=<b>', from);
    expect(step.headers['refresh']).toBe(`0; url=${page.origin}/servers/notes?a=%3Cb%3E`);
    expect(step.text).not.toContain('needs-auth');
    const { get } = await visitor();
    expect((await get('/servers/notes', from)).text).toContain('needs-auth');
    // Nothing in the path leads away from this machine.
    expect((await send('//evil.example/x', from)).status).toBe(403);
    expect((await send('/%2F/evil.example', from)).headers['refresh']).toBe(`0; url=${page.origin}/%2F/evil.example`);
  });

  test('[page.rebinding] what comes by another name or from another page is refused, cookie or not', async () => {
    const one = await rig({ snapshots: [NOTES] });
    const { cookie, csrf } = await one.visitor();
    const before = one.calls.length;
    const asks: readonly PageAsk[] = [
      { headers: { cookie, host: 'evil.example' } },
      { headers: { cookie, host: `evil.example:${one.page.port}` } },
      { headers: { cookie, origin: 'https://evil.example' } },
      { method: 'POST', form: { csrf }, headers: { cookie, origin: 'https://evil.example' } },
      { method: 'POST', form: { csrf }, headers: { cookie, origin: 'null' } },
      { method: 'POST', form: { csrf }, headers: { cookie } },
      { method: 'POST', form: { csrf }, headers: { cookie, origin: one.page.origin, 'sec-fetch-site': 'cross-site' } },
      { method: 'POST', form: { csrf }, headers: { cookie, origin: 'http://evil.example', host: 'evil.example' } },
      { method: 'DELETE', headers: { cookie, origin: one.page.origin } },
    ];
    for (const ask of asks) {
      const { status, text } = await one.send('/servers/notes/reconnect', ask);
      expect([ask, status]).toEqual([ask, 403]);
      expect(text).not.toContain('notes');
    }
    expect(one.calls).toHaveLength(before);
  });

  test.each([
    ['no proof', {}],
    ['an empty one', { csrf: '' }],
    ['an invented one', { csrf: 'x'.repeat(43) }],
  ])('[page.csrf] a form with %s does nothing', async (_what, form) => {
    const one = await rig({ snapshots: [NOTES] });
    const { cookie } = await one.visitor();
    const headers = { cookie, origin: one.page.origin, 'sec-fetch-site': 'same-origin' };
    for (const path of ['/servers/notes/reconnect', '/add', '/leave', '/servers/notes/edit', '/servers/db/approve']) {
      const { status } = await one.send(path, { method: 'POST', form, headers });
      expect([path, status]).toEqual([path, 403]);
    }
    expect(changes(one)).toEqual([]);
    expect((await one.send('/', { headers: { cookie } })).status).toBe(200);
  });

  test('[page.csrf] the proof of another session is none', async () => {
    const one = await rig({ snapshots: [NOTES] });
    const [me, you] = [await one.visitor(), await one.visitor()];
    expect((await me.post('/servers/notes/reconnect', { csrf: you.csrf })).status).toBe(403);
    expect(changes(one)).toEqual([]);
  });

  test.each<[string, PageAsk]>([
    ['JSON', { body: '{"csrf":"x"}', headers: { 'content-type': 'application/json' } }],
    ['plain text', { body: 'csrf=x', headers: { 'content-type': 'text/plain' } }],
    ['a form that is too long', { form: { csrf: 'x'.repeat(70_000) } }],
  ])('[page.csrf] %s is no form', async (_what, ask) => {
    const one = await rig({ snapshots: [NOTES] });
    const { cookie } = await one.visitor();
    const answer = await one.send('/servers/notes/reconnect', {
      method: 'POST',
      ...ask,
      headers: { cookie, origin: one.page.origin, ...ask.headers },
    });
    expect(answer.status).toBe(415);
    expect(changes(one)).toEqual([]);
  });

  test('[page.headers] every answer forbids frames, inline scripts and caches', async () => {
    const one = await rig({ snapshots: [NOTES] });
    const { get, post } = await one.visitor();
    const answers = [
      await get('/'),
      await get('/servers/notes'),
      await get('/nothing'),
      await get('/assets/page.css'),
      await get('/assets/nothing.js'),
      await one.send('/'),
      await one.send('/open?code=x'),
      await one.send('/oauth/callback?state=x&code=y'),
      await one.send('/', { headers: { host: 'evil.example' } }),
      await post('/servers/notes/reconnect'),
      await post('/nothing'),
    ];
    for (const { headers, text } of answers) {
      expect(headers['content-security-policy']).toBe(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
      );
      expect(headers).toMatchObject({
        'x-frame-options': 'DENY',
        'x-content-type-options': 'nosniff',
        'cache-control': 'no-store',
        'referrer-policy': 'same-origin',
        'cross-origin-opener-policy': 'same-origin',
      });
      expect(text).not.toMatch(/<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=|javascript:/i);
    }
  });

  test('[page.no-get] no GET of any address changes anything', async () => {
    const one = await rig({ snapshots: [NOTES, DB], fleet: { approval: async (name) => approvalOf(name) } });
    const { get } = await one.visitor();
    const words =
      'reconnect retry-now stop reset enable disable reject approve approve/code authenticate grant-access not-now clear-authentication login/finish login/cancel sign-out remove edit';
    for (const word of words.split(' ')) await get(`/servers/notes/${word}?csrf=x&flow=1&yes=1`);
    await get('/leave');
    await get('/add?name=x&url=https://x.example');
    expect(changes(one)).toEqual([]);
    expect(one.notices).toEqual([]);
    expect((await get('/')).status).toBe(200);
  });
});

describe('[page.actions] a form of a server', () => {
  test.each([
    ['reconnect', 'reconnect'],
    ['retry-now', 'retryNow'],
    ['stop', 'stopTrying'],
    ['enable', 'enable'],
    ['disable', 'disable'],
    ['reject', 'reject'],
    ['not-now', 'declineStepUp'],
    ['clear-authentication', 'logout'],
    ['reset', 'reset'],
  ])('%s calls %s, and what was done is said', async (word, method) => {
    const one = await rig({ snapshots: [NOTES], fleet: { [method]: async () => report(snapshotOf('notes')) } });
    const { get, post } = await one.visitor();
    const done = await post(`/servers/notes/${word}`);
    expect(done.status).toBe(303);
    expect(done.headers.location).toMatch(/^\/servers\/notes\?said=\d+$/);
    expect(changes(one)).toEqual([method]);
    expect(one.calls.find((call) => call.method === method)?.args[0]).toBe('notes');
    const { text } = await get(done.headers.location ?? '');
    expect(text).toContain('notes is connected. The server answers.');
    expect(text).toContain('Contacted the server.');
  });

  test.each([
    ['/?find=a+b&by=file', /^\/\?find=a\+b&by=file&said=\d+#server-notes$/],
    ['/', /^\/\?said=\d+#server-notes$/],
    ['https://evil.example/', /^\/servers\/notes\?said=\d+$/],
    ['//evil.example', /^\/servers\/notes\?said=\d+$/],
    ['/servers/other', /^\/servers\/notes\?said=\d+$/],
    ['/?a\r\nb', /^\/servers\/notes\?said=\d+$/],
  ])('leads back to the list it came from, and nowhere else: %o', async (back, expected) => {
    const one = await rig({ snapshots: [NOTES], fleet: { reconnect: async () => report(NOTES) } });
    const { post } = await one.visitor();
    expect((await post('/servers/notes/reconnect', { back })).headers.location).toMatch(expected);
  });

  test('shows nothing of an error that nobody has foreseen', async () => {
    const one = await rig({
      snapshots: [NOTES],
      fleet: {
        enable: () => Promise.reject(new Error('token=secret-of-mine')),
        doctor: () => Promise.reject(new Error('secret-of-mine')),
      },
    });
    const { get, post } = await one.visitor();
    const { headers } = await post('/servers/notes/enable');
    expect((await get(headers.location ?? '')).text).toContain('Something unexpected happened');
    const { status, text } = await get('/doctor');
    expect([status, text.includes('secret-of-mine')]).toEqual([500, false]);
  });

  test('says why it was not done, and what to do', async () => {
    const error = new HoldfastError('ERR_BLOCKED', 'a policy forbids <it>', { hint: 'ask who made it' });
    const one = await rig({ snapshots: [NOTES], fleet: { enable: () => Promise.reject(error) } });
    const { get, post } = await one.visitor();
    const { headers } = await post('/servers/notes/enable');
    const { text } = await get(headers.location ?? '');
    expect(text).toContain('A policy forbids &lt;it&gt;.');
    expect(text).toContain('Ask who made it.');
  });

  test('that takes long does not keep the person waiting, and its end is said later', async () => {
    const clock = createVirtualClock();
    let end: (report: ActionReport) => void = () => {};
    const one = await rig({
      snapshots: [NOTES],
      clock,
      fleet: {
        reconnect: () =>
          new Promise((resolve) => {
            end = resolve;
          }),
      },
    });
    const { get, post } = await one.visitor();
    const waiting = post('/servers/notes/reconnect');
    while (changes(one).length === 0) await new Promise((resolve) => setImmediate(resolve));
    await clock.advance(1_500);
    const { headers } = await waiting;
    expect((await get(headers.location ?? '')).text).toContain('Under way.');
    end(report(snapshotOf('notes')));
    await new Promise((resolve) => setImmediate(resolve));
    expect((await get(headers.location ?? '')).text).toContain('notes is connected.');
  });

  test('that nobody knows is not there', async () => {
    const one = await rig({ snapshots: [NOTES] });
    const { post } = await one.visitor();
    for (const word of ['close', 'constructor', '__proto__', 'request', 'add']) {
      const { status } = await post(`/servers/notes/${word}`);
      expect([word, status]).toEqual([word, 404]);
    }
    expect(changes(one)).toEqual([]);
  });

  test('an unknown server is told with the nearest names', async () => {
    const unknown = new HoldfastError('ERR_SERVER_UNKNOWN', 'no server is named "note"', {
      data: { nearest: ['notes'] },
    });
    const one = await rig({ snapshots: [NOTES], fleet: { snapshot: () => Promise.reject(unknown) } });
    const { get } = await one.visitor();
    const { status, text } = await get('/servers/note');
    expect(status).toBe(404);
    expect(text).toContain('href="/servers/notes"');
  });
});

describe('[page.terminal-code] an approval', () => {
  const approving = (hash = 'h1'): PageRigOptions => ({
    snapshots: [DB],
    fleet: { approval: async (name) => approvalOf(name, hash), approve: async () => report(snapshotOf('db')) },
  });

  test('of a command shows all of it and the difference, and is not done by a click', async () => {
    const one = await rig(approving());
    const { get, post } = await one.visitor();
    const { text } = await get('/servers/db/approve');
    expect(text).toContain('runs: node server.js --all');
    expect(text).toContain('changed: runs: node server.js → node server.js --all');
    expect(text).not.toContain('name="code"');
    const clicked = await post('/servers/db/approve', { hash: 'h1' });
    expect((await get(clicked.headers.location ?? '')).text).toContain('No code was shown for this');
    expect((await post('/servers/db/approve', { hash: 'h1', code: '123456' })).status).toBe(303);
    expect(changes(one)).toEqual([]);
  });

  test('is done with the code of the terminal, for exactly what was shown', async () => {
    const one = await rig(approving());
    const { get, post } = await one.visitor();
    const shown = await post('/servers/db/approve/code', { hash: 'h1' });
    expect(shown.headers.location).toMatch(/^\/servers\/db\/approve\?said=/);
    expect(one.notices).toHaveLength(1);
    expect(one.notices[0]?.lines).toContain('runs: node server.js --all');
    const asking = await get('/servers/db/approve');
    expect(asking.text).toContain('name="code"');
    expect(asking.text).not.toContain(one.notices[0]?.code.replace(' ', '') ?? '?');
    await post('/servers/db/approve', { hash: 'h1', code: one.notices[0]?.code ?? '' });
    expect(one.calls.filter(({ method }) => method === 'approve').map(({ args }) => args.slice(0, 2))).toEqual([
      ['db', 'h1'],
    ]);
    await post('/servers/db/approve', { hash: 'h1', code: one.notices[0]?.code ?? '' });
    expect(changes(one)).toEqual(['approve']);
  });

  test('of something that has changed since it was shown gets no code', async () => {
    const one = await rig(approving('h2'));
    const { get, post } = await one.visitor();
    const { headers } = await post('/servers/db/approve/code', { hash: 'h1' });
    expect((await get(headers.location ?? '')).text).toContain('has changed since it was shown');
    expect(one.notices).toEqual([]);
  });

  test('takes no code that another browser had shown', async () => {
    const one = await rig(approving());
    const [me, you] = [await one.visitor(), await one.visitor()];
    await me.post('/servers/db/approve/code', { hash: 'h1' });
    await you.post('/servers/db/approve', { hash: 'h1', code: one.notices[0]?.code ?? '' });
    expect(changes(one)).toEqual([]);
  });

  test('of a command that another entry of the same name hides is not done by a click either', async () => {
    const remote = snapshotOf('db', { status: 'connected' });
    const one = await rig({ ...approving(), snapshots: [remote] });
    const { post } = await one.visitor();
    await post('/servers/db/approve', { hash: 'h1' });
    expect(changes(one)).toEqual([]);
  });

  test('of a remote server without a helper is a click, with the hash that was shown', async () => {
    const remote = snapshotOf('docs', { status: 'pending', reason: 'awaiting-approval', next: ['approve', 'reject'] });
    const one = await rig({
      snapshots: [remote],
      fleet: {
        approval: async (name) => ({
          ...approvalOf(name),
          summary: ['contacts: https://docs.example/mcp'],
          difference: [],
        }),
        approve: async () => report(snapshotOf('docs')),
      },
    });
    const { get, post } = await one.visitor();
    expect((await get('/servers/docs/approve')).text).toContain('name="hash" value="h1"');
    await post('/servers/docs/approve', { hash: 'h1' });
    expect(one.calls.filter(({ method }) => method === 'approve').map(({ args }) => args.slice(0, 2))).toEqual([
      ['docs', 'h1'],
    ]);
  });
});

describe('[page.remote-only] the forms that write', () => {
  const WRITTEN = {
    file: '/home/me/.config/holdfast/servers.json',
    line: 7,
    pointer: 'mcpServers.x',
    action: 'added',
  } as const;

  test('add a remote server, with a header by reference and settings of its sign-in', async () => {
    const one = await rig({ fleet: { add: async () => WRITTEN } });
    const { post } = await one.visitor();
    const fields = {
      name: 'notion',
      url: 'https://mcp.notion.example/mcp',
      type: 'http',
      'header-name': 'Authorization',
      'header-value': 'Bearer ${NOTION}',
      scopes: 'read write',
      scope: 'user',
    };
    const { headers } = await post('/add', fields);
    expect(headers.location).toMatch(/^\/servers\/notion\?said=/);
    expect(one.calls.find(({ method }) => method === 'add')?.args[0]).toEqual({
      name: 'notion',
      scope: 'user',
      raw: {
        type: 'http',
        url: 'https://mcp.notion.example/mcp',
        headers: { Authorization: 'Bearer ${NOTION}' },
        oauth: { scopes: 'read write' },
      },
    });
  });

  test('write no command, no helper and no variable, whatever fields are sent', async () => {
    const one = await rig({ fleet: { add: async () => WRITTEN } });
    const { post } = await one.visitor();
    await post('/add', {
      name: 'x',
      url: 'https://x.example/mcp',
      command: 'rm',
      args: '-rf',
      headersHelper: 'rm -rf /',
      env: 'A=b',
      raw: '{"command":"rm"}',
      scope: 'local',
    });
    expect(one.calls.find(({ method }) => method === 'add')?.args[0]).toEqual({
      name: 'x',
      scope: 'own',
      raw: { url: 'https://x.example/mcp' },
    });
  });

  test.each([
    ['no address', { url: 'rm -rf /' }],
    ['an address that runs something', { url: 'file:///bin/sh' }],
    ['a script', { url: 'javascript:alert(1)' }],
    ['a header without a value', { url: 'https://x.example', 'header-name': 'A', 'header-value': '' }],
    ['a header that cannot be sent', { url: 'https://x.example', 'header-name': 'A\r\nB: c', 'header-value': 'x' }],
  ])('are shown again for %s, with what was typed and without what is secret', async (_what, fields) => {
    const one = await rig({ fleet: { add: async () => WRITTEN } });
    const { post } = await one.visitor();
    const answer = await post('/add', { name: 'my-<name>', 'header-value': 'secret-of-mine', ...fields });
    expect(answer.status).toBe(422);
    expect(answer.text).toContain('value="my-&lt;name&gt;"');
    expect(answer.text).not.toContain('secret-of-mine');
    expect(changes(one)).toEqual([]);
  });

  const remote = configured('docs', {
    entry: {
      name: 'docs',
      source: configured('docs').source,
      endpoint: {
        kind: 'http',
        url: 'https://docs.example/mcp',
        headers: { 'X-Api-Key': 'the-old-key', 'X-Team': 'a' },
      },
      settings: { protocolEra: 'auto', numbers: {} },
    },
  });
  const editing = (): PageRigOptions => ({
    snapshots: [snapshotOf('docs', { signIn: 'headers' })],
    servers: [remote],
    fleet: { edit: async () => ({ ...WRITTEN, action: 'changed' as const }) },
  });

  test('edit a header without showing the others', async () => {
    const one = await rig(editing());
    const { get, post } = await one.visitor();
    const { text } = await get('/servers/docs/edit');
    expect(text).toContain('https://docs.example/mcp');
    expect(text).toContain('X-Api-Key');
    expect(text).not.toContain('the-old-key');
    await post('/servers/docs/edit', {
      url: 'https://docs.example/mcp',
      type: 'http',
      'keep-0': 'the-new-key',
      'drop-1': 'yes',
    });
    expect(one.calls.find(({ method }) => method === 'edit')?.args[0]).toMatchObject({
      name: 'docs',
      scope: 'own',
      change: { set: { headers: { 'X-Api-Key': 'the-new-key' } } },
    });
  });

  test('[page.terminal-code] send headers to another machine only with the code of the terminal', async () => {
    const one = await rig(editing());
    const { post } = await one.visitor();
    const fields = { url: 'https://evil.example/mcp', type: 'http' };
    const first = await post('/servers/docs/edit', fields);
    expect(first.text).toContain('Its headers would go to another machine');
    expect(one.notices[0]?.lines.join(' ')).toContain('https://evil.example/mcp');
    const wrong = await post('/servers/docs/edit', { ...fields, code: '000000' });
    if (one.notices[0]?.code !== '000 000') expect(wrong.status).toBe(422);
    expect(
      (await post('/servers/docs/edit', { url: 'https://worse.example/mcp', code: one.notices[0]?.code ?? '' })).status,
    ).toBe(422);
    expect(changes(one)).toEqual([]);
    await post('/servers/docs/edit', { ...fields, code: one.notices[0]?.code ?? '' });
    expect(changes(one)).toEqual(['edit']);
  });

  test('leave the file of another program alone unless that is ticked', async () => {
    const source = { ...remote.source, client: 'claude-code', scope: 'user', file: '/home/me/.claude.json' } as const;
    const one = await rig({ ...editing(), snapshots: [snapshotOf('docs', { source })] });
    const { post } = await one.visitor();
    const fields = { url: 'https://docs.example/other', type: 'http' };
    const refused = await post('/servers/docs/edit', fields);
    expect(refused.text).toContain('tick that it is to be changed');
    expect(changes(one)).toEqual([]);
    await post('/servers/docs/edit', { ...fields, foreign: 'yes' });
    expect(one.calls.find(({ method }) => method === 'edit')?.args[0]).toMatchObject({ scope: 'user' });
  });

  test('do not edit what runs a command', async () => {
    const one = await rig({ ...editing(), snapshots: [DB], servers: [] });
    const { get, post } = await one.visitor();
    expect((await get('/servers/db/edit')).text).toContain('holdfast edit db');
    expect((await post('/servers/db/edit', { url: 'https://x.example' })).status).toBe(422);
    expect(changes(one)).toEqual([]);
  });
});

describe('[page.callback] the door of the page', () => {
  const waiting = (redirectUri: string) => ({
    kind: 'waiting' as const,
    flow: 'f1',
    server: 'notes',
    url: 'https://auth.example/authorize?state=s1&scope=read+write',
    scopes: ['read', 'write'],
    issuer: 'https://auth.example',
    expiresAt: '2030-01-01T00:00:00.000Z',
    redirectUri,
    listening: false,
  });

  async function begin(fleet: PageRigOptions['fleet'] = {}): Promise<PageRig> {
    const one = await rig({
      snapshots: [NOTES],
      fleet: {
        startLogin: async (_name, options) => waiting(options?.redirectUri ?? ''),
        finishLogin: async () => report(snapshotOf('notes')),
        ...fleet,
      },
    });
    const { post } = await one.visitor();
    const { headers } = await post('/servers/notes/authenticate');
    expect(headers.location).toBe('/servers/notes#sign-in');
    return one;
  }

  test('is where the answer is asked to come, at the port that the browser uses', async () => {
    const one = await begin();
    expect(one.calls.find(({ method }) => method === 'startLogin')?.args[1]).toEqual({
      redirectUri: `http://localhost:${one.page.port}/oauth/callback`,
    });
  });

  test('takes an answer by its state, without a cookie, and leads back', async () => {
    const one = await begin();
    const answer = await one.send('/oauth/callback?code=c1&state=s1', {
      headers: { host: `localhost:${one.page.port}` },
    });
    expect(answer.status).toBe(200);
    expect(answer.headers['refresh']).toBe(`0; url=${one.page.origin}/servers/notes`);
    expect(answer.text).not.toMatch(/c1|s1/);
    expect(one.calls.find(({ method }) => method === 'finishLogin')?.args.slice(0, 2)).toEqual([
      'f1',
      `http://localhost:${one.page.port}/oauth/callback?code=c1&state=s1`,
    ]);
  });

  test.each(['?code=c1&state=s2', '?code=c1', '', '?state=', '?error=access_denied&state=x'])(
    'takes nothing that nobody asked for: %o',
    async (query) => {
      const one = await begin();
      expect((await one.send(`/oauth/callback${query}`)).status).toBe(400);
      expect(changes(one)).toEqual(['startLogin']);
    },
  );

  test('says why a sign-in has failed', async () => {
    const failed = new HoldfastError('ERR_LOGIN_FAILED', 'the person said no', { hint: 'start again' });
    const one = await begin({ finishLogin: () => Promise.reject(failed) });
    const { status, text } = await one.send('/oauth/callback?error=access_denied&state=s1');
    expect(status).toBe(400);
    expect(text).toContain('The person said no. Start again.');
  });
});

describe('the listener', () => {
  test('stands on loopback alone, takes the next free port, and refuses one that is taken', async () => {
    const one = await rig();
    expect(one.page.origin).toBe(`http://127.0.0.1:${one.page.port}`);
    const { listenPage } = await import('../../src/web/listen.ts');
    await expect(listenPage({} as never, [one.page.port])).rejects.toMatchObject({ code: 'ERR_USAGE' });
  });

  test('[page.live] tells what happens, and ends with the page', async () => {
    const one = await rig({
      snapshots: [NOTES],
      fleet: {
        async *events() {
          yield {
            seq: 1,
            time: '',
            server: 'notes',
            event: 'server.status',
            from: 'pending',
            to: 'connected',
            snapshot: snapshotOf('notes'),
          };
          yield { seq: 2, time: '', server: 'notes', event: 'tools.changed', kind: 'tools', count: 3 };
        },
      },
    });
    const { get } = await one.visitor();
    const stream = get('/events');
    while (!one.calls.some(({ method }) => method === 'events')) await new Promise((resolve) => setImmediate(resolve));
    await new Promise((resolve) => setImmediate(resolve));
    await one.close();
    const { headers, text } = await stream;
    expect(headers['content-type']).toContain('text/event-stream');
    expect(text).toContain('data: {"server":"notes","news":"notes is connected. The server answers."}');
    expect(text).toContain('data: {"server":"notes"}');
  });
});
