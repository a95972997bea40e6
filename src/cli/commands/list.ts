/**
 * `list`: what is configured, read from files alone.
 *
 * @module
 */
import { safeLine } from '../../base/safe-text.ts';
import { problemsOf } from '../../core/config-model.ts';
import type { Command } from '../command.ts';
import { EXIT } from '../exit.ts';
import { outJson } from '../record.ts';
import { publicServer } from '../render/configured.ts';
import type { PublicServer } from '../render/configured.ts';
import { renderingOf } from '../render/rendering.ts';
import type { Rendering } from '../render/rendering.ts';
import { notLoadedLines, problemLines } from '../render/status.ts';
import { sourceText } from '../render/words.ts';
import { tableLines } from '../text/table.ts';

/** How it signs in, and for whom where a person has bound it to an account. */
function signInCell({ signIn, profile }: PublicServer): string {
  const own = signIn === undefined || signIn === 'stdio' || signIn === 'none' ? '–' : signIn;
  return profile === undefined ? own : `${own === '–' ? 'oauth' : own} · ${safeLine(profile, 20)}`;
}

function table(servers: readonly PublicServer[], how: Rendering): readonly string[] {
  return tableLines(
    [
      { title: 'NAME', least: 12 },
      { title: 'STATE' },
      { title: 'TYPE', drop: 2 },
      { title: 'SIGN-IN', drop: 3 },
      { title: 'ENDPOINT', least: 20 },
      { title: 'SOURCE', least: 16, keep: 'end', drop: 1, paint: (text) => how.style.dim(text) },
    ],
    servers.map((one) => [
      safeLine(one.name, 80),
      one.state,
      one.transport ?? '–',
      signInCell(one),
      safeLine(one.problem ?? one.endpoint ?? '–', 200),
      sourceText(one.source, how.place),
    ]),
    {
      ...(how.columns === undefined ? {} : { columns: how.columns }),
      paintTitle: (text) => how.style.dim(text),
    },
  );
}

export const list: Command = async (args, context, io) => {
  const config = await context.config();
  const loaded = await config.load(await context.view());
  const servers = loaded.servers.map(publicServer);
  if (args.flag('names')) for (const { name } of servers) io.out(name);
  else if (context.json) {
    const problems = problemsOf(loaded.files);
    outJson({ schema: 'list/v1', servers, notLoaded: loaded.notLoaded, problems }, io);
  } else {
    const how = renderingOf(context, io);
    const problems = problemLines(problemsOf(loaded.files), how);
    const none =
      problems.length > 0 ? [] : [`No server is configured for this folder. Add one: ${context.typed('add NAME URL')}`];
    const shown = servers.length === 0 ? none : table(servers, how);
    const rest = [...problems, ...notLoadedLines(loaded.notLoaded, how)];
    for (const line of [...shown, ...(shown.length > 0 && rest.length > 0 ? [''] : []), ...rest]) io.out(line);
    if (servers.length > 0) io.err(how.style.dim(`Nothing was contacted; ${context.typed('status')} does that.`));
  }
  return EXIT.ok;
};
