/**
 * `call`: one tool call. The result is data, progress is talk.
 *
 * @module
 */
import { safeLine } from '../../base/safe-text.ts';
import type { Progress } from '../../core/ports.ts';
import { callArguments } from '../call-words.ts';
import type { Command } from '../command.ts';
import { EXIT } from '../exit.ts';
import type { Io } from '../io.ts';
import { outJson } from '../record.ts';
import { resultText } from '../render/content.ts';
import { chosen } from '../settle.ts';
import { withConsent } from '../sign-in/consent-call.ts';

/** Shows progress: one line that is written over on a terminal, a line each elsewhere. */
function progressOn(io: Io): { show(progress: Progress): void; end(): void } {
  const live = io.errIsTTY && io.animate;
  let open = false;
  return {
    show({ progress, total, message }) {
      const count = total === undefined ? String(progress) : `${progress}/${total}`;
      const text = `progress ${count}${message === undefined ? '' : ` ${safeLine(message)}`}`;
      if (live) io.errRaw(`\r\u001B[2K${text}`);
      else io.err(text);
      open = live;
    },
    end() {
      if (open) io.errRaw('\r\u001B[2K');
    },
  };
}

export const call: Command = async (args, context, io) => {
  const [name = '', tool = '', ...words] = args.words;
  const fleet = await context.fleet();
  const view = await context.view();
  chosen(await fleet.snapshots(view), [name]);
  const given = await callArguments(words, {
    tool,
    tools: async () => (await fleet.lists(name, view)).tools,
    stdin: () => io.stdin(),
  });
  const timeoutMs = args.number('timeout');
  const progress = progressOn(io);
  const result = await withConsent({ name, context, io }, ({ interaction, signal }) =>
    fleet.request(
      name,
      'tools/call',
      { name: tool, arguments: given },
      {
        view,
        signal,
        interaction,
        onProgress: (step) => progress.show(step),
        ...(timeoutMs === undefined ? {} : { timeoutMs }),
      },
    ),
  ).finally(() => progress.end());
  const failed = (result as { isError?: unknown } | null)?.isError === true;
  if (context.json) outJson(result ?? {}, io);
  else io.out(resultText(result));
  if (!failed) return EXIT.ok;
  if (context.json) {
    const message = `${tool} of ${name} returned an error`;
    io.err(JSON.stringify({ error: { code: 'ERR_RPC', message, exit: EXIT.toolError, data: { server: name, tool } } }));
  } else io.err(`${safeLine(tool)} of ${safeLine(name)} returned an error.`);
  return EXIT.toolError;
};
