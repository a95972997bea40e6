/**
 * The page: which screen or action an address leads to, for those who were let in.
 *
 * @module
 */
import { ACTS } from './acts/acts.ts';
import type { Act, ActWorld, Doer } from './acts/acts.ts';
import { addEntry, editEntry } from './acts/entry-acts.ts';
import { failedReply } from './acts/failed.ts';
import { errorNote, noted } from './acts/outcome.ts';
import { CALLBACK_PATH, WaitingLogins } from './acts/waiting.ts';
import type { PageDeps } from './deps.ts';
import { cookieIn, cookieName, dropCookie, setCookie } from './guard/cookie.ts';
import type { Session } from './guard/sessions.ts';
import { Sessions, sameText } from './guard/sessions.ts';
import { TerminalCodes } from './guard/terminal-codes.ts';
import { nextPath } from './acts/next-path.ts';
import { comeIn } from './http/come-in.ts';
import { goTo, htmlReply, textReply } from './http/reply.ts';
import type { Reply } from './http/reply.ts';
import { html } from './html.ts';
import { serverPath } from './screens/actions.ts';
import { documentOf } from './screens/layout.ts';
import type { Frame, Screen } from './screens/layout.ts';
import { lockedScreen, messageScreen, missingScreen, staleCodeScreen } from './screens/messages.ts';
import { screenAt } from './show.ts';

/** A request, read. */
export interface Visit {
  readonly method: string;
  /** Path and query as they came, behind the origin of the request. */
  readonly url: URL;
  readonly cookies: string | undefined;
  /** `Sec-Fetch-Site`. */
  readonly site: string | undefined;
  /** The fields of a form; `undefined` where it was none. */
  readonly form?: URLSearchParams | undefined;
}

/** The page of one view. */
export class Page {
  readonly sessions: Sessions;
  readonly #deps: PageDeps;
  readonly #world: ActWorld;
  readonly #cookie: string;
  #owner: string | undefined;

  /** `port` = where it listens: the name of its cookie. */
  constructor(deps: PageDeps, port: number) {
    this.#deps = deps;
    this.#cookie = cookieName(port);
    this.sessions = new Sessions(deps.clock);
    this.#world = {
      deps,
      codes: new TerminalCodes(deps.clock, (notice) => deps.show(notice)),
      logins: new WaitingLogins(),
    };
  }

  /** The session of a request, if it has one. */
  sessionOf({ cookies }: Pick<Visit, 'cookies'>): Session | undefined {
    return this.sessions.find(cookieIn(cookies, this.#cookie));
  }

  /** Answers. Never throws for what a fleet says. */
  async answer(visit: Visit): Promise<Reply> {
    const { pathname } = visit.url;
    const asset = /^\/assets\/([\w.-]+)$/.exec(pathname)?.[1];
    if (asset !== undefined) return this.#asset(asset);
    if (visit.method === 'POST') return this.#post(visit);
    if (pathname === '/open') return this.#open(visit);
    if (pathname === CALLBACK_PATH) return this.#callback(visit);
    const session = this.sessionOf(visit);
    if (session !== undefined) return this.#show(visit, session);
    // The cookie is not sent with a link on another page: asked once more from here, it is.
    return visit.site === 'cross-site' ? comeIn(visit.url) : this.#plain(lockedScreen(this.#deps), 401);
  }

  #asset(name: string): Reply {
    const asset = this.#deps.assets.get(name);
    return asset === undefined ? textReply('Not found\n', 404) : textReply(asset.text, 200, asset.type);
  }

  #open({ url, method }: Visit): Reply {
    // A program that only looks at the address does not use it up.
    const cookie = method === 'GET' ? this.sessions.open(url.searchParams.get('code') ?? '') : undefined;
    if (cookie === undefined) return this.#plain(staleCodeScreen(this.#deps), 403);
    const name = url.searchParams.get('server');
    return goTo(name === null ? '/' : serverPath(name), { 'set-cookie': setCookie(this.#cookie, cookie) });
  }

  /** The page's own door for the answer of an authorization server: what it brings is believed by its state alone. */
  async #callback({ url }: Visit): Promise<Reply> {
    const begun = this.#world.logins.ofState(url.searchParams.get('state'));
    if (begun === undefined)
      return this.#plain(
        messageScreen({
          title: 'Nothing was done',
          icon: 'disabled',
          text: 'This address belongs to no sign-in that waits for an answer.',
        }),
        400,
      );
    const { waiting, origin } = begun;
    const { fleet, view } = this.#deps;
    const back = `${origin}${serverPath(waiting.server)}`;
    const more = html`<p class="go"><a class="button first" href="${back}">Back to ${waiting.server}</a></p>`;
    try {
      await fleet.finishLogin(waiting.flow, `${waiting.redirectUri ?? ''}${url.search}`, view);
    } catch (error) {
      const { lines } = errorNote(error);
      return this.#plain(messageScreen({ title: 'Not signed in', icon: 'failed', text: lines.join(' '), more }), 400);
    }
    const done = messageScreen({
      title: 'Signed in',
      icon: 'connected',
      text: `Holdfast is signed in to ${waiting.server}.`,
      more,
    });
    return { ...this.#plain(done, 200), headers: { ...this.#plain(done, 200).headers, refresh: `0; url=${back}` } };
  }

  async #show(visit: Visit, session: Session): Promise<Reply> {
    const frame = await this.#frame(session, visit.url);
    try {
      const screen = await screenAt(visit.url, { world: this.#world, session, frame });
      return screen === undefined
        ? htmlReply(documentOf(frame, missingScreen()), 404)
        : htmlReply(documentOf(frame, screen));
    } catch (error) {
      return failedReply(error, frame, this.#deps.logger);
    }
  }

  async #post(visit: Visit): Promise<Reply> {
    const session = this.sessionOf(visit);
    if (session === undefined) return this.#plain(lockedScreen(this.#deps), 401);
    const { form, url } = visit;
    if (form === undefined) return textReply('Forms only, and short ones.\n', 415);
    if (!sameText(form.get('csrf') ?? '', session.csrf)) return this.#plain(refusedScreen(), 403);
    const { pathname } = url;
    if (pathname === '/leave') {
      this.sessions.leave(cookieIn(visit.cookies, this.#cookie));
      return goTo('/', { 'set-cookie': dropCookie(this.#cookie) });
    }
    const frame = await this.#frame(session, url);
    if (pathname === '/add') return this.#form(() => addEntry(this.#world, { form, session }, frame), frame);
    const [, encoded = '', words = ''] = /^\/servers\/([^/]+)\/(.+)$/.exec(pathname) ?? [];
    const act = { name: decoded(encoded), form, session, origin: url.origin };
    if (words === 'edit') return this.#form(() => editEntry(this.#world, act, frame), frame);
    const doer = Object.hasOwn(ACTS, words) ? ACTS[words] : undefined;
    if (doer === undefined) return htmlReply(documentOf(frame, missingScreen()), 404);
    return this.#do(doer, words, act);
  }

  /** A form that is shown again where something in it is wrong. */
  async #form(run: () => Promise<Reply | Screen>, frame: Frame): Promise<Reply> {
    try {
      const outcome = await run();
      return 'body' in outcome && 'status' in outcome ? outcome : htmlReply(documentOf(frame, outcome), 422);
    } catch (error) {
      return failedReply(error, frame, this.#deps.logger);
    }
  }

  async #do(doer: Doer, words: string, act: Act): Promise<Reply> {
    const { clock } = this.#deps;
    let quiet = false;
    const work = doer.run(this.#world, act).then((note) => {
      quiet = note === undefined;
      return note ?? { tone: 'done' as const, lines: ['The sign-in waits for you.'] };
    });
    const id = await noted(work, { session: act.session, clock, meanwhile: `${act.name}: ${doer.meanwhile}` });
    return goTo(nextPath(doer, words, act, quiet ? undefined : id));
  }

  /** A document for somebody who was not let in, or not yet. */
  #plain(screen: Screen, status: number): Reply {
    const { clock, program, suffix } = this.#deps;
    return htmlReply(documentOf({ now: clock.now(), csrf: '', home: '', program, suffix }, screen), status);
  }

  async #frame({ csrf, notes }: Session, url: URL): Promise<Frame> {
    const { clock, program, suffix, view, fleet } = this.#deps;
    const owner = (this.#owner ??= await ownerWords(fleet));
    return {
      now: clock.now(),
      csrf,
      home: view.home,
      program,
      suffix,
      note: notes.find(url.searchParams.get('said')),
      owner,
      ...(view.projectRoot === undefined ? {} : { project: view.projectRoot }),
    };
  }
}

async function ownerWords(fleet: PageDeps['fleet']): Promise<string> {
  const { kind, pid, version } = await fleet.owner();
  return `Holdfast ${version}, ${kind === 'daemon' ? 'daemon' : 'process'} ${pid}`;
}

const refusedScreen = (): Screen =>
  messageScreen({
    title: 'Nothing was done',
    icon: 'failed',
    text: 'The form does not carry the proof that it is one of this page. Go back, load the page anew and try again.',
    more: html`<p><a class="button" href="/">All servers</a></p>`,
  });

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
