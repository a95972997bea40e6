/**
 * What a person asks of one server, done and told: reconnect, reset, enable, approve and the rest (BEHAVIOUR §5, §9).
 *
 * @module
 */
import { errorOfState } from './calls.ts';
import { isRemote } from '../core/entry.ts';
import { forgetLogin } from './forgetting.ts';
import { limited } from './limit.ts';
import { hasOutcome } from './settling.ts';
import type { ActionReport, ResetOptions } from '../core/fleet.ts';
import type { Binding } from './binding.ts';
import type { Connection } from './connection.ts';
import type { FleetDeps } from './deps.ts';
import type { Memory } from './memory.ts';
import type { Difference, ViewState } from './view-state.ts';

/** One request of a person. */
export type Action =
  | { readonly kind: 'reconnect' }
  | { readonly kind: 'reset'; readonly options: ResetOptions }
  | { readonly kind: 'retry-now' }
  | { readonly kind: 'stop' }
  | { readonly kind: 'enable'; readonly enabled: boolean }
  | { readonly kind: 'approve'; readonly hash?: string }
  | { readonly kind: 'reject' }
  | { readonly kind: 'profile'; readonly profile: string | undefined };

/** The place of an action. `find` looks the server up anew, because reading the configuration may replace it. */
export interface Scene {
  readonly state: ViewState;
  readonly action: Action;
  readonly memory: Memory;
  /** Serial of the newest connection when the person asked. */
  readonly mark: number;
  readonly find: () => Binding;
}

/**
 * Waits for the outcome of the contact that is under way, at most one whole try; over another connection where a change
 * of the configuration puts one in its place. Resolves with the server as it is then, connected or not.
 */
export async function outcome(deps: FleetDeps, find: () => Binding): Promise<Binding> {
  for (;;) {
    const binding = find();
    const { connection } = binding;
    if (connection === undefined) return binding;
    const { epoch } = connection.state;
    const { connectTimeoutMs, helperTimeoutMs, stdinGraceMs, termGraceMs } = connection.numbers;
    const limit = limited(deps.clock, connectTimeoutMs + 2 * helperTimeoutMs + stdinGraceMs + termGraceMs);
    try {
      await connection.until((state) => hasOutcome(state, epoch), limit.signal);
      return find();
    } catch {
      // The try outlived its own deadline: the snapshot says what is known. Or the connection was closed.
      if (limit.isTimeUp) return find();
    } finally {
      limit.end();
    }
  }
}

/** Whether the first try of the connection did all that a reconnect does: only old output of a helper is less. */
function isFresh(connection: Connection, mark: number): boolean {
  const { endpoint } = connection.entry;
  const mayBeOld = isRemote(endpoint) && endpoint.helper !== undefined && endpoint.helper.ttlMs > 0;
  return connection.serial > mark && !mayBeOld;
}

function reread(binding: Binding, difference: Difference): string {
  const { file } = binding.server.source;
  const isChanged = difference.changed.includes(binding.name) || difference.added.includes(binding.name);
  return file === '' ? 'took the entry given in code' : `re-read ${file} (${isChanged ? 'changed' : 'unchanged'})`;
}

/** Contacts now, whatever is known; refuses only where a person must decide first. */
async function contactNow(deps: FleetDeps, scene: Scene, options: ResetOptions | undefined): Promise<ActionReport> {
  const difference = await scene.state.reconcile('manual');
  const binding = scene.find();
  const did = [reread(binding, difference)];
  const { connection } = binding;
  if (connection === undefined) {
    // A broken entry is told as it stands, because mending the file is all there is to do; a person's block is refused.
    if (binding.state.status === 'failed') return { snapshot: binding.snapshot(), did: [...did, 'not contacted'] };
    throw errorOfState(binding.name, binding.state);
  }
  const taken = binding.takePath();
  did.push(...taken);
  if (options !== undefined) did.push(...(await forget(deps, scene.memory, connection, options)));
  binding.note('action', options === undefined ? 'a person asked to reconnect' : 'a person asked to reset');
  // A new entry, or one that has just changed, is being contacted already.
  if (options !== undefined || taken.length > 0 || !isFresh(connection, scene.mark))
    connection.send({ type: 'reconnect' });
  return told(await outcome(deps, scene.find), did);
}

async function forget(
  deps: FleetDeps,
  memory: Memory,
  connection: Connection,
  { client = false, credentials = false }: ResetOptions,
): Promise<readonly string[]> {
  const { entry } = connection;
  const derived = [...memory.forget(entry), ...deps.credentials.forget(entry)];
  const forgot = derived.length === 0 ? ['nothing derived was remembered'] : derived;
  if (!client && !credentials) return forgot;
  // Locally: the authorization server is told by `logout` alone (BEHAVIOUR §5.4).
  const lost = await forgetLogin(deps, connection, { revoke: false, client, keepLogin: !credentials });
  return [...forgot, ...lost];
}

export const told = (binding: Binding, did: readonly string[]): ActionReport => ({
  snapshot: binding.snapshot(),
  did: [...did, ...(binding.connection?.lastDid ?? [])],
});

async function stop(scene: Scene): Promise<ActionReport> {
  const binding = scene.find();
  const isStopped = binding.connection?.send({ type: 'stop' }) ?? false;
  if (isStopped) binding.note('action', 'a person stopped the tries');
  return { snapshot: binding.snapshot(), did: [isStopped ? 'stopped the tries' : 'no try was under way'] };
}

async function retryNow(deps: FleetDeps, scene: Scene): Promise<ActionReport> {
  const binding = scene.find();
  const { connection } = binding;
  if (connection === undefined) throw errorOfState(binding.name, binding.state);
  const isTried = connection.send({ type: 'retry-now' });
  // A process that runs keeps its PATH, and what is said of it stays true. One that is tried waits first for the one before.
  const did = isTried ? binding.takePath() : [];
  const after = await outcome(deps, scene.find);
  return isTried ? told(after, did) : { snapshot: after.snapshot(), did: ['no try was waiting'] };
}

/** A choice that is written down, then applied. */
async function choose(
  deps: FleetDeps,
  scene: Scene,
  choice: { readonly write: (binding: Binding) => Promise<void>; readonly did: string },
): Promise<ActionReport> {
  await choice.write(scene.find());
  await scene.state.reconcile('manual');
  scene.find().note('action', choice.did);
  return told(await outcome(deps, scene.find), [choice.did]);
}

/** Does what a person asked, and says what was done. Errors: `ERR_BLOCKED`, and those of the configuration's writers. */
export function act(deps: FleetDeps, scene: Scene): Promise<ActionReport> {
  const { action, state } = scene;
  switch (action.kind) {
    case 'reconnect':
      return contactNow(deps, scene, undefined);
    case 'reset':
      return contactNow(deps, scene, action.options);
    case 'retry-now':
      return retryNow(deps, scene);
    case 'stop':
      return stop(scene);
    case 'enable':
      return choose(deps, scene, {
        write: ({ server }) => deps.config.setEnabled(state.view, server, action.enabled),
        did: action.enabled ? 'enabled' : 'disabled',
      });
    case 'approve':
      return choose(deps, scene, {
        write: ({ server }) => deps.config.approve(state.view, server, action.hash),
        did: 'approved',
      });
    case 'reject':
      return choose(deps, scene, { write: ({ server }) => deps.config.reject(state.view, server), did: 'rejected' });
    case 'profile':
      return choose(deps, scene, {
        write: ({ server }) => deps.config.setProfile(state.view, server, action.profile),
        did: action.profile === undefined ? 'bound to no account' : `bound to the account "${action.profile}"`,
      });
  }
}
