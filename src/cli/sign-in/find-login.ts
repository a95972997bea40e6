/**
 * Which stored login a word means: an id or its beginning, the address of a server, or the name of one.
 *
 * @module
 */
import { HoldfastError } from '../../base/errors.ts';
import { safeLine } from '../../base/safe-text.ts';
import type { ConfiguredServer } from '../../core/config-model.ts';
import type { CredentialInfo } from '../../core/credential.ts';
import { isAtPlace, loginPlaceOf } from '../../core/login-place.ts';
import type { LoginPlace } from '../../core/login-place.ts';
import type { Context, LoginStore } from '../context.ts';

const ID_START = /^[\da-f]{4,64}$/;

/** The place of a configured server; `undefined` for a process, and where nothing may be expanded. */
export async function placeOfServer(server: ConfiguredServer, context: Context): Promise<LoginPlace | undefined> {
  const config = await context.config();
  return loginPlaceOf(await config.resolve(server, await context.view()));
}

/** The same by name; `undefined` also for a word that is no server. */
export async function placeOfName(name: string, context: Context): Promise<LoginPlace | undefined> {
  const config = await context.config();
  const { servers } = await config.load(await context.view());
  const server = servers.find((one) => one.name === name);
  return server === undefined ? undefined : placeOfServer(server, context);
}

async function named(word: string, all: readonly CredentialInfo[], context: Context) {
  const place = await placeOfName(word, context);
  if (place === undefined) return [];
  return all.filter((login) => isAtPlace(login, place));
}

/** The one login that the word means. Errors: `ERR_USAGE` for none or several. */
export async function findLogin(word: string, store: LoginStore, context: Context): Promise<CredentialInfo> {
  const { profile: wanted } = context;
  const all = (await store.list()).filter(({ profile }) => wanted === undefined || profile === wanted);
  const ids = ID_START.test(word) ? all.filter(({ id }) => id.startsWith(word)) : [];
  const urls = all.filter(({ server }) => server === word);
  const found = [ids, urls].find((some) => some.length > 0) ?? (await named(word, all, context));
  const [first, second] = found;
  if (first === undefined)
    throw new HoldfastError('ERR_USAGE', `no stored login is meant by "${safeLine(word, 200)}"`, {
      hint: `Run "${context.typed('credentials')}" to see them.`,
    });
  if (second !== undefined)
    throw new HoldfastError('ERR_USAGE', `"${safeLine(word, 200)}" means ${found.length} logins`, {
      hint: `Name one by its id: ${found.map(({ id }) => id.slice(0, 10)).join(', ')}.`,
    });
  return first;
}
