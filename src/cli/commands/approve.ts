/**
 * `approve`: shows what a project entry would run or contact, and asks; with `--hash` it asks nothing.
 *
 * @module
 */
import { HoldfastError } from '../../base/errors.ts';
import { safeLine } from '../../base/safe-text.ts';
import type { ApprovalView } from '../../core/fleet.ts';
import { APPROVAL_LINE } from '../../core/telling.ts';
import type { Command } from '../command.ts';
import type { Context } from '../context.ts';
import { tellStates } from '../errors.ts';
import { EXIT, exitOfSnapshot } from '../exit.ts';
import type { Io } from '../io.ts';
import { outJson } from '../record.ts';
import { outcomeLines } from '../render/outcome.ts';
import { renderingOf } from '../render/rendering.ts';
import { chosen, startWaitMs } from '../settle.ts';
import { shellWord } from '../text/shell.ts';

function tell(asked: ApprovalView, io: Io): void {
  const changed = asked.state === 'changed' ? ', which has changed since it was approved,' : '';
  io.err(`${safeLine(asked.name, 80)}${changed} would:`);
  for (const line of asked.summary) io.err(`  ${safeLine(line, APPROVAL_LINE)}`);
  if (asked.difference.length > 0) io.err('What differs from what was approved:');
  for (const line of asked.difference) io.err(`  ${safeLine(line, APPROVAL_LINE)}`);
}

/** The hash that a person agreed to; throws where nobody can be asked or the answer is no. */
async function agreed(asked: ApprovalView, context: Context, io: Io): Promise<string | undefined> {
  tell(asked, io);
  const command = context.typed(`approve ${shellWord(asked.name)} --hash ${asked.hash ?? 'H'}`);
  if (!io.stdinIsTTY || !io.errIsTTY || context.json)
    throw new HoldfastError('ERR_BLOCKED', `${asked.name} waits for approval, and nobody can be asked here`, {
      hint: `Read what it would do, then: ${command}`,
      data: { server: asked.name, hash: asked.hash, summary: asked.summary, difference: asked.difference },
    });
  const answer = await io.ask('Approve it? [y/N] ');
  if (/^y(?:es)?$/i.test(answer.trim())) return asked.hash;
  throw new HoldfastError('ERR_BLOCKED', `${asked.name} was not approved`, { data: { server: asked.name } });
}

export const approve: Command = async (args, context, io) => {
  const name = args.word(0);
  const fleet = await context.fleet();
  const view = await context.view();
  chosen(await fleet.snapshots(view), [name]);
  const asked = await fleet.approval(name, view);
  if (asked.state === 'not-needed' || asked.state === 'approved') {
    const why = asked.state === 'approved' ? 'is approved already' : 'needs no approval';
    if (context.json) outJson({ schema: 'action/v1', action: 'approve', results: [{ name, did: [why] }] }, io);
    else io.out(`${name}: ${why}`);
    return EXIT.ok;
  }
  const hash = args.text('hash') ?? (await agreed(asked, context, io));
  const report = await fleet.approve(name, hash, view);
  const limit = args.number('wait') ?? (context.ownership() === 'daemon' ? 0 : startWaitMs(context));
  const waited =
    limit > 0 && report.snapshot.status === 'pending'
      ? await fleet.settled({ timeoutMs: limit, names: [name], view, signal: context.signal })
      : [];
  const snapshot = waited.find((one) => one.name === name) ?? report.snapshot;
  const exit = exitOfSnapshot(snapshot);
  if (context.json) {
    outJson(
      {
        schema: 'action/v1',
        action: 'approve',
        owner: await context.owner(),
        results: [{ name, did: report.did, snapshot }],
      },
      io,
    );
    tellStates([snapshot], exit, io);
  } else {
    for (const line of outcomeLines({ did: report.did, snapshot }, context.typed, renderingOf(context, io)))
      io.out(line);
  }
  return exit;
};
