/**
 * Writes the bundle of `doctor`: every secret that this machine knows of is taken out of it first.
 *
 * @module
 */
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { assembleConfig, assembleStore } from './assemble.ts';
import type { Base } from './assemble.ts';
import { HoldfastError, errnoOf } from './base/errors.ts';
import { Vault } from './auth/vault/vault.ts';
import type { BundlePortAsk } from './cli/context.ts';
import type { View } from './core/view.ts';
import { gatewayToken } from './gateway-port.ts';
import { createFiles } from './system/files.ts';
import { webhooksOf } from './webhooks-port.ts';

const OWNER_ONLY = 0o600;
const LOG_BYTES = 64 * 1_024;
const MASK = '[secret]';

/** What looks like a secret even where nobody has told us of it. */
const PATTERNS: readonly RegExp[] = [
  /\b(?:Bearer|Basic|DPoP)\s+[\w+/.~=-]{6,}/gi,
  /\beyJ[\w-]{8,}\.[\w-]{4,}\.[\w-]*/g,
  /\b(?:sk|pk|rk|ghp|gho|ghs|github_pat|glpat|xox[a-z]|hf|whsec)[_-][\w-]{8,}/g,
  /(?<=[?&](?:code|state|token|key|access_token|refresh_token|client_secret|code_challenge|sig|signature)=)[^&\s"']+/gi,
];

function isPlain(value: string): boolean {
  return value.length < 6 || /^(?:[\d.]+|true|false|\/[\w./-]*)$/.test(value);
}

/** Tells the redactor everything that must not be in a bundle. Whatever cannot be read cannot be in it either. */
async function learn(base: Base, view: View): Promise<void> {
  const { redactor, clock, logger } = base;
  redactor.add(...Object.values(view.variables).filter((value) => !isPlain(value)));
  const config = await assembleConfig(base);
  const { servers } = await config.load(view);
  // Expanding an entry registers its secrets.
  await Promise.all(servers.map((server) => config.resolve(server, view).catch(() => undefined)));
  await webhooksOf(base, view.files ?? []);
  const token = gatewayToken(base);
  const files = createFiles({ clock });
  if ((await files.facts(token.path).catch(() => undefined)) !== undefined) await token.token().catch(() => undefined);
  const { store } = await assembleStore(base);
  const logins = await new Vault({ clock, logger, redactor, store }).list().catch(() => []);
  for (const { tokens, client } of logins)
    redactor.add(tokens.accessToken, tokens.refreshToken, client.clientSecret, client.privateKey);
}

/** The value with every text in it cleaned, names of fields too. */
function cleaned(value: unknown, clean: (text: string) => string): unknown {
  if (typeof value === 'string') return clean(value);
  if (Array.isArray(value)) return value.map((one) => cleaned(one, clean));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]: [string, unknown]) => [clean(key), cleaned(one, clean)]),
  );
}

async function logTail({ clock, folders }: Base): Promise<readonly string[]> {
  const text = await createFiles({ clock })
    .readText(join(folders.state, 'daemon.log'))
    .catch(() => undefined);
  const lines = (text ?? '').slice(-LOG_BYTES).split('\n');
  // The first one may be half a line.
  return (text ?? '').length > LOG_BYTES ? lines.slice(1) : lines;
}

async function write(path: string, text: string): Promise<void> {
  try {
    const file = await open(path, 'wx', OWNER_ONLY);
    try {
      await file.writeFile(text);
    } finally {
      await file.close();
    }
  } catch (error) {
    const code = errnoOf(error);
    const why = code === 'EEXIST' ? 'is there already' : `cannot be written (${code ?? 'unknown'})`;
    throw new HoldfastError('ERR_USAGE', `${path} ${why}`, { hint: 'Name another file.', cause: error });
  }
}

/** Writes the record, redacted, with the end of the daemon's log. Errors: `ERR_USAGE` for a file that exists or cannot be written. */
export async function writeBundle(base: Base, { path, record, view }: BundlePortAsk): Promise<void> {
  await learn(base, view);
  const clean = (text: string): string =>
    PATTERNS.reduce((now, pattern) => now.replaceAll(pattern, MASK), base.redactor.redact(text));
  const whole = cleaned({ ...record, daemonLog: await logTail(base) }, clean);
  await write(path, `${JSON.stringify(whole, null, 2)}\n`);
}
