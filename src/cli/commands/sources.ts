/**
 * `sources`: which files were looked at, what each gave, what is not loaded, and which variables are set.
 *
 * @module
 */
import { safeLine } from '../../base/safe-text.ts';
import type { SourceFile } from '../../core/config-model.ts';
import type { Command } from '../command.ts';
import { EXIT } from '../exit.ts';
import { outJson } from '../record.ts';
import { renderingOf } from '../render/rendering.ts';
import type { Rendering } from '../render/rendering.ts';
import { notLoadedLines } from '../render/status.ts';
import { shortPath } from '../text/shell.ts';
import { tableLines } from '../text/table.ts';

function gave(file: SourceFile): string {
  if (file.problem !== undefined) return 'not readable';
  if (!file.exists) return 'no such file';
  return file.servers === 1 ? '1 server' : `${file.servers} servers`;
}

function fileLines(files: readonly SourceFile[], how: Rendering): readonly string[] {
  const lines = tableLines(
    [{ title: 'SCOPE' }, { title: 'CLIENT' }, { title: 'GIVES' }, { title: 'FILE', least: 24, keep: 'end' }],
    files.map((file) => [file.scope, file.client, gave(file), safeLine(shortPath(file.path, how.place), 400)]),
    { ...(how.columns === undefined ? {} : { columns: how.columns }), paintTitle: (text) => how.style.dim(text) },
  );
  const problems = files.flatMap(({ problem }) => (problem === undefined ? [] : [safeLine(problem, 400)]));
  const notes = files.flatMap(({ path, notes: odd = [] }) =>
    odd.map((text) => how.style.dim(safeLine(`${shortPath(path, how.place)}: ${text}`, 400))),
  );
  const more = [...problems.map((text) => how.style.red(text)), ...notes];
  return more.length === 0 ? lines : [...lines, '', ...more];
}

export const sources: Command = async (_args, context, io) => {
  const view = await context.view();
  const config = await context.config();
  const { files, notLoaded, variables: names } = await config.load(view);
  const variables = names.map((name) => ({ name, set: view.variables[name] !== undefined }));
  if (context.json) {
    outJson({ schema: 'sources/v1', files, notLoaded, variables }, io);
    return EXIT.ok;
  }
  const how = renderingOf(context, io);
  const blocks: readonly (readonly string[])[] = [
    fileLines(files, how),
    notLoadedLines(notLoaded, how),
    variables.length === 0
      ? []
      : ['Variables that entries name:', ...variables.map(({ name, set }) => `  ${name}  ${set ? 'set' : 'not set'}`)],
  ];
  for (const [at, block] of blocks.filter((lines) => lines.length > 0).entries()) {
    if (at > 0) io.out('');
    for (const line of block) io.out(line);
  }
  return EXIT.ok;
};
