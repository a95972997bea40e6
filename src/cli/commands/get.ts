/**
 * `get`: one server, whole. Reads files; state and history come from the daemon if one runs, and nothing is started.
 *
 * @module
 */
import type { ConfiguredServer } from '../../core/config-model.ts';
import type { CredentialInfo } from '../../core/credential.ts';
import type { HelperRun } from '../../core/ports.ts';
import type { Snapshot } from '../../core/snapshot.ts';
import type { Command } from '../command.ts';
import type { Context } from '../context.ts';
import { unknownServer } from '../errors.ts';
import { EXIT } from '../exit.ts';
import type { Io } from '../io.ts';
import { outJson } from '../record.ts';
import { publicServer } from '../render/configured.ts';
import { commandsFor } from '../render/next.ts';
import { renderingOf } from '../render/rendering.ts';
import { loginLines } from '../render/login.ts';
import { entryLines, helperLines, historyLines, stateLines } from '../render/server.ts';
import { ownerText } from '../render/summary.ts';
import { isAtPlace } from '../../core/login-place.ts';
import { placeOfServer } from '../sign-in/find-login.ts';
import type { Owner } from '../../core/fleet.ts';

interface Live {
  readonly owner: Owner;
  readonly snapshot: Snapshot;
  readonly helper: HelperRun | undefined;
}

async function live(context: Context, name: string): Promise<Live | undefined> {
  const joined = await context.running();
  if (joined === undefined) return undefined;
  const { fleet, owner } = joined;
  const view = await context.view();
  const [all, helper] = await Promise.all([fleet.snapshots(view), fleet.helperRun(name, view).catch(() => undefined)]);
  const snapshot = all.find((one) => one.name === name);
  return snapshot === undefined ? undefined : { owner, snapshot, helper };
}

/** The login in the store, where no daemon tells of it. A store that cannot be read is told by `credentials`. */
async function storedLogin(server: ConfiguredServer, context: Context): Promise<CredentialInfo | undefined> {
  if (server.entry === undefined || server.entry.endpoint.kind === 'stdio') return undefined;
  try {
    const place = await placeOfServer(server, context);
    if (place === undefined) return undefined;
    const logins = await (await context.ports.logins()).list();
    return logins.find((one) => isAtPlace(one, place));
  } catch {
    return undefined;
  }
}

function print(blocks: readonly (readonly string[])[], io: Io): void {
  for (const [at, lines] of blocks.filter((block) => block.length > 0).entries()) {
    if (at > 1) io.out('');
    for (const line of lines) io.out(line);
  }
}

export const get: Command = async (args, context, io) => {
  const name = args.word(0);
  const view = await context.view();
  const config = await context.config();
  const { servers } = await config.load(view);
  const server = servers.find((one) => one.name === name);
  if (server === undefined)
    throw unknownServer(
      name,
      servers.map((one) => one.name),
    );
  const shown = publicServer(server);
  const isSet = (variable: string): boolean => view.variables[variable] !== undefined;
  const state = await live(context, name);
  const login = state === undefined ? await storedLogin(server, context) : state.snapshot.login;
  if (context.json) {
    const variables = shown.variables.map((variable) => ({ name: variable, set: isSet(variable) }));
    outJson(
      {
        schema: 'get/v1',
        ...shown,
        variables,
        owner: state?.owner ?? null,
        snapshot: state?.snapshot ?? null,
        login: login ?? null,
        helperRun: state?.helper ?? null,
      },
      io,
    );
    return EXIT.ok;
  }
  const how = renderingOf(context, io);
  const loginBlock = login === undefined ? [] : loginLines(login, how);
  const blocks: readonly (readonly string[])[] = [
    [how.style.bold(name)],
    entryLines(shown, isSet, how),
    ...(state === undefined
      ? [[`State  unknown: no daemon runs. ${context.typed(`status ${name}`)} contacts the server.`], loginBlock]
      : [
          [...stateLines(state.snapshot, how), how.style.dim(`  as ${ownerText(state.owner)} knows it`)],
          loginBlock,
          state.helper === undefined ? [] : helperLines(state.helper, how),
          historyLines(state.snapshot.timeline, how),
          ['Next:', ...commandsFor(state.snapshot, context.typed).map((command) => `  ${command}`)],
        ]),
  ];
  print(blocks, io);
  return EXIT.ok;
};
