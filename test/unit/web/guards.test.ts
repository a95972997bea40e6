/**
 * The guards of the page as tables.
 *
 * @module
 */
import { describe, expect, test } from 'vitest';
import { createVirtualClock } from '../../../src/testing/virtual-clock.ts';
import { cookieIn, setCookie } from '../../../src/web/guard/cookie.ts';
import { OPENING_MS, Sessions } from '../../../src/web/guard/sessions.ts';
import { CODE_MS, TerminalCodes } from '../../../src/web/guard/terminal-codes.ts';
import type { TerminalNotice } from '../../../src/web/guard/terminal-codes.ts';
import { refusalOf } from '../../../src/web/guard/visitor.ts';
import type { Visitor } from '../../../src/web/guard/visitor.ts';

const HOST = '127.0.0.1:4657';
const ORIGIN = `http://${HOST}`;
const visitor = (more: Partial<Visitor>): Visitor => ({
  method: 'GET',
  host: HOST,
  origin: undefined,
  site: undefined,
  ...more,
});

describe('[page.rebinding] a request', () => {
  test.each<[string, Partial<Visitor>]>([
    ['of a browser that was given the address', {}],
    ['by name', { host: 'localhost:4657' }],
    ['over IPv6', { host: '[::1]:4657' }],
    ['through a forwarded port', { host: 'localhost:9000' }],
    ['of a form of the page', { method: 'POST', origin: ORIGIN, site: 'same-origin' }],
    ['of a form, from a browser without fetch metadata', { method: 'POST', origin: ORIGIN }],
    ['of a link on another page', { site: 'cross-site' }],
  ])('%s is heard', (_what, more) => {
    expect(refusalOf(visitor(more))).toBeUndefined();
  });

  test.each<[string, Partial<Visitor>]>([
    ['by a name that was made to lead here', { host: 'evil.example:4657' }],
    ['by a name that only begins right', { host: 'localhost.evil.example' }],
    ['by a name that only ends right', { host: 'evil-localhost' }],
    ['by another address of this machine', { host: '192.168.1.5:4657' }],
    ['by the address of everything', { host: '0.0.0.0:4657' }],
    ['without a Host', { host: undefined }],
    ['with something beside the host', { host: `${HOST}@evil.example` }],
    ['of the script of another page', { origin: 'https://evil.example' }],
    ['of a page of another port', { origin: 'http://127.0.0.1:3000' }],
    ['of a page without an origin', { method: 'POST', origin: 'null' }],
    ['of a form without an Origin', { method: 'POST' }],
    ['of a form of another page', { method: 'POST', origin: 'https://evil.example', site: 'cross-site' }],
    ['of a form of a neighbouring site', { method: 'POST', origin: ORIGIN, site: 'same-site' }],
    ['with https where there is none', { method: 'POST', origin: `https://${HOST}` }],
    ['with another method', { method: 'PUT', origin: ORIGIN, site: 'same-origin' }],
    ['that asks what is allowed', { method: 'OPTIONS' }],
  ])('%s is refused', (_what, more) => {
    expect(refusalOf(visitor(more))).toMatch(/\.$/);
  });
});

describe('[page.opening-code] an opening code', () => {
  test('opens once', () => {
    const sessions = new Sessions(createVirtualClock());
    const code = sessions.code();
    const cookie = sessions.open(code);
    expect(sessions.find(cookie)?.csrf).toMatch(/^[\w-]{43}$/);
    expect(sessions.open(code)).toBeUndefined();
    expect(sessions.find(cookie)).toBeDefined();
  });

  test('is worth nothing after a minute', async () => {
    const clock = createVirtualClock();
    const sessions = new Sessions(clock);
    const [late, early] = [sessions.code(), sessions.code()];
    await clock.advance(OPENING_MS);
    expect(sessions.open(early)).toBeDefined();
    await clock.advance(1);
    expect(sessions.open(late)).toBeUndefined();
  });

  test.each(['', 'a', 'x'.repeat(43)])('that was invented (%o) opens nothing', (code) => {
    const sessions = new Sessions(createVirtualClock());
    sessions.code();
    expect(sessions.open(code)).toBeUndefined();
  });

  test('is one of few: the oldest are forgotten', () => {
    const sessions = new Sessions(createVirtualClock());
    const first = sessions.code();
    for (let count = 0; count < 30; count += 1) sessions.code();
    expect(sessions.open(first)).toBeUndefined();
  });
});

describe('[page.cookie] a session', () => {
  test('ends when its browser was not seen for half a day', async () => {
    const clock = createVirtualClock();
    const sessions = new Sessions(clock);
    const cookie = sessions.open(sessions.code());
    await clock.advance(11 * 3_600_000);
    expect(sessions.find(cookie)).toBeDefined();
    await clock.advance(11 * 3_600_000);
    expect(sessions.find(cookie)).toBeDefined();
    await clock.advance(13 * 3_600_000);
    expect(sessions.find(cookie)).toBeUndefined();
  });

  test('is not that of another page, and not one that was left', () => {
    const [one, other] = [new Sessions(createVirtualClock()), new Sessions(createVirtualClock())];
    const cookie = one.open(one.code());
    expect(other.find(cookie)).toBeUndefined();
    one.leave(cookie);
    expect(one.find(cookie)).toBeUndefined();
    expect(one.find(undefined)).toBeUndefined();
  });

  test('has a proof of its own', () => {
    const sessions = new Sessions(createVirtualClock());
    const [one, other] = [sessions.open(sessions.code()), sessions.open(sessions.code())];
    expect(sessions.find(one)?.csrf).not.toBe(sessions.find(other)?.csrf);
  });

  test('is kept where no script and no other site reaches it', () => {
    expect(setCookie('a', 'b')).toBe('a=b; Path=/; HttpOnly; SameSite=Strict');
  });

  test.each([
    ['a=1; holdfast=2; b=3', '2'],
    ['holdfast=2', '2'],
    ['holdfast=first; holdfast=second', 'first'],
    ['xholdfast=1', undefined],
    ['holdfast', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('is found in the header %o', (header, value) => {
    expect(cookieIn(header, 'holdfast')).toBe(value);
  });
});

describe('[page.terminal-code] a code of the terminal', () => {
  const about = { what: 'approve db', server: 'db', hash: 'h1' };
  const asked = () => {
    const notices: TerminalNotice[] = [];
    const clock = createVirtualClock();
    const codes = new TerminalCodes(clock, (notice) => void notices.push(notice));
    codes.ask('me', { ...about, lines: ['runs: rm -rf /'] });
    return { codes, clock, notices, code: notices[0]?.code ?? '' };
  };

  test('is shown beside what is agreed to, and taken once', () => {
    const { codes, notices, code } = asked();
    expect(notices).toEqual([{ ...about, lines: ['runs: rm -rf /'], code, validMs: CODE_MS }]);
    expect(code).toMatch(/^\d{3} \d{3}$/);
    expect(codes.isAsked('me', about)).toBe(true);
    expect(codes.take('me', about, code.replace(' ', ''))).toBeUndefined();
    expect(codes.take('me', about, code)).toBe('none-asked');
  });

  test.each([
    ['another session', 'you', {}],
    ['another server', 'me', { server: 'other' }],
    ['an entry that has changed since', 'me', { hash: 'h2' }],
    ['another act', 'me', { what: 'send the headers of db to another machine' }],
  ])('is no code for %s', (_what, session, more) => {
    const { codes, code } = asked();
    expect(codes.take(session, { ...about, ...more }, code)).toBe('none-asked');
    expect(codes.take('me', about, code)).toBeUndefined();
  });

  test('is void after three minutes', async () => {
    const { codes, clock, code } = asked();
    await clock.advance(CODE_MS + 1);
    expect(codes.isAsked('me', about)).toBe(false);
    expect(codes.take('me', about, code)).toBe('too-late');
  });

  test('is void after three wrong ones', () => {
    const { codes, code } = asked();
    const wrong = code === '000 000' ? '111 111' : '000 000';
    expect([1, 2, 3].map(() => codes.take('me', about, wrong))).toEqual(['wrong', 'wrong', 'too-many']);
    expect(codes.take('me', about, code)).toBe('none-asked');
  });

  test('is void when another one is shown for the same', () => {
    const { codes, notices, code } = asked();
    codes.ask('me', { ...about, lines: [] });
    const second = notices[1]?.code ?? '';
    if (second !== code) expect(codes.take('me', about, code)).toBe('wrong');
    expect(codes.take('me', about, second)).toBeUndefined();
  });
});
