/**
 * The checks of one remote server: dns, tcp, tls, http, and the clock.
 *
 * @module
 */
import { isIP } from 'node:net';
import { fine, found } from '../core/doctor.ts';
import type { EffectiveRemote } from '../core/entry.ts';
import type { Challenge } from '../core/fault.ts';
import type { Finding } from '../core/fleet.ts';
import { proxyRule } from '../net/proxy-env.ts';
import { ask } from './answer.ts';
import type { Heard } from './answer.ts';
import { hostOf, lookAtCertificate, portOf, reachPort, resolveName } from './network.ts';
import type { Shown } from './network.ts';
import { STEP_MS } from './world.ts';
import type { DoctorWorld } from './world.ts';

/** What was found on the way to a server. */
export interface WayFound {
  readonly findings: readonly Finding[];
  /** Set where it answered. */
  readonly challenges?: readonly Challenge[];
  readonly aheadMs?: number;
}

const DAY_MS = 86_400_000;
const SOON_DAYS = 14;

const CERTIFICATE_HINTS: readonly (readonly [RegExp, string])[] = [
  [/EXPIRED|NOT_YET_VALID/, 'Ask who runs the server to renew the certificate, and look at the date of this machine.'],
  [/ALTNAME/, 'The certificate is for another name: look at the host in the url of the entry.'],
  [
    /SELF_SIGNED|UNABLE_TO|ISSUER/,
    'If you trust who made it, export NODE_EXTRA_CA_CERTS=FILE.pem and run: holdfast daemon restart',
  ],
];

function nameFinding(host: string, errno: string, server: string): Finding {
  const isWrong = errno === 'ENOTFOUND' || errno === 'ENODATA';
  return found('problem', 'dns', {
    server,
    text: isWrong ? `the name ${host} has no address (${errno})` : `the name ${host} could not be looked up (${errno})`,
    hint: isWrong
      ? 'Look for a typing error in the url; some names exist in a VPN only.'
      : 'Look at the network connection and the name server of this machine.',
  });
}

function portFinding(where: string, errno: string, server: string): Finding {
  const isRefused = errno === 'ECONNREFUSED';
  return found('problem', 'tcp', {
    server,
    text: isRefused ? `nobody listens at ${where} (${errno})` : `${where} cannot be reached (${errno})`,
    hint: isRefused
      ? 'Start the server, or look at the port in its url.'
      : 'Look at VPN, firewall and the network connection.',
  });
}

function certificateFinding({ objection, endsAt, issuer, protocol }: Shown, server: string, now: number): Finding {
  if (objection !== undefined) {
    const [, hint = 'Look at the url, and ask who runs the server.'] =
      CERTIFICATE_HINTS.find(([pattern]) => pattern.test(objection)) ?? [];
    return found('problem', 'tls', {
      server,
      text: `the certificate is not accepted (${objection}, made by ${issuer})`,
      hint,
    });
  }
  const days = Math.floor((endsAt - now) / DAY_MS);
  if (days < SOON_DAYS) {
    const hint = 'Ask who runs the server to renew it.';
    return found('warning', 'tls', { server, text: `the certificate ends in ${days} days (made by ${issuer})`, hint });
  }
  return fine('tls', `${protocol}, certificate by ${issuer}, good for ${days} days`, server);
}

function answerFinding({ status, location }: Heard, server: string): Finding {
  const said = `HTTP ${status} to a request without credentials`;
  const bad = (level: 'problem' | 'warning', text: string, hint: string): Finding =>
    found(level, 'http', { server, text, hint });
  if (location !== undefined)
    return bad(
      'warning',
      `${said}: it points to ${location}`,
      'Put that address into the entry if it is the right one.',
    );
  if (status === 404 || status === 410)
    return bad('problem', said, 'Look at the path in the url of the entry; many servers want /mcp at the end.');
  if (status === 407) return bad('problem', said, 'The proxy wants a user and a password: look at HTTPS_PROXY.');
  if (status === 429) return bad('warning', said, 'Wait; the server asks for fewer requests.');
  if (status >= 500 && status !== 501)
    return bad('warning', said, 'The server, or a proxy before it, is in trouble: ask who runs it.');
  return fine('http', said, server);
}

/** Through a proxy only the answer can be seen. */
async function answered(url: URL, server: string, world: DoctorWorld, before: readonly Finding[]): Promise<WayFound> {
  const got = await ask(url, world, STEP_MS);
  if (!got.ok) {
    const hint = 'Run doctor again; if it stays so, ask who runs the server.';
    const silent = found('problem', 'http', { server, text: `no answer over HTTP (${got.errno})`, hint });
    return { findings: [...before, silent] };
  }
  return {
    findings: [...before, answerFinding(got, server)],
    challenges: got.challenges,
    ...(got.aheadMs === undefined ? {} : { aheadMs: got.aheadMs }),
  };
}

/** The address without user and password: nothing that lets in is sent, and `fetch` takes no such URL. */
function bare(text: string): URL {
  const url = new URL(text);
  url.username = '';
  url.password = '';
  return url;
}

/** Walks the way to a server until a step fails. */
export async function walk(endpoint: EffectiveRemote, server: string, world: DoctorWorld): Promise<WayFound> {
  const { clock } = world;
  const url = bare(endpoint.url);
  const [host, port] = [hostOf(url), portOf(url)];
  if (proxyRule(world.env)(url) !== undefined) return answered(url, server, world, []);
  const findings: Finding[] = [];
  const named = await resolveName(host, clock, STEP_MS);
  if (!named.ok) return { findings: [nameFinding(host, named.errno, server)] };
  if (isIP(host) === 0) findings.push(fine('dns', `${host} is ${named.addresses.join(', ')}`, server));
  const reached = await reachPort(host, port, clock, STEP_MS);
  if (!reached.ok) return { findings: [...findings, portFinding(`${host}:${port}`, reached.errno, server)] };
  findings.push(fine('tcp', `port ${port} of ${reached.address} answers`, server));
  if (url.protocol === 'https:') {
    const shown = await lookAtCertificate(host, port, clock, STEP_MS);
    if (!shown.ok) {
      const hint = 'There may be no TLS at this port: look at scheme and port of the url.';
      const silent = found('problem', 'tls', { server, text: `no TLS at ${host}:${port} (${shown.errno})`, hint });
      return { findings: [...findings, silent] };
    }
    findings.push(certificateFinding(shown, server, clock.now()));
    if (shown.objection !== undefined) return { findings };
  }
  return answered(url, server, world, findings);
}
