/**
 * A sign-in under way, and its record in the store: begun in one process, it can be finished in another.
 *
 * @module
 */
import { Secret } from '../../base/secret.ts';
import type { Authority, ClientIdentity } from '../../core/credential.ts';
import { resolveNumbers, type NumberId, type NumberOverrides, type Numbers } from '../../core/numbers.ts';
import type { LoginOutcome } from '../../core/sign-in.ts';
import type { RecordBody, StoredRecord } from '../../core/store.ts';
import type { LoginPlace } from './parts.ts';

/** What a sign-in is about, whatever its grant. */
export interface FlowAbout {
  /** Name of the entry, for people. */
  readonly server: string;
  readonly place: LoginPlace;
  readonly authority: Authority;
  readonly client: ClientIdentity;
  readonly resource: string | undefined;
  /** What is asked for; `undefined` where the authorization server chooses. */
  readonly scopes: readonly string[] | undefined;
  /** What the person began it for: all that was asked for or challenged. Not granted ones are told at the end. */
  readonly needed: readonly string[];
  /** Asked for in earlier sign-ins of the same login. */
  readonly requestedBefore: readonly string[];
  readonly stepUp: boolean;
  readonly numbers: Numbers;
  readonly dpopKey?: Secret;
}

/** How the person's answer comes back. */
export type FlowWay =
  | { readonly kind: 'code'; readonly state: Secret; readonly verifier: Secret; readonly redirectUri: string }
  | { readonly kind: 'device'; readonly deviceCode: Secret; readonly intervalMs: number };

/**
 * `taken` = the answer is there and one process redeems it: nobody else may, a code that is sent twice ends the login it
 * made (RFC 6749 §4.1.2). `over` = it has ended in another process than the one it began in, which reads how.
 */
export type FlowPhase = 'waiting' | 'taken' | 'over';

/** A sign-in under way. */
export interface Flow extends FlowAbout {
  readonly id: string;
  readonly way: FlowWay;
  /** Wall clock. */
  readonly begunAt: number;
  readonly expiresAt: number;
}

/** A flow as the store has it. An `over` one has nothing left but its outcome. */
export type KeptFlow = { readonly id: string; readonly generation: number; readonly expiresAt: number } & (
  | { readonly phase: 'waiting' | 'taken'; readonly flow: Flow }
  | { readonly phase: 'over'; readonly outcome: LoginOutcome }
);

/** The numbers that finishing a flow needs in a process that does not know the entry. */
const NEEDED_NUMBERS = [
  'tokenTimeoutMs',
  'tokenBytes',
  'metadataTimeoutMs',
  'metadataBytes',
  'metadataRedirects',
  'leaseWaitMs',
  'loginMs',
] as const satisfies readonly NumberId[];

const SCHEMA = 1;

type ClientFacts = Pick<ClientIdentity, 'clientId' | 'method' | 'kind' | 'signingAlgorithm'>;
type WayFacts = { kind: 'code'; redirectUri: string } | { kind: 'device'; intervalMs: number };

/** What of a flow is no secret. */
type Facts = Omit<Flow, 'id' | 'way' | 'client' | 'numbers' | 'dpopKey' | 'scopes' | 'resource'> & {
  readonly schema: number;
  readonly phase: 'waiting' | 'taken';
  readonly client: ClientFacts;
  readonly way: WayFacts;
  readonly numbers: NumberOverrides;
  readonly scopes?: readonly string[];
  readonly resource?: string;
};

interface OverFacts {
  readonly schema: number;
  readonly phase: 'over';
  readonly expiresAt: number;
  readonly outcome: LoginOutcome;
}

/** The record of a flow that goes on. */
export function flowBody(flow: Flow, phase: 'waiting' | 'taken'): RecordBody {
  const { id, way, client, numbers, dpopKey, ...rest } = flow;
  const { clientId, method, kind, signingAlgorithm, clientSecret, privateKey } = client;
  const facts: { [K in keyof Facts]: Facts[K] | undefined } = {
    ...rest,
    schema: SCHEMA,
    phase,
    client: { clientId, method, kind, ...(signingAlgorithm === undefined ? {} : { signingAlgorithm }) },
    way:
      way.kind === 'code'
        ? { kind: 'code', redirectUri: way.redirectUri }
        : { kind: 'device', intervalMs: way.intervalMs },
    numbers: Object.fromEntries(NEEDED_NUMBERS.map((key) => [key, numbers[key]])),
  };
  const secrets: Record<string, Secret | undefined> = {
    clientSecret,
    privateKey,
    dpopKey,
    ...(way.kind === 'code' ? { state: way.state, verifier: way.verifier } : { deviceCode: way.deviceCode }),
  };
  return { id, facts: withoutUndefined(facts), secrets: revealed(secrets) };
}

/** The record of a flow that has ended. */
export function overBody({ id, expiresAt }: Pick<Flow, 'id' | 'expiresAt'>, outcome: LoginOutcome): RecordBody {
  const facts: OverFacts = { schema: SCHEMA, phase: 'over', expiresAt, outcome };
  return { id, facts: { ...facts }, secrets: {} };
}

/** The flow in a record; `undefined` for one that another version of the program has written. */
export function keptFlow({ id, generation, facts, secrets }: StoredRecord): KeptFlow | undefined {
  if (facts['schema'] !== SCHEMA) return undefined;
  // Written by `flowBody` or `overBody` of the same schema, and by nobody else.
  const kept = facts as unknown as Facts | OverFacts;
  const { expiresAt } = kept;
  if (kept.phase === 'over') return { id, generation, expiresAt, phase: 'over', outcome: kept.outcome };
  const { schema: _, phase, client, way, numbers, scopes, resource, ...rest } = kept;
  const secret = (name: string): Secret => new Secret(secrets[name] ?? '');
  const held = (name: 'clientSecret' | 'privateKey' | 'dpopKey'): object =>
    secrets[name] === undefined ? {} : { [name]: secret(name) };
  const flow: Flow = {
    ...rest,
    id,
    client: { ...client, ...held('clientSecret'), ...held('privateKey') },
    way:
      way.kind === 'code'
        ? { ...way, state: secret('state'), verifier: secret('verifier') }
        : { ...way, deviceCode: secret('deviceCode') },
    numbers: resolveNumbers(numbers),
    scopes,
    resource,
    ...held('dpopKey'),
  };
  return { id, generation, expiresAt, phase, flow };
}

/** Every secret of a flow, for the redactor. */
export function flowSecrets({ way, client, dpopKey }: Flow): readonly (Secret | undefined)[] {
  const own = way.kind === 'code' ? [way.state, way.verifier] : [way.deviceCode];
  return [...own, client.clientSecret, client.privateKey, dpopKey];
}

function withoutUndefined(fields: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

function revealed(secrets: Readonly<Record<string, Secret | undefined>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(secrets).flatMap(([name, value]) => (value === undefined ? [] : [[name, value.reveal()]])),
  );
}
