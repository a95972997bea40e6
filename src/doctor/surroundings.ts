/**
 * What surrounds every connection of this process: proxy, certificate authorities, folders and files of our own.
 *
 * @module
 */
import { X509Certificate } from 'node:crypto';
import { isAbsolute, join } from 'node:path';
import { errnoOf } from '../base/errors.ts';
import { fine, found } from '../core/doctor.ts';
import type { ExamineAsk } from '../core/doctor.ts';
import type { Finding } from '../core/fleet.ts';
import { webhookProblemLine } from '../core/webhook.ts';
import { displayUrl } from '../net/redact-url.ts';
import { hostOf, portOf, reachPort, resolveName } from './network.ts';
import { STEP_MS } from './world.ts';
import type { DoctorWorld } from './world.ts';

const PROXY_NAMES = ['https_proxy', 'HTTPS_PROXY', 'http_proxy', 'HTTP_PROXY'] as const;

async function proxyFinding(name: string, value: string, { clock }: DoctorWorld): Promise<Finding> {
  const text = /^[a-z][\d+.a-z-]*:\/\//i.test(value) ? value : `http://${value}`;
  const hint = `Mend or unset ${name} where the owner of the connections is started, and restart it.`;
  if (!URL.canParse(text)) return found('problem', 'proxy', { text: `the value of ${name} is no address`, hint });
  const url = new URL(text);
  const shown = displayUrl(url);
  const named = await resolveName(hostOf(url), clock, STEP_MS);
  if (!named.ok) return found('problem', 'proxy', { text: `${name}: ${shown} has no address (${named.errno})`, hint });
  const reached = await reachPort(hostOf(url), portOf(url), clock, STEP_MS);
  if (!reached.ok)
    return found('problem', 'proxy', { text: `${name}: nobody answers at ${shown} (${reached.errno})`, hint });
  return fine('proxy', `${name}: ${shown} answers`);
}

/** Each proxy setting, and whether somebody is there. */
export async function proxyFindings(world: DoctorWorld): Promise<readonly Finding[]> {
  const set = PROXY_NAMES.flatMap((name) => {
    const value = world.env[name]?.trim();
    return value === undefined || value === '' ? [] : [[name, value] as const];
  });
  if (set.length === 0) return [fine('proxy', 'no proxy is set')];
  return Promise.all(set.map(([name, value]) => proxyFinding(name, value, world)));
}

function certificatesIn(pem: string): number {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? [];
  for (const block of blocks) new X509Certificate(block).checkHost('localhost');
  return blocks.length;
}

async function extraFinding(path: string, { files }: DoctorWorld): Promise<Finding> {
  const bad = (text: string): Finding =>
    found('problem', 'certificates', {
      text: `NODE_EXTRA_CA_CERTS: ${path} ${text}`,
      hint: 'Name a file of PEM certificates that exists, and restart the owner of the connections.',
    });
  try {
    const text = await files.readText(path);
    if (text === undefined) return bad('does not exist, and Node passes over it in silence');
    const count = certificatesIn(text);
    return count === 0
      ? bad('holds no certificate')
      : fine('certificates', `those of Node, and ${count} of NODE_EXTRA_CA_CERTS (${path})`);
  } catch (error) {
    return bad(`cannot be used (${errnoOf(error) ?? 'not a certificate'})`);
  }
}

/** Further certificate authorities, and whether anybody has switched the checking off. */
export async function certificateFindings(world: DoctorWorld): Promise<readonly Finding[]> {
  const { NODE_EXTRA_CA_CERTS: extra, NODE_TLS_REJECT_UNAUTHORIZED: rejects } = world.env;
  const off =
    rejects === '0'
      ? [
          found('problem', 'certificates', {
            text: 'NODE_TLS_REJECT_UNAUTHORIZED=0: no certificate is checked, anybody can pose as your servers',
            hint: 'Unset it; for a certificate authority of your own use NODE_EXTRA_CA_CERTS.',
          }),
        ]
      : [];
  const more = extra === undefined || extra === '' ? [] : [await extraFinding(extra, world)];
  return off.length + more.length === 0 ? [fine('certificates', 'those of Node')] : [...off, ...more];
}

const OTHERS = 0o077;
const octal = (mode: number): string => mode.toString(8).padStart(4, '0');

/** Whether what is remembered can be written, and by this user alone be read. */
export async function folderFindings(world: DoctorWorld): Promise<readonly Finding[]> {
  const { folders, writable } = world;
  const errno = await writable(folders.state);
  if (errno !== undefined) {
    const isFull = errno === 'ENOSPC' || errno === 'EDQUOT';
    const hint = isFull
      ? 'Make room on its disk, or set HOLDFAST_STATE_DIR to a folder on another one.'
      : 'Make it a folder that you can write, or set HOLDFAST_STATE_DIR.';
    return [found('problem', 'state-folder', { text: `${folders.state} cannot be written (${errno})`, hint })];
  }
  return [fine('state-folder', `${folders.state} can be written`)];
}

/** Files in which secrets lie. */
async function secretFiles({ patients }: ExamineAsk, { folders, env }: DoctorWorld): Promise<readonly string[]> {
  const key = env['HOLDFAST_KEY_FILE'];
  const own = ['gateway-token', 'credentials', 'store.json', 'daemon.log'].map((name) => join(folders.state, name));
  // An entry with header values of its own makes its file one with secrets; a command line may, too.
  const entries = patients.filter(({ entry }) => entry.endpoint.kind !== 'stdio' && entry.signIn === 'headers');
  return [
    ...own,
    ...(key === undefined || !isAbsolute(key) ? [] : [key]),
    ...new Set(entries.map(({ entry }) => entry.source.file)),
  ];
}

async function isClear(path: string, ask: ExamineAsk, { files, folders }: DoctorWorld): Promise<boolean> {
  const isOurs = path.startsWith(folders.state);
  if (isOurs || !ask.patients.some(({ entry }) => entry.source.file === path)) return true;
  // A file whose headers are all variables holds no secret.
  const text = await files.readText(path).catch(() => undefined);
  return /"(?:authorization|x-api-key|api-key|cookie)"\s*:\s*"(?![^"]*\$\{)/i.test(text ?? '');
}

/** Files with secrets that others could read. */
export async function modeFindings(ask: ExamineAsk, world: DoctorWorld): Promise<readonly Finding[]> {
  if (world.platform === 'win32') return [];
  const findings: Finding[] = [];
  for (const path of await secretFiles(ask, world)) {
    const facts = await world.files.facts(path).catch(() => undefined);
    if (facts === undefined || !(await isClear(path, ask, world))) continue;
    const mine = facts.kind === 'folder' ? '700' : '600';
    if (world.uid !== undefined && facts.uid !== world.uid)
      findings.push(
        found('problem', 'file-modes', {
          text: `${path} belongs to user ${facts.uid}, not to you`,
          hint: 'Look who made it; take it over with chown, or remove it.',
        }),
      );
    else if ((facts.mode & OTHERS) !== 0)
      findings.push(
        found('warning', 'file-modes', {
          text: `${path} holds secrets and has the mode ${octal(facts.mode)}`,
          hint: `Run: chmod ${mine} '${path}'`,
        }),
      );
  }
  return findings.length === 0 ? [fine('file-modes', 'files with secrets are yours alone')] : findings;
}

/** Where logins lie, and whether somebody who copies the files can use them. */
export async function storeFindings({ store }: DoctorWorld): Promise<readonly Finding[]> {
  const hints: Readonly<Record<string, string>> = {
    plaintext: 'Unlock or install a keyring, or name a key file in HOLDFAST_KEY_FILE; then log in again.',
    'memory-only': 'Make the state folder writable, or set HOLDFAST_STATE_DIR; logins end with the process otherwise.',
    'read-only': 'Make the state folder writable: a login that cannot be renewed ends.',
    'modes-mended': 'Nothing is left to do; look who had set the mode.',
    'key-unreadable': 'Unlock the keyring, or name the file with that key in HOLDFAST_KEY_FILE.',
    'newer-version': 'Use the newer program; this one leaves the file alone.',
    quarantined: 'Sign in again; the damaged file is kept beside it.',
    refused: 'Look who made it, and remove it.',
  };
  try {
    const { count, place, notices } = await store();
    const isEncrypted = !notices.some(({ kind }) => kind === 'plaintext');
    const words = `${count} ${count === 1 ? 'login' : 'logins'} in ${place}${isEncrypted ? '' : ', not encrypted'}`;
    const odd = notices.map(({ kind, text }) => {
      const level = kind === 'plaintext' || kind === 'modes-mended' ? 'note' : 'warning';
      return found(level, 'store', { text, hint: hints[kind] ?? 'Run: holdfast credentials' });
    });
    return odd.length === 0 ? [fine('store', words)] : odd;
  } catch (error) {
    const text = `the logins cannot be read (${error instanceof Error ? error.message : 'unknown'})`;
    return [found('problem', 'store', { text, hint: hints['key-unreadable'] ?? '' })];
  }
}

/** The webhooks of our own file. */
export async function webhookFindings({ webhooks }: DoctorWorld): Promise<readonly Finding[]> {
  const { hooks, problems } = await webhooks();
  const bad = problems.map((problem) =>
    found('problem', 'webhooks', {
      text: webhookProblemLine(problem),
      hint: 'Mend it; the file is read again by itself. "holdfast config schema" has its fields.',
    }),
  );
  const unsigned = hooks.filter(({ secret }) => secret === undefined).length;
  if (unsigned > 0)
    bad.push(
      found('note', 'webhooks', {
        text: `${unsigned} of ${hooks.length} webhooks have no secret`,
        hint: 'Give each a "secret", so that the receiver can tell who calls.',
      }),
    );
  return hooks.length > 0 && bad.length === 0 ? [fine('webhooks', `${hooks.length} in use`)] : bad;
}
