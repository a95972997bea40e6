/**
 * `config path|validate|schema|show`.
 *
 * @module
 */
import { safeLine } from '../../base/safe-text.ts';
import type { LoadedConfig } from '../../core/config-model.ts';
import { webhookProblemLine } from '../../core/webhook.ts';
import type { Command } from '../command.ts';
import type { Context } from '../context.ts';
import { usageError } from '../errors.ts';
import { EXIT } from '../exit.ts';
import type { ExitCode } from '../exit.ts';
import type { Io } from '../io.ts';
import { outJson } from '../record.ts';
import { maskedEntry } from '../render/configured.ts';
import { sourceText } from '../render/words.ts';
import { didYouMean } from '../text/suggest.ts';

interface Problem {
  readonly file: string;
  readonly line: number;
  readonly pointer?: string;
  readonly server?: string;
  readonly text: string;
}

/** Everything that is wrong with the files of a view. */
function problemsOf(loaded: LoadedConfig): readonly Problem[] {
  const files = loaded.files.flatMap(({ path, problem }) =>
    problem === undefined ? [] : [{ file: path, line: 0, text: problem }],
  );
  const entries = loaded.servers.flatMap(({ name, problem, source }) => {
    if (problem === undefined) return [];
    const { file, line, pointer } = problem.at ?? source;
    return [{ file, line, pointer, server: name, text: problem.detail ?? problem.reason }];
  });
  const skipped = loaded.notLoaded
    .filter(({ reason }) => reason === 'config-invalid')
    .map(({ name, source: { file, line, pointer }, text }) => ({ file, line, pointer, server: name, text }));
  return [...files, ...entries, ...skipped];
}

/** Webhooks that are not used. */
async function webhookProblems({ ports, files }: Context, loaded: LoadedConfig): Promise<readonly Problem[]> {
  const { problems } = await ports.webhooks(files);
  // A file that cannot be read at all is told by the entries that it does not give.
  const unreadable = new Set(loaded.files.flatMap(({ path, problem }) => (problem === undefined ? [] : [path])));
  return problems
    .filter(({ file }) => !unreadable.has(file))
    .map((problem) => (problem.line > 0 ? problem : { ...problem, text: webhookProblemLine(problem) }));
}

async function validate(context: Context, loaded: LoadedConfig, io: Io): Promise<ExitCode> {
  const problems = [...problemsOf(loaded), ...(await webhookProblems(context, loaded))];
  if (context.json) outJson({ schema: 'validate/v1', valid: problems.length === 0, problems }, io);
  else {
    for (const { file, line, pointer, text } of problems) {
      // The text of a file's own problem begins with its place.
      const place = line > 0 ? `${file}:${line}: ${pointer ?? ''}: ` : '';
      io.out(safeLine(`${place}${text}`, 600));
    }
    const files = loaded.files.filter(({ exists }) => exists).length;
    io.err(
      problems.length === 0
        ? `${loaded.servers.length} servers in ${files} files: valid`
        : `${problems.length} ${problems.length === 1 ? 'mistake' : 'mistakes'}; the other entries work`,
    );
  }
  return problems.length === 0 ? EXIT.ok : EXIT.usage;
}

function show(context: Context, loaded: LoadedConfig, io: Io): ExitCode {
  const servers = loaded.servers.flatMap((server) =>
    server.entry === undefined ? [] : [{ server, entry: maskedEntry(server.entry) }],
  );
  if (context.json) {
    const rows = servers.map(({ server, entry }) => ({ name: server.name, source: server.source, entry }));
    outJson({ schema: 'config/v1', servers: rows }, io);
    return EXIT.ok;
  }
  const mcpServers = Object.fromEntries(servers.map(({ server, entry }) => [server.name, entry]));
  io.out(JSON.stringify({ mcpServers }, undefined, 2));
  for (const { server } of servers) io.err(`${server.name}: ${sourceText(server.source, context.place)}`);
  return EXIT.ok;
}

function paths(context: Context, loaded: LoadedConfig, io: Io): ExitCode {
  const own = loaded.files.find(({ client, scope }) => client === 'holdfast' && scope === 'own');
  const files = own === undefined ? loaded.files.map((file) => file.path) : [own.path];
  if (context.json) outJson({ schema: 'config-path/v1', files }, io);
  else for (const file of files) io.out(file);
  return EXIT.ok;
}

const WHAT = ['path', 'validate', 'schema', 'show'];

export const config: Command = async (args, context, io) => {
  const what = args.word(0);
  if (!WHAT.includes(what))
    throw usageError(`config has no "${what}"`, didYouMean(what, WHAT) ?? `Give one of ${WHAT.join(', ')}.`);
  if (what === 'schema') {
    io.raw(await context.ports.asset('schema/config.schema.json'));
    return EXIT.ok;
  }
  const port = await context.config();
  const loaded = await port.load(await context.view());
  if (what === 'validate') return validate(context, loaded, io);
  return what === 'show' ? show(context, loaded, io) : paths(context, loaded, io);
};
