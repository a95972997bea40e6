/**
 * What a person asks of a server's sign-in, done and told: sign in, finish, grant, decline, sign out (BEHAVIOUR §7, §8).
 *
 * @module
 */
import { HoldfastError } from '../base/errors.ts';
import { isRemote } from '../core/entry.ts';
import { isTrying } from '../core/step.ts';
import { outcome, told } from './acting.ts';
import { errorOfState } from './calls.ts';
import { forgetLogin } from './forgetting.ts';
import { limited } from './limit.ts';
import { didOfSignIn, failedError, impossibleError } from './sign-in-words.ts';
import type { LoginStarted, LogoutOptions } from '../core/fleet-sign-in.ts';
import type { ActionReport } from '../core/fleet.ts';
import type { LoginBegun, LoginOptions, LoginOutcome } from '../core/sign-in.ts';
import type { Binding } from './binding.ts';
import type { Connection } from './connection.ts';
import type { FleetDeps } from './deps.ts';
import type { ViewState } from './view-state.ts';

/** The place of an act. `find` looks the server up anew. */
export interface SignInScene {
  readonly deps: FleetDeps;
  readonly find: () => Binding;
}

/** A server that can be signed in to. Errors: `ERR_BLOCKED`, `ERR_CONFIG_INVALID`, `ERR_USAGE` for a process. */
function remoteOf({ name, connection, state }: Binding): Connection {
  if (connection === undefined) throw errorOfState(name, state);
  if (isRemote(connection.entry.endpoint)) return connection;
  throw new HoldfastError('ERR_USAGE', `${name} is a process: there is no sign-in for it`, { data: { server: name } });
}

/** The login is in the store; the server is contacted with it, or takes it over where it is connected. */
export async function completed(
  { deps, find }: SignInScene,
  end: Extract<LoginOutcome, { readonly kind: 'completed' }>,
): Promise<ActionReport> {
  const { connection } = find();
  // A login of another account is none of this server's.
  if (connection !== undefined && end.credential.profile === (connection.entry.profile ?? 'default')) {
    connection.signing.completed(end.credential);
    await connection.live?.adopt();
  }
  return told(await outcome(deps, find), [didOfSignIn(end)]);
}

/** What became of a sign-in that was begun. */
async function started(scene: SignInScene, begun: LoginBegun): Promise<LoginStarted> {
  const { name, connection } = scene.find();
  switch (begun.kind) {
    case 'waiting':
      return begun;
    case 'completed':
      return { kind: 'done', report: await completed(scene, begun) };
    case 'failed':
      throw failedError(name, begun);
    case 'impossible':
      if (begun.fault.reason === 'client-registration-refused')
        connection?.send({ type: 'sign-in-refused', fault: begun.fault });
      throw impossibleError(name, begun.fault);
  }
}

/**
 * The server, once a try that is under way has ended: what a server asks for is known when it has answered. One that
 * does not is not waited for longer than a start.
 */
async function contacted({ deps, find }: SignInScene): Promise<Binding> {
  const connection = remoteOf(find());
  if (!isTrying(connection.state)) return find();
  const limit = limited(deps.clock, connection.numbers.startWaitMs);
  // Closed, or still silent: whoever asks is told by what follows.
  await connection.until((state) => !isTrying(state), limit.signal).catch(() => undefined);
  limit.end();
  return find();
}

/** Begins a sign-in for a person. A server that asked for more rights gets the union of all that was asked for. */
export async function startLogin(scene: SignInScene, options: LoginOptions): Promise<LoginStarted> {
  const connection = remoteOf(await contacted(scene));
  const { state, signing } = connection;
  const wantsMore = state.status === 'needs-auth' && state.fault.reason === 'step-up-required';
  return started(scene, await signing.logins.begin(options, { stepUp: wantsMore }));
}

/** Begins the consent for the rights that the server asked for. */
export async function grantStepUp(scene: SignInScene, options: LoginOptions): Promise<LoginStarted> {
  const binding = await contacted(scene);
  const connection = remoteOf(binding);
  const { state, signing } = connection;
  const isAsked =
    (state.status === 'needs-auth' && state.fault.reason === 'step-up-required') ||
    (state.status === 'connected' && state.stepUp !== undefined);
  if (!isAsked)
    throw new HoldfastError('ERR_USAGE', `${binding.name} has not asked for more rights`, {
      hint: `To sign in again: holdfast login ${binding.name}`,
      data: { server: binding.name },
    });
  return started(scene, await signing.stepUps.grant(options));
}

/** Takes the offer away. */
export async function declineStepUp({ find }: SignInScene): Promise<ActionReport> {
  const binding = find();
  const isOffered = await remoteOf(binding).signing.stepUps.decline();
  if (isOffered) binding.note('action', 'a person declined the rights that the server asked for');
  return { snapshot: binding.snapshot(), did: [isOffered ? 'declined the rights' : 'no rights were asked for'] };
}

/** Forgets the login, and contacts the server without it. */
export async function logout({ deps, find }: SignInScene, options: LogoutOptions): Promise<ActionReport> {
  const connection = remoteOf(find());
  const { local = false, client = false } = options;
  const did = await forgetLogin(deps, connection, { revoke: !local, client });
  find().note('action', 'a person signed out');
  connection.signing.forgotten();
  return told(await outcome(deps, find), did);
}

/** The server of a view that a sign-in is about: the one that began it, else one of that name or url. */
export function serverOf(state: ViewState, flow: string, end?: LoginOutcome): Binding | undefined {
  const all = [...state.bindings.values()];
  const own = all.find(({ connection }) => connection?.signing.logins.knows(flow) === true);
  if (own !== undefined || end === undefined) return own;
  const urls = new Set([end.server, ...(end.kind === 'completed' ? [end.credential.server] : [])]);
  const isAt = ({ connection }: Binding): boolean => {
    const endpoint = connection?.entry.endpoint;
    return endpoint !== undefined && isRemote(endpoint) && urls.has(endpoint.url);
  };
  return all.find(({ name }) => name === end.server) ?? all.find(isAt);
}
