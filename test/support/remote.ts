/**
 * Opens real sessions with servers on loopback, for tests of the transports.
 *
 * @module
 */
import { systemClock } from '../../src/base/clock.ts';
import type { Clock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/logger.ts';
import { seededRandom } from '../../src/base/random.ts';
import { Redactor, Secret } from '../../src/base/secret.ts';
import type { EffectiveEntry, EntrySettings } from '../../src/core/entry.ts';
import { resolveNumbers } from '../../src/core/numbers.ts';
import type { NumberOverrides } from '../../src/core/numbers.ts';
import type { Lists, OpenOutcome, OpenRequest, RequestProof, Session, SessionEvent } from '../../src/core/ports.ts';
import type { Era } from '../../src/core/snapshot.ts';
import { createHttp } from '../../src/net/dispatcher.ts';
import type { Http } from '../../src/net/dispatcher.ts';
import { openHttp } from '../../src/transport/http.ts';

/** How a try differs from the plain one. */
export interface RemoteOptions {
  readonly kind?: 'http' | 'sse' | 'auto';
  readonly era?: EntrySettings['protocolEra'];
  readonly knownEra?: Era;
  readonly headers?: Readonly<Record<string, string>>;
  readonly proof?: RequestProof;
  readonly numbers?: NumberOverrides;
  readonly lastLists?: Lists;
  readonly projectRoot?: string;
  readonly signal?: AbortSignal;
  readonly clock?: Clock;
}

/** A session and everything it said. */
export interface OpenRemote {
  readonly session: Session;
  readonly events: readonly SessionEvent[];
  /** Resolves with the first event (of those to come or gone) that fits; rejects after 5 s. */
  readonly until: (fits: (event: SessionEvent) => boolean) => Promise<SessionEvent>;
}

/** Many tries over one HTTP client; close it at the end. */
export interface Remote {
  readonly redactor: Redactor;
  try(url: string, options?: RemoteOptions): Promise<OpenOutcome>;
  /** Like `try`, but an answer instead of a session fails the test. */
  open(url: string, options?: RemoteOptions): Promise<OpenRemote>;
  close(): Promise<void>;
}

/** The entry of a remote server. */
export function remoteEntry(url: string, options: RemoteOptions = {}): EffectiveEntry {
  return {
    name: 'remote',
    source: { client: 'library', scope: 'library', file: '', line: 0, pointer: '' },
    key: url,
    endpoint: { kind: options.kind ?? 'http', url, headers: secrets(options.headers) },
    settings: { protocolEra: options.era ?? 'auto', numbers: {} },
    signIn: options.headers === undefined ? 'none' : 'headers',
  };
}

/** The request of one try. */
export function remoteRequest(url: string, options: RemoteOptions = {}): OpenRequest {
  const { knownEra, lastLists, projectRoot, proof } = options;
  return {
    entry: remoteEntry(url, options),
    headers: secrets(options.headers),
    numbers: resolveNumbers(options.numbers ?? {}),
    signal: options.signal ?? new AbortController().signal,
    ...(proof === undefined ? {} : { proof }),
    ...(knownEra === undefined ? {} : { knownEra }),
    ...(lastLists === undefined ? {} : { lastLists }),
    ...(projectRoot === undefined ? {} : { projectRoot }),
  };
}

/** Header values as secrets. */
export function secrets(headers: Readonly<Record<string, string>> = {}): Record<string, Secret> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, new Secret(value)]));
}

/** A place from which to open sessions; `env` may name a proxy. */
export function createRemote(env: Readonly<Record<string, string>> = {}): Remote {
  const http: Http = createHttp({ env });
  const redactor = new Redactor();
  const open: Session[] = [];
  const attempt = async (url: string, options: RemoteOptions = {}): Promise<OpenOutcome> => {
    const clock = options.clock ?? systemClock;
    const world = { clock, random: seededRandom(7), redactor, logger: silentLogger, http };
    const outcome = await openHttp(remoteRequest(url, options), world);
    if (outcome.ok) open.push(outcome.session);
    return outcome;
  };
  return {
    redactor,
    try: attempt,
    async open(url, options) {
      const outcome = await attempt(url, options);
      if (!outcome.ok) throw new Error(`no session: ${JSON.stringify(outcome.answer)}`);
      return observed(outcome.session);
    },
    async close() {
      await Promise.all(open.map((session) => session.close()));
      await http.close();
    },
  };
}

function observed(session: Session): OpenRemote {
  const events: SessionEvent[] = [];
  const waiting = new Set<(event: SessionEvent) => void>();
  session.onEvent = (event) => {
    events.push(event);
    for (const hear of waiting) hear(event);
  };
  return {
    session,
    events,
    until: (fits) =>
      new Promise((resolve, reject) => {
        const found = events.find(fits);
        if (found !== undefined) {
          resolve(found);
          return;
        }
        const timer = setTimeout(() => reject(new Error(`not heard among ${JSON.stringify(events)}`)), 5_000);
        const hear = (event: SessionEvent): void => {
          if (!fits(event)) return;
          clearTimeout(timer);
          waiting.delete(hear);
          resolve(event);
        };
        waiting.add(hear);
      }),
  };
}
