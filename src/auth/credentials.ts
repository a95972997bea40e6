/**
 * Makes the headers of a server: static ones of its entry, those of its headersHelper over them, and the access token of
 * a login over both.
 *
 * @module
 */
import type { Logger } from '../base/logger.ts';
import type { Secret } from '../base/secret.ts';
import { isRemote, type EffectiveEntry, type EffectiveRemote, type HelperSpec } from '../core/entry.ts';
import type { Fault } from '../core/fault.ts';
import type { CredentialKind, Credentials, HeaderOutcome, HeadersAsk } from '../core/ports.ts';
import { headerProblem } from '../net/header-rule.ts';
import { Advertising, type AdvertiseDeps } from './discovery/advertise.ts';
import type { HeldLogins, LoginHeaders } from './held-logins.ts';
import { runHelper, type HelperDeps, type HelperOutcome } from './helper/headers-helper.ts';
import { SharedRuns } from './helper/shared-run.ts';

/** What the port needs from the world. */
export interface CredentialsDeps extends HelperDeps, AdvertiseDeps {
  readonly logger: Logger;
  /** The logins that are held. Default: none. */
  readonly logins?: Pick<HeldLogins, 'headers'>;
}

type Headers = Readonly<Record<string, Secret>>;

/** Output of a helper that may be used again. */
interface Kept {
  readonly headers: Headers;
  /** Wall clock: a token also ages while the machine sleeps. */
  readonly until: number;
}

/**
 * Creates the port. It keeps nothing on disk; `forget` empties what it keeps for one entry. An entry without headers of its
 * own uses the login that is held for its url and profile; one that has some uses only the login that a person made for
 * this very entry, and then that login's `Authorization` takes the place of its own. A helper that fails is told before
 * anything about logins.
 */
export function createCredentials(deps: CredentialsDeps): Credentials {
  const advertising = new Advertising(deps);
  const helpers = new Helpers(deps);
  const own = async (entry: EffectiveEntry, endpoint: EffectiveRemote, ask: HeadersAsk): Promise<HeaderOutcome> => {
    const { headers, helper } = endpoint;
    deps.redactor.add(...Object.values(headers));
    const fault = staticFault(entry, headers);
    if (fault !== undefined) return { ok: false, fault };
    if (helper === undefined) return { ok: true, headers, kind: staticKind(headers) };
    return over(headers, await helpers.headers(entry, { helper, url: endpoint.url }, ask));
  };
  return {
    async headers(entry, ask) {
      if (!isRemote(entry.endpoint)) return { ok: true, headers: {}, kind: 'none' };
      const outcome = await own(entry, entry.endpoint, ask);
      return outcome.ok ? withLogin(outcome, await deps.logins?.headers(entry, entry.endpoint, ask)) : outcome;
    },
    advertises: (endpoint, challenges, ask) => advertising.advertises(endpoint, challenges, ask),
    forget(entry) {
      const forgotten: string[] = [];
      if (helpers.forget(entry)) forgotten.push('the headers that the headersHelper gave last');
      if (isRemote(entry.endpoint) && advertising.forget(entry.endpoint.url))
        forgotten.push('whether the server offers a sign-in');
      return forgotten;
    },
  };
}

function staticKind(headers: Headers): CredentialKind {
  return Object.keys(headers).length === 0 ? 'none' : 'headers';
}

/** A configured header that cannot be sent is the entry's fault, and nothing is sent. */
function staticFault(entry: EffectiveEntry, headers: Headers): Fault | undefined {
  for (const [name, value] of Object.entries(headers)) {
    const problem = headerProblem(name, value.reveal());
    const { file, line, pointer } = entry.source;
    if (problem !== undefined)
      return { reason: 'config-invalid', detail: `a configured header ${problem}`, at: { file, line, pointer } };
  }
  return undefined;
}

/** Static headers with the helper's over them; two spellings of one name are one header. */
function over(headers: Headers, outcome: HeaderOutcome): HeaderOutcome {
  if (!outcome.ok) return outcome;
  const taken = new Set(Object.keys(outcome.headers).map((name) => name.toLowerCase()));
  const rest = Object.entries(headers).filter(([name]) => !taken.has(name.toLowerCase()));
  return { ...outcome, headers: { ...Object.fromEntries(rest), ...outcome.headers } };
}

type Sendable = Extract<HeaderOutcome, { readonly ok: true }>;

/** What credentials of the entry's own may not stand beside a token. */
const TOKEN_HEADERS: ReadonlySet<string> = new Set(['authorization', 'dpop']);

function withLogin(own: Sendable, login: LoginHeaders): HeaderOutcome {
  if (login === undefined) return own;
  const run = own.run === undefined ? {} : { run: own.run };
  // Without the store nobody knows of a login: the server is contacted all the same, and its 401 is not the last word.
  if (login.ok === 'unknown') return own.kind === 'none' ? { ...own, refreshFault: login.fault } : own;
  if (!login.ok) return { ...login, ...run };
  const rest = Object.entries(own.headers).filter(([name]) => !TOKEN_HEADERS.has(name.toLowerCase()));
  return { ...login, ...run, headers: { ...Object.fromEntries(rest), ...login.headers }, kind: 'oauth' };
}

interface Target {
  readonly helper: HelperSpec;
  readonly url: EffectiveRemote['url'];
}

/** A helper is told the name of its server, and may print other headers for another name. */
function keyOf({ key, name }: EffectiveEntry): string {
  return `${key} ${name}`;
}

/** The helpers of all entries: one run at a time for each, and output kept as long as its entry allows. */
class Helpers {
  readonly #deps: CredentialsDeps;
  readonly #kept = new Map<string, Kept>();
  readonly #runs = new SharedRuns<HelperOutcome>();

  constructor(deps: CredentialsDeps) {
    this.#deps = deps;
  }

  async headers(entry: EffectiveEntry, target: Target, ask: HeadersAsk): Promise<HeaderOutcome> {
    const key = keyOf(entry);
    const kept = this.#kept.get(key);
    if (!ask.fresh && kept !== undefined && kept.until > this.#deps.clock.now())
      return { ok: true, headers: kept.headers, kind: 'helper' };
    const outcome = await this.#runs.join(key, ask.signal, (signal) => this.#run(entry, target, ask, signal));
    if (outcome === undefined)
      return { ok: false, fault: { reason: 'helper-timeout', detail: 'it was ended before it answered' } };
    return outcome.ok ? { ...outcome, kind: 'helper' } : outcome;
  }

  forget(entry: EffectiveEntry): boolean {
    return this.#kept.delete(keyOf(entry));
  }

  async #run(entry: EffectiveEntry, target: Target, ask: HeadersAsk, signal: AbortSignal): Promise<HelperOutcome> {
    const { clock, logger } = this.#deps;
    const own = keyOf(entry);
    this.#kept.delete(own);
    const outcome = await runHelper(this.#deps, { ...target, name: entry.name, numbers: ask.numbers, signal });
    const { stderr: _, ...shown } = outcome.run;
    logger.debug({ server: entry.name, ...shown }, 'a headersHelper ran');
    for (const [key, { until }] of this.#kept) if (until <= clock.now()) this.#kept.delete(key);
    if (outcome.ok && target.helper.ttlMs > 0)
      this.#kept.set(own, { headers: outcome.headers, until: clock.now() + target.helper.ttlMs });
    return outcome;
  }
}
