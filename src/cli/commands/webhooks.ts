/**
 * `webhooks list|test`: the addresses that are told what happens, and whether they take it.
 *
 * @module
 */
import { safeLine } from '../../base/safe-text.ts';
import type { WebhookTry } from '../../core/webhook.ts';
import { webhookProblemLine } from '../../core/webhook.ts';
import type { Command } from '../command.ts';
import type { Context } from '../context.ts';
import { usageError } from '../errors.ts';
import { EXIT } from '../exit.ts';
import type { ExitCode } from '../exit.ts';
import type { Io } from '../io.ts';
import { outJson } from '../record.ts';
import { renderingOf } from '../render/rendering.ts';
import { afterTry, tryTable, webhookPlace, webhookTable, webhookUrl } from '../render/webhook.ts';
import type { WebhookRow } from '../render/webhook.ts';
import { didYouMean } from '../text/suggest.ts';

const WHAT = ['list', 'test'] as const;
const NONE = 'No webhook is configured.';
const WHERE = 'They stand in "webhooks" of the file that "holdfast config path" names.';

/** Every webhook of the files, as they stand there, and what is wrong with whole files. */
async function read({ ports, files }: Context): Promise<{ rows: readonly WebhookRow[]; broken: readonly string[] }> {
  const { hooks, problems } = await ports.webhooks(files);
  const placed = [
    ...hooks.map((hook) => ({ hook, source: hook.source })),
    ...problems.filter(({ line }) => line > 0).map((problem) => ({ problem, source: problem })),
  ];
  const order = [...new Set(placed.map(({ source }) => source?.file))];
  const sorted = placed.toSorted(
    (a, b) =>
      order.indexOf(a.source?.file) - order.indexOf(b.source?.file) || (a.source?.index ?? 0) - (b.source?.index ?? 0),
  );
  return {
    rows: sorted.map(({ source: _source, ...row }, at) => ({ number: at + 1, ...row })),
    broken: problems.filter(({ line }) => line === 0).map((problem) => webhookProblemLine(problem)),
  };
}

/** A webhook in a record. */
function record(row: WebhookRow): object {
  const { number, hook, problem } = row;
  const source = hook?.source ?? problem;
  return {
    number,
    ...(hook === undefined
      ? {}
      : {
          url: webhookUrl(row),
          events: hook.events,
          ...(hook.servers === undefined ? {} : { servers: hook.servers }),
          signed: hook.secret !== undefined,
        }),
    ...(source === undefined ? {} : { source: { file: source.file, line: source.line, pointer: source.pointer } }),
    ...(problem === undefined ? {} : { problem: problem.text }),
  };
}

async function list(context: Context, io: Io): Promise<ExitCode> {
  const { rows, broken } = await read(context);
  if (context.json) outJson({ schema: 'webhooks/v1', webhooks: rows.map((row) => record(row)), problems: broken }, io);
  else if (rows.length === 0) for (const line of [NONE, WHERE]) io.out(line);
  else for (const line of webhookTable(rows, renderingOf(context, io))) io.out(line);
  if (!context.json) for (const text of broken) io.err(safeLine(text, 600));
  return EXIT.ok;
}

/** The webhooks that are meant by a word: a number of the list, or an address as it is shown, written or called. */
function meant(word: string, rows: readonly WebhookRow[]): readonly WebhookRow[] {
  const found = rows.filter(
    (row) =>
      word === String(row.number) ||
      (row.hook !== undefined && [row.hook.url, row.hook.written, webhookUrl(row)].includes(word)),
  );
  if (found.length === 0)
    throw usageError(
      `no webhook is "${word}"`,
      'Give a number of "holdfast webhooks", or an address that stands there.',
    );
  return found;
}

async function chosen(words: readonly string[], context: Context): Promise<Awaited<ReturnType<typeof read>>> {
  const all = await read(context);
  if (all.rows.length === 0 && all.broken.length === 0) throw usageError(NONE.slice(0, -1).replace('No', 'no'), WHERE);
  if (words.length === 0) return all;
  const rows = new Set(words.flatMap((word) => meant(word, all.rows)));
  return { rows: [...rows], broken: [] };
}

/** What to do about each that took nothing, in a sentence. */
function remedies(
  tried: readonly (readonly [WebhookRow, WebhookTry])[],
  unused: readonly WebhookRow[],
  where: (row: WebhookRow) => string,
): readonly string[] {
  return [
    ...tried
      .filter(([, { took }]) => !took)
      .map(([row, one]) => `${row.number}: ${afterTry(one)}. It stands at ${where(row)}.`),
    ...unused.map((row) => `${row.number}: It is not used: ${row.problem?.text ?? ''}. Mend it at ${where(row)}.`),
  ];
}

/** The owner may know other variables than this shell, and another proxy. */
async function tellOwner(context: Context, io: Io): Promise<void> {
  const running = await context.running().catch(() => undefined);
  if (running === undefined) return;
  io.err(
    `Sent from here, with the variables of this shell. The daemon (pid ${running.owner.pid}) sends with its own: ${context.typed('doctor')} says whether it lacks one.`,
  );
}

async function test(words: readonly string[], context: Context, io: Io): Promise<ExitCode> {
  const { rows, broken } = await chosen(words, context);
  const used = rows.flatMap((row) => (row.hook === undefined ? [] : [{ row, hook: row.hook }]));
  const unused = rows.filter(({ hook }) => hook === undefined);
  const tries = await context.ports.tryWebhooks(used.map(({ hook }) => hook));
  if (context.signal.aborted) return EXIT.interrupted;
  const tried = used.flatMap(({ row }, at): (readonly [WebhookRow, WebhookTry])[] => {
    const one = tries[at];
    return one === undefined ? [] : [[row, one]];
  });
  const taken = tried.filter(([, { took }]) => took).length;
  const isGood = taken === tried.length && unused.length === 0 && broken.length === 0;
  if (context.json) {
    const webhooks = [
      ...tried.map(([row, one]) => ({ ...record(row), ...one, ...(one.took ? {} : { next: `${afterTry(one)}.` }) })),
      ...unused.map((row) => ({ ...record(row), took: false })),
    ];
    outJson({ schema: 'webhook-test/v1', ok: isGood, webhooks, problems: broken }, io);
  } else {
    const how = renderingOf(context, io);
    for (const line of tried.length === 0 ? [] : tryTable(tried, how)) io.out(line);
    const next = [...remedies(tried, unused, (row) => webhookPlace(row, how)), ...broken];
    if (next.length > 0) io.out(`${tried.length === 0 ? '' : '\n'}Next:`);
    for (const line of next) io.out(`  ${safeLine(line, 600)}`);
    io.err(`${taken} of ${rows.length} took the test.`);
    await tellOwner(context, io);
  }
  if (isGood) return EXIT.ok;
  return taken === tried.length ? EXIT.usage : EXIT.failed;
}

export const webhooks: Command = async (args, context, io) => {
  const [what = 'list', ...words] = args.words;
  if (what === 'test') return test(words, context, io);
  if (what !== 'list')
    throw usageError(`webhooks has no "${what}"`, didYouMean(what, WHAT) ?? `Give one of ${WHAT.join(', ')}.`);
  if (words.length > 0) throw usageError('webhooks list takes no more words');
  return list(context, io);
};
