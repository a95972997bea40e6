/**
 * Wires the stored logins into the command line: the store of this machine, without anybody's connections.
 *
 * @module
 */
import { mkdir, open, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { assembleStore } from './assemble.ts';
import type { Base } from './assemble.ts';
import { exportedLogin } from './auth/portable/exported.ts';
import { importedLogin } from './auth/portable/imported.ts';
import { Vault } from './auth/vault/vault.ts';
import { credentialId } from './auth/vault/record.ts';
import { HoldfastError, errnoOf } from './base/errors.ts';
import type { LoginStore } from './cli/context.ts';
import { numbersFromEnv, resolveNumbers } from './core/numbers.ts';
import { REASONS } from './core/reasons.ts';

const OWNER_ONLY = 0o600;

/** A new file that the owner alone can read, on disk when this resolves. */
async function writePrivate(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  try {
    const file = await open(path, 'wx', OWNER_ONLY);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (error) {
    const exists = errnoOf(error) === 'EEXIST';
    throw new HoldfastError(
      'ERR_USAGE',
      exists ? `${path} is there already` : `${path} cannot be written (${errnoOf(error) ?? 'unknown'})`,
      { hint: exists ? 'Name a new file: what is there may be open to others.' : 'Name another file.', cause: error },
    );
  }
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new HoldfastError('ERR_USAGE', `${path} cannot be read (${errnoOf(error) ?? 'unknown'})`, { cause: error });
  }
}

/** Looks for the authorization server that a login without one belongs to. */
async function findAuthority(base: Base, serverUrl: string, signal: AbortSignal) {
  const [{ discover }, { createHttp }] = await Promise.all([
    import('./auth/discovery/discover.ts'),
    import('./net/dispatcher.ts'),
  ]);
  const { clock, host } = base;
  const http = createHttp({ env: host.env });
  try {
    const numbers = resolveNumbers(numbersFromEnv(host.env));
    const found = await discover({ clock, fetch: http.fetch }, { serverUrl, challenges: [] }, { numbers, signal });
    if (found.ok) return { authority: found.found.authority, resource: found.found.resource ?? '' };
    throw new HoldfastError(
      'ERR_LOGIN_FAILED',
      `who signs in to ${serverUrl} was not found: ${found.fault.detail ?? REASONS[found.fault.reason].sentence}`,
      {
        hint: 'Add "issuer" and "token_endpoint" to the text.',
      },
    );
  } finally {
    await http.close();
  }
}

/** The logins of this machine. */
export async function openLogins(base: Base, signal: () => AbortSignal): Promise<LoginStore> {
  const { store, lease } = await assembleStore(base);
  const { clock, logger, redactor } = base;
  const vault = new Vault({ clock, logger, redactor, store });
  const infos = async () => (await vault.list()).map((credential) => vault.info(credential));
  return {
    place: join(base.folders.state, 'credentials'),
    list: infos,
    notices: () => store.notices(),
    // Nobody redeems a login while it goes.
    remove: (id) => lease.hold(id, () => vault.remove(id)),
    async exported(id) {
      const credential = await vault.read(id);
      return credential === undefined ? undefined : exportedLogin(credential);
    },
    writePrivate,
    readText,
    async imported(text, ask) {
      const parts = await importedLogin(text, {
        ...ask,
        now: clock.now(),
        find: (serverUrl) => findAuthority(base, serverUrl, signal()),
      });
      return lease.hold(credentialId(parts.key), async () => vault.info(await vault.create(parts)));
    },
    async serverOfFlow(flow) {
      if (!/^[\da-f]{1,64}$/.test(flow)) return undefined;
      const server = (await store.read('flow', flow))?.facts['server'];
      return typeof server === 'string' ? server : undefined;
    },
  };
}
