/**
 * The checks of one server that are not about the network: its command, its helper, and the way to a sign-in.
 *
 * @module
 */
import { createServer } from 'node:net';
import { parseIso } from '../base/clock.ts';
import { errnoOf } from '../base/errors.ts';
import { safeLine } from '../base/safe-text.ts';
import { fine, found } from '../core/doctor.ts';
import type { ExamineAsk, Patient, SignInWay } from '../core/doctor.ts';
import type { EffectiveRemote, EffectiveStdio } from '../core/entry.ts';
import type { Challenge } from '../core/fault.ts';
import type { Finding } from '../core/fleet.ts';
import { REASONS } from '../core/reasons.ts';
import { ask } from './answer.ts';
import { STEP_MS } from './world.ts';
import type { DoctorWorld } from './world.ts';

/** Whether the command of a local server is there. */
export async function commandFinding(
  { name, entry }: Patient,
  endpoint: EffectiveStdio,
  world: DoctorWorld,
): Promise<Finding> {
  const real = await world.command(endpoint);
  if (real !== undefined) return fine('command', `${safeLine(endpoint.command, 200)} is ${real}`, name);
  const isPlace = endpoint.command.includes('/');
  const facts = isPlace ? await world.files.facts(endpoint.command).catch(() => undefined) : undefined;
  const { file, line } = entry.source;
  if (facts !== undefined)
    return found('problem', 'command', {
      server: name,
      text: `${safeLine(endpoint.command, 200)} may not be executed`,
      hint: `Run: chmod +x '${safeLine(endpoint.command, 200)}'`,
    });
  return found('problem', 'command', {
    server: name,
    text: `${safeLine(endpoint.command, 200)} is ${isPlace ? 'not there' : 'not in the PATH of this shell'}`,
    hint: `Install it, or write its whole path into ${file}:${line}.`,
  });
}

/** How the headersHelper ended the last time. */
export function helperFinding({ name, helperRun }: Patient): Finding {
  if (helperRun === undefined) {
    const text = 'the headersHelper has not run yet';
    return found('note', 'helper', { server: name, text, hint: `Run: holdfast reconnect ${name}` });
  }
  const { outcome, exitCode, durationMs, headerNames, stderr } = helperRun;
  if (outcome === 'ok') {
    const names = headerNames.length === 0 ? 'no header' : headerNames.join(', ');
    return fine('helper', `it gave ${names} in ${Math.round(durationMs)} ms`, name);
  }
  const last = stderr.at(-1);
  const said = last === undefined ? '' : `: ${safeLine(last, 200)}`;
  const how =
    outcome === 'helper-timeout'
      ? 'took too long'
      : outcome === 'helper-bad-output'
        ? 'did not print one JSON object of texts'
        : `ended with ${exitCode ?? 'a signal'}`;
  return found('problem', 'helper', {
    server: name,
    text: `the headersHelper ${how}${said}`,
    hint: REASONS[outcome].remedy,
  });
}

type FoundWay = Extract<SignInWay, { ok: true }>;

function loginFinding({ name, snapshot }: Patient, now: number): Finding {
  const { login } = snapshot;
  const about = { server: name, hint: `Run: holdfast login ${name}` };
  if (login === undefined) return found('warning', 'sign-in', { ...about, text: 'step 5, the login: none is held' });
  if (login.status === 'refused')
    return found('problem', 'sign-in', {
      ...about,
      text: `step 5, the login: refused (${login.refusal ?? 'unknown'})`,
    });
  const isOver = login.expiresAt !== undefined && parseIso(login.expiresAt) < now;
  if (isOver && !login.renewable)
    return found('problem', 'sign-in', {
      ...about,
      text: `step 5, the login: ended at ${login.expiresAt}, and nothing renews it`,
    });
  const renewed = login.renewable ? ', renewed by itself' : ', not renewable';
  return fine('sign-in', `step 5, the login: held for "${login.scopes.join(' ')}"${renewed}`, name);
}

function registrationFinding({ authority }: FoundWay, endpoint: EffectiveRemote, { name, snapshot }: Patient): Finding {
  const { login } = snapshot;
  const { clientId, clientMetadataUrl } = endpoint.oauth ?? {};
  const step = 'step 4, the client:';
  if (clientId !== undefined) return fine('sign-in', `${step} the configured one`, name);
  if (login !== undefined) return fine('sign-in', `${step} the one of the login (${login.registration})`, name);
  if (clientMetadataUrl !== undefined && authority.clientIdMetadataDocuments === true)
    return fine('sign-in', `${step} ${clientMetadataUrl}`, name);
  if (authority.registrationEndpoint !== undefined)
    return fine('sign-in', `${step} registered at the first sign-in`, name);
  return found('problem', 'sign-in', {
    server: name,
    text: `${step} ${authority.issuer} registers no clients by itself`,
    hint: `Register one there by hand, then: holdfast edit ${name} oauth.clientId=ID`,
  });
}

async function tokenFinding({ authority }: FoundWay, name: string, world: DoctorWorld): Promise<Finding> {
  const url = new URL(authority.tokenEndpoint);
  const got = await ask(url, world, STEP_MS);
  const step = `step 3, the token endpoint ${url.origin}:`;
  if (got.ok && got.status < 500) return fine('sign-in', `${step} answers`, name);
  return found('problem', 'sign-in', {
    server: name,
    text: `${step} ${got.ok ? `HTTP ${got.status}` : got.errno}`,
    hint: 'Without it no login can be made or renewed: ask who runs the authorization server.',
  });
}

/** The sign-in chain, each step with what it found, up to the first that fails. */
export async function signInFindings(
  patient: Patient,
  about: { readonly endpoint: EffectiveRemote; readonly challenges: readonly Challenge[] },
  world: DoctorWorld,
): Promise<readonly Finding[]> {
  const { name } = patient;
  const { endpoint, challenges } = about;
  const way = await world.signIn(endpoint, challenges);
  if (!way.ok) {
    const { reason, detail } = way.fault;
    const text = `steps 1 and 2, the metadata: ${reason}${detail === undefined ? '' : ` (${safeLine(detail, 300)})`}`;
    return [found('problem', 'sign-in', { server: name, text, hint: REASONS[reason].remedy })];
  }
  const { authority, resource } = way;
  const pkce = authority.codeChallengeMethods?.includes('S256') === true ? 'with PKCE S256' : 'PKCE is not promised';
  return [
    fine('sign-in', `step 1, the resource: ${resource ?? 'not described; the url itself stands for it'}`, name),
    fine(
      'sign-in',
      `step 2, the authorization server: ${authority.issuer}, ${authority.by === 'metadata' ? pkce : 'fixed endpoints of MCP 2025-03-26'}`,
      name,
    ),
    await tokenFinding(way, name, world),
    registrationFinding(way, endpoint, patient),
    loginFinding(patient, world.clock.now()),
  ];
}

/** Whether a port is free on this machine: `undefined`, or the errno. */
function whyNotFree(port: number, host: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error) => resolve(errnoOf(error) ?? 'UNKNOWN'));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
}

const TAKEN = new Set(['EADDRINUSE', 'EACCES']);

async function portFinding(port: number, names: readonly string[], isNamed: boolean): Promise<Finding> {
  const reasons = await Promise.all(['127.0.0.1', '::1'].map((host) => whyNotFree(port, host)));
  const errno = reasons.find((reason) => reason !== undefined && TAKEN.has(reason));
  if (errno === undefined) return fine('callback-port', `port ${port} is free`);
  const who = isNamed ? ` (${names.join(', ')})` : '';
  return isNamed
    ? found('problem', 'callback-port', {
        text: `port ${port} cannot be used (${errno})${who}: a browser cannot bring the answer of a sign-in`,
        hint: `End the program that listens there, or paste the address at the prompt of "holdfast login ${names[0] ?? 'NAME'}".`,
      })
    : found('note', 'callback-port', {
        text: `port ${port}, the usual one over SSH and in containers, is in use (${errno})`,
        hint: 'Nothing is needed: the next free port is taken. To fix one: holdfast login NAME --callback-port N',
      });
}

/** The ports that sign-ins of these servers expect their answers on. */
export async function callbackFindings({ patients }: ExamineAsk, world: DoctorWorld): Promise<readonly Finding[]> {
  const signing = patients.filter(({ snapshot }) => snapshot.signIn === 'oauth' || snapshot.offersOAuth);
  // A sign-in of ours that waits holds its port itself.
  const waiting = signing.some(({ snapshot }) => snapshot.signingIn !== undefined);
  if (signing.length === 0 || waiting) return [];
  const byPort = new Map<number, string[]>();
  for (const { name, entry } of signing) {
    const port = entry.endpoint.kind === 'stdio' ? undefined : entry.endpoint.oauth?.callbackPort;
    if (port !== undefined) byPort.set(port, [...(byPort.get(port) ?? []), name]);
  }
  const named = await Promise.all([...byPort].map(([port, names]) => portFinding(port, names, true)));
  return byPort.size === signing.length ? named : [...named, await portFinding(world.callbackPort, [], false)];
}
