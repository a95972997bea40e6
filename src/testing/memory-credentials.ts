/**
 * Credentials of a memory world: static headers of the entry, helpers that are functions, and logins.
 *
 * @module
 */
import type { Clock } from '../base/clock.ts';
import { Secret } from '../base/secret.ts';
import { isRemote } from '../core/entry.ts';
import type { EffectiveEntry, EffectiveRemote } from '../core/entry.ts';
import type { Advertised, Credentials, HeaderOutcome, HeadersAsk, HelperRun } from '../core/ports.ts';
import type { MemoryLogins } from './memory-logins.ts';
import type { MemoryHelper, MemoryServer } from './memory-server.ts';

/** `Credentials` over the servers of a world. */
export class MemoryCredentials implements Credentials {
  /** Helper runs, oldest first. */
  readonly runs: { readonly server: string; readonly run: HelperRun }[] = [];
  readonly #find: (address: string) => MemoryServer | undefined;
  readonly #clock: Clock;

  readonly #logins: MemoryLogins;

  constructor(find: (address: string) => MemoryServer | undefined, clock: Clock, logins: MemoryLogins) {
    this.#find = find;
    this.#clock = clock;
    this.#logins = logins;
  }

  headers(entry: EffectiveEntry, ask: HeadersAsk): Promise<HeaderOutcome> {
    const { endpoint } = entry;
    if (!isRemote(endpoint)) return Promise.resolve({ ok: true, headers: {}, kind: 'none' });
    const authority = this.#find(endpoint.url)?.authority;
    const login = authority === undefined ? undefined : this.#logins.headers(entry, authority, ask);
    if (login !== undefined) return Promise.resolve(login);
    const helper = endpoint.helper === undefined ? undefined : this.#find(endpoint.url)?.helper;
    if (helper !== undefined) return Promise.resolve(this.#run(entry.name, endpoint, helper));
    const kind = Object.keys(endpoint.headers).length > 0 ? 'headers' : 'none';
    return Promise.resolve({ ok: true, headers: endpoint.headers, kind });
  }

  advertises(endpoint: EffectiveRemote): Promise<Advertised> {
    const server = this.#find(endpoint.url);
    if (server?.authority !== undefined) return Promise.resolve({ offered: true, by: 'challenge' });
    return Promise.resolve(server?.advertised ?? { offered: false });
  }

  forget(): readonly string[] {
    return [];
  }

  #run(server: string, endpoint: EffectiveRemote, helper: MemoryHelper): HeaderOutcome {
    const made = helper();
    const failed = typeof made === 'string';
    const run: HelperRun = {
      at: this.#clock.now(),
      durationMs: 1,
      exitCode: made === 'helper-failed' ? 1 : made === 'helper-timeout' ? null : 0,
      headerNames: failed ? [] : Object.keys(made),
      stderr: [],
      outcome: failed ? made : 'ok',
    };
    this.runs.push({ server, run });
    if (failed) return { ok: false, fault: { reason: made }, run };
    const own = Object.entries(made).map(([name, value]): [string, Secret] => [name, new Secret(value)]);
    return { ok: true, kind: 'helper', headers: { ...endpoint.headers, ...Object.fromEntries(own) }, run };
  }
}
