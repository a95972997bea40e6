/**
 * `credentials list|show|remove|export|import`: the stored logins, without anybody's connections.
 *
 * @module
 */
import { resolve } from 'node:path';
import type { CredentialInfo } from '../../core/credential.ts';
import type { Args, Command } from '../command.ts';
import type { Context, ImportAsk, LoginStore } from '../context.ts';
import { usageError } from '../errors.ts';
import { EXIT } from '../exit.ts';
import type { ExitCode } from '../exit.ts';
import type { Io } from '../io.ts';
import { outJson } from '../record.ts';
import { loginLines, loginTable } from '../render/login.ts';
import { renderingOf } from '../render/rendering.ts';
import { findLogin, placeOfName } from '../sign-in/find-login.ts';
import { shortPath } from '../text/shell.ts';
import { didYouMean } from '../text/suggest.ts';

interface On {
  readonly args: Args;
  /** The words behind what is to be done. */
  readonly words: readonly string[];
  readonly context: Context;
  readonly io: Io;
  readonly store: LoginStore;
}

const WHAT = ['list', 'show', 'remove', 'export', 'import'] as const;

function several({ words, store, context }: On, what: string): Promise<readonly CredentialInfo[]> {
  if (words.length === 0) throw usageError(`credentials ${what} needs LOGIN`, 'A server, its address, or an id.');
  return Promise.all(words.map((word) => findLogin(word, store, context)));
}

async function list({ context, io, store }: On): Promise<ExitCode> {
  const logins = await store.list();
  const notices = store.notices();
  if (context.json) {
    outJson({ schema: 'credentials/v1', place: store.place, logins, notices }, io);
    return EXIT.ok;
  }
  if (logins.length === 0) io.out(`No login is stored. ${context.typed('login NAME')} makes one.`);
  else for (const line of loginTable(logins, renderingOf(context, io))) io.out(line);
  io.err(`In ${shortPath(store.place, context.place)}`);
  for (const { text } of notices) io.err(`Note: ${text}`);
  return EXIT.ok;
}

async function show(on: On): Promise<ExitCode> {
  const { context, io } = on;
  const logins = await several(on, 'show');
  if (context.json) outJson({ schema: 'credentials/v1', logins }, io);
  else
    for (const [at, login] of logins.entries()) {
      if (at > 0) io.out('');
      for (const line of loginLines(login, renderingOf(context, io))) io.out(line);
    }
  return EXIT.ok;
}

async function remove(on: On): Promise<ExitCode> {
  const { context, io, store } = on;
  const logins = await several(on, 'remove');
  const removed: CredentialInfo[] = [];
  for (const login of logins) if (await store.remove(login.id)) removed.push(login);
  if (context.json) outJson({ schema: 'credentials/v1', removed }, io);
  else for (const { server, profile } of removed) io.out(`removed the login for ${server} (${profile})`);
  if (!context.json) io.err(`Only here: ${context.typed('logout NAME')} also tells the authorization server.`);
  return EXIT.ok;
}

async function exported(on: On): Promise<ExitCode> {
  const { args, context, io, store } = on;
  const [login, more] = await several(on, 'export');
  const out = args.text('out');
  if (more !== undefined) throw usageError('export takes one login at a time');
  if ((out === undefined) === !args.flag('stdout'))
    throw usageError('export needs --out FILE, or --stdout', 'What it gives holds secrets in clear.');
  const text = login === undefined ? undefined : await store.exported(login.id);
  if (login === undefined || text === undefined) throw usageError('the login has gone meanwhile');
  if (out === undefined) io.raw(text);
  else {
    const path = resolve(context.place.cwd, out);
    await store.writePrivate(path, text);
    const shown = shortPath(path, context.place);
    if (context.json) outJson({ schema: 'credentials/v1', exported: login, file: path }, io);
    else io.out(`wrote the login for ${login.server} to ${shown}, readable by you alone`);
  }
  io.err(
    `Whoever has it can use the login. Used in two places, many servers end it: ${context.typed(`credentials remove ${login.id.slice(0, 10)}`)}`,
  );
  return EXIT.ok;
}

/** For which server and account an import is, as far as the command line says it. */
async function importAsk({ args, context }: On): Promise<ImportAsk> {
  const server = args.text('server');
  const isUrl = server !== undefined && /^https?:\/\//i.test(server);
  const place = server === undefined || isUrl ? undefined : await placeOfName(server, context);
  if (server !== undefined && !isUrl && place === undefined)
    throw usageError(`--server needs the address of a server, or the name of a remote one, not "${server}"`);
  const serverUrl = isUrl ? server : place?.url;
  const profile = context.profile ?? place?.profile;
  return { ...(serverUrl === undefined ? {} : { serverUrl }), ...(profile === undefined ? {} : { profile }) };
}

async function imported(on: On): Promise<ExitCode> {
  const { words, context, io, store } = on;
  const [file = '-', more] = words;
  if (more !== undefined) throw usageError('import takes one file at a time');
  if (words.length === 0 && io.stdinIsTTY) throw usageError('import needs a file, or - for standard input');
  const ask = await importAsk(on);
  const text = file === '-' ? await io.stdin() : await store.readText(resolve(context.place.cwd, file));
  const login = await store.imported(text, ask);
  if (context.json) outJson({ schema: 'credentials/v1', imported: login }, io);
  else for (const line of loginLines(login, renderingOf(context, io), 'Imported')) io.out(line);
  return EXIT.ok;
}

const DO = { list, show, remove, export: exported, import: imported } as const satisfies Record<
  (typeof WHAT)[number],
  (on: On) => Promise<ExitCode>
>;

export const credentials: Command = async (args, context, io) => {
  const [what = 'list', ...words] = args.words;
  const known = WHAT.find((one) => one === what);
  if (known === undefined)
    throw usageError(`credentials has no "${what}"`, didYouMean(what, WHAT) ?? `Give one of ${WHAT.join(', ')}.`);
  if (known !== 'export' && (args.text('out') !== undefined || args.flag('stdout')))
    throw usageError('--out and --stdout go with export');
  if (known !== 'import' && args.text('server') !== undefined) throw usageError('--server goes with import');
  return DO[known]({ args, words, context, io, store: await context.ports.logins() });
};
