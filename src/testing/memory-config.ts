/**
 * Configuration that exists only in memory: entries as they would stand in a file, changed by the test or by the fleet.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import { HoldfastError } from '../base/errors.ts';
import { Secret } from '../base/secret.ts';
import type { Approval, ConfigPort, ConfiguredServer, LoadedConfig, WriteReport } from '../core/config-model.ts';
import { sealOAuth } from '../core/entry.ts';
import type { EffectiveEntry, EffectiveRemote, EffectiveStdio, EntrySource, ServerEntry } from '../core/entry.ts';
import type { Fault } from '../core/fault.ts';
import type { SignInModel } from '../core/snapshot.ts';
import type { View } from '../core/view.ts';
import { endpointOf } from './memory-entry.ts';
import type { RawEntry } from './memory-entry.ts';

interface Held {
  raw: RawEntry;
  line: number;
  enabled: boolean;
  approval: Approval['state'];
  profile?: string | undefined;
}

const VARIABLE = /\$\{(\w+)(?::-([^}]*))?\}/g;
const FILE = '/memory/mcp.json';

/** A `ConfigPort` over a map. Every view sees the same entries. */
export class MemoryConfig implements ConfigPort {
  readonly #entries = new Map<string, Held>();
  readonly #watchers = new Set<() => void>();
  #lines = 1;

  /** Writes an entry as a person would, and tells the watchers. `approval` makes it one of a project file. */
  put(name: string, raw: RawEntry, approval: Approval['state'] = 'not-needed'): void {
    const held = this.#entries.get(name);
    this.#lines += 1;
    this.#entries.set(name, {
      raw,
      line: held?.line ?? this.#lines,
      enabled: held?.enabled ?? raw.disabled !== true,
      approval,
      profile: held?.profile,
    });
    this.#changed();
  }

  /** Takes an entry away, and tells the watchers. */
  delete(name: string): void {
    if (this.#entries.delete(name)) this.#changed();
  }

  load(_view: View): Promise<LoadedConfig> {
    const servers = [...this.#entries].map(([name, held]) => configured(name, held));
    const texts = JSON.stringify([...this.#entries.values()].map((held) => held.raw));
    return Promise.resolve({
      servers,
      notLoaded: [],
      files: [
        { client: 'library', scope: 'library', path: FILE, exists: true, servers: servers.length, writable: true },
      ],
      variables: [...new Set([...texts.matchAll(VARIABLE)].map((match) => match[1] ?? ''))],
    });
  }

  resolve(server: ConfiguredServer, view: View): Promise<EffectiveEntry | Fault> {
    return Promise.resolve(
      server.entry === undefined
        ? { reason: 'config-invalid' }
        : effective(server.entry, view, view.profile ?? server.profile ?? 'default'),
    );
  }

  watch(_view: View, changed: () => void): () => void {
    this.#watchers.add(changed);
    return () => void this.#watchers.delete(changed);
  }

  async add(_view: View, request: { name: string; raw: RawEntry; replace?: boolean }): Promise<WriteReport> {
    const known = this.#entries.has(request.name);
    if (known && request.replace !== true)
      throw new HoldfastError('ERR_USAGE', `a server is named "${request.name}" already`);
    this.put(request.name, request.raw);
    return this.#report(request.name, known ? 'changed' : 'added');
  }

  async edit(
    _view: View,
    request: { name: string; change: { set?: RawEntry; unset?: readonly string[] } },
  ): Promise<WriteReport> {
    const held = this.#held(request.name);
    const raw: Record<string, unknown> = { ...held.raw, ...request.change.set };
    for (const field of request.change.unset ?? []) delete raw[field];
    this.put(request.name, raw, held.approval);
    return this.#report(request.name, 'changed');
  }

  async remove(_view: View, request: { name: string }): Promise<WriteReport> {
    const report = this.#report(request.name, 'removed');
    this.delete(request.name);
    return report;
  }

  setEnabled(_view: View, server: ConfiguredServer, enabled: boolean): Promise<void> {
    return this.#overlay(server.name, (held) => {
      held.enabled = enabled;
    });
  }

  async approve(_view: View, server: ConfiguredServer, hash?: string): Promise<void> {
    if (hash !== undefined && hash !== configured(server.name, this.#held(server.name)).approval.hash)
      throw new HoldfastError('ERR_APPROVAL_STALE', `the entry "${server.name}" has changed`);
    await this.#overlay(server.name, (held) => {
      held.approval = 'approved';
    });
  }

  reject(_view: View, server: ConfiguredServer): Promise<void> {
    return this.#overlay(server.name, (held) => {
      held.approval = 'rejected';
    });
  }

  setProfile(_view: View, server: ConfiguredServer, profile: string | undefined): Promise<void> {
    return this.#overlay(server.name, (held) => {
      held.profile = profile;
    });
  }

  #held(name: string): Held {
    const held = this.#entries.get(name);
    if (held === undefined) throw new HoldfastError('ERR_SERVER_UNKNOWN', `no server is named "${name}"`);
    return held;
  }

  async #overlay(name: string, change: (held: Held) => void): Promise<void> {
    change(this.#held(name));
    this.#changed();
  }

  #report(name: string, action: WriteReport['action']): WriteReport {
    return { file: FILE, line: this.#held(name).line, pointer: `mcpServers.${name}`, action };
  }

  #changed(): void {
    for (const changed of this.#watchers) changed();
  }
}

function hashOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}

function configured(name: string, held: Held): ConfiguredServer {
  const source: EntrySource = {
    client: 'library',
    scope: 'library',
    file: FILE,
    line: held.line,
    pointer: `mcpServers.${name}`,
  };
  const endpoint = endpointOf(held.raw);
  const approval: Approval = {
    state: held.approval,
    ...(held.approval === 'not-needed' ? {} : { hash: hashOf(held.raw).slice(0, 12) }),
    summary: [],
    difference: [],
  };
  const rest = {
    name,
    source,
    approval,
    enabled: held.enabled,
    shadows: [],
    ...(held.profile === undefined ? {} : { profile: held.profile }),
  };
  if (endpoint === undefined)
    return { ...rest, problem: { reason: 'config-invalid', detail: 'neither url nor command', at: source } };
  const { gateway, holdfast: numbers = {} } = held.raw;
  const settings = { protocolEra: 'auto' as const, numbers, ...(gateway === undefined ? {} : { gateway }) };
  return { ...rest, entry: { name, source, endpoint, settings } };
}

/** The entry with variables expanded, or the first variable that has no value. */
function effective(entry: ServerEntry, view: View, profile: string): EffectiveEntry | Fault {
  let missing: string | undefined;
  const text = JSON.stringify(entry.endpoint).replaceAll(VARIABLE, (_, name: string, fallback: string | undefined) => {
    const value = view.variables[name] ?? fallback;
    if (value === undefined) missing ??= name;
    return JSON.stringify(value ?? '').slice(1, -1);
  });
  if (missing !== undefined) return { reason: 'variable-missing', detail: missing, at: entry.source };
  const endpoint = JSON.parse(text) as ServerEntry['endpoint'];
  const { name, source, settings } = entry;
  const { gateway: _rules, ...connecting } = settings;
  const key = hashOf([name, text, connecting, profile]);
  const common = { name, source, key, settings, profile };
  if (endpoint.kind === 'stdio') {
    const process: EffectiveStdio = {
      ...endpoint,
      env: secret(endpoint.env),
      cwd: endpoint.cwd ?? '/',
      path: view.path,
    };
    return { ...common, endpoint: process, signIn: 'stdio' };
  }
  const { headersHelper, headersHelperTtlMs, headers, oauth, ...rest } = endpoint;
  const helper =
    headersHelper === undefined
      ? {}
      : {
          helper: {
            command: headersHelper,
            cwd: '/',
            ttlMs: headersHelperTtlMs ?? 0,
            fromProject: false,
            path: view.path,
          },
        };
  const login = oauth === undefined ? {} : { oauth: sealOAuth(oauth) };
  const remote: EffectiveRemote = { ...rest, ...login, headers: secret(headers), ...helper };
  return { ...common, endpoint: remote, signIn: signInOf(remote) };
}

function signInOf(endpoint: EffectiveRemote): SignInModel {
  if (endpoint.helper !== undefined) return 'helper';
  if (Object.keys(endpoint.headers).length > 0) return 'headers';
  return endpoint.oauth === undefined ? 'none' : 'oauth';
}

function secret(values: Readonly<Record<string, string>>): Record<string, Secret> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, new Secret(value)]));
}
