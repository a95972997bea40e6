/**
 * The parts of a server's page, each as lines that scroll.
 *
 * @module
 */
import { age, shortDuration } from '../../../base/duration.ts';
import { safeLine, safeText } from '../../../base/safe-text.ts';
import type { Snapshot, TimelineEntry } from '../../../core/snapshot.ts';
import { sourceText } from '../../../core/telling.ts';
import { row, span } from '../../paint/span.ts';
import type { Line } from '../../paint/span.ts';
import { TABS } from '../../state/model.ts';
import type { FactKind, Facts, Model, Tab } from '../../state/model.ts';
import { broken, paragraph, terms } from '../area.ts';
import { toolOf } from '../../state/tool-facts.ts';
import { clockOf, countdown, endOf } from '../words.ts';
import { loginTerms } from './login.ts';

/** What a part is made from. */
interface About {
  readonly server: Snapshot;
  readonly facts: Facts;
  readonly model: Model;
  readonly columns: number;
}
type Terms = readonly (readonly [string, string | undefined])[];

/** What is not told yet, or why it cannot be. */
export function awaited({ trouble }: Facts, what: FactKind, columns: number): readonly Line[] {
  return paragraph(safeLine(trouble?.[what] ?? 'Asking …', 400), columns, 'dim');
}

const counted = (count: number | undefined, what: string): string | undefined =>
  count === undefined ? undefined : `${count} ${what}`;

function overview({ server, model, columns }: About): readonly Line[] {
  const { transport, era, protocolVersion, serverInfo, listsLastKnown } = server;
  const lists = [
    counted(server.tools, 'tools'),
    counted(server.prompts, 'prompts'),
    counted(server.resources, 'resources'),
  ].filter((text) => text !== undefined);
  const version = [era ?? '', protocolVersion ?? ''].filter((text) => text !== '').join(', ');
  const rows: Terms = [
    ['Endpoint', safeLine(server.endpoint ?? '', 600)],
    ['Transport', `${transport}${version === '' ? '' : ` (${version})`}`],
    ['Server', serverInfo === undefined ? '' : safeLine(`${serverInfo.name} ${serverInfo.version}`, 200)],
    ['Lists', `${lists.join(', ')}${listsLastKnown === true ? ' (last known)' : ''}`],
    ['Source', sourceText(server.source, model.setting.place)],
    ['Since', `${clockOf(server.since)} UTC (${age(server.since, model.now)})`],
    ['HTTP status', server.httpStatus === undefined ? '' : String(server.httpStatus)],
    ['Exit', exitText(server)],
    ['Detail', safeLine(server.detail ?? '', 2_000)],
    ['Redirects to', safeLine(server.redirectTo ?? '', 600)],
  ];
  return terms(rows, { columns });
}

function exitText({ exitCode, exitSignal }: Snapshot): string {
  if (exitSignal !== undefined) return `signal ${exitSignal}`;
  return exitCode === undefined ? '' : `code ${exitCode}`;
}

const MODELS: Readonly<Record<Snapshot['signIn'], string>> = {
  none: 'nothing is sent',
  headers: 'headers of the entry',
  helper: 'headers that a helper makes (headersHelper)',
  oauth: 'OAuth',
  stdio: 'none: a process of this machine',
};

function signIn({ server, model, columns }: About): readonly Line[] {
  const { signingIn, stepUp, missingScopes = [], offersOAuth, login } = server;
  const waits =
    signingIn === undefined
      ? ''
      : `${countdown(signingIn.expiresAt, model.now)} left, for ${signingIn.stepUp ? 'more rights' : 'a sign-in'}`;
  const rows: Terms = [
    ['Sent', login === undefined ? MODELS[server.signIn] : 'the access token of the login below'],
    [
      'Offered',
      server.signIn === 'stdio' ? '' : offersOAuth ? 'the server offers OAuth' : 'the server offers no sign-in',
    ],
    ['Waits', waits],
    ['Asked for', stepUp === undefined ? '' : safeLine(stepUp.scopes.join(' '), 600)],
    ['Missing', safeLine(missingScopes.join(' '), 600)],
    ['Access ends', server.expiresAt === undefined || login !== undefined ? '' : endOf(server.expiresAt, model.now)],
    ...(login === undefined ? [] : loginTerms(login, model.now)),
  ];
  return terms(rows, { columns });
}

function tools({ server, facts, columns }: About): readonly Line[] {
  const { lists } = facts;
  if (lists === undefined) return awaited(facts, 'lists', columns);
  if (lists.tools.length === 0) return [row('The server has no tools.', 'dim')];
  const all = lists.tools.map(toolOf);
  return [
    row(`t browses ${all.length} tools${server.listsLastKnown === true ? ', the last known ones' : ''}.`, 'dim'),
    ...all.map(({ name, description }): Line => [
      span(safeLine(name, 80), 'strong'),
      span(`  ${safeLine(description, columns * 2)}`, 'dim'),
    ]),
  ];
}

function config({ server, model, columns }: About): readonly Line[] {
  const { source, configHash, approvalHash } = server;
  const { program, suffix } = model.setting;
  const typed = (verb: string): string => `${program} ${verb} ${safeLine(server.name, 80)}${suffix}`;
  const rows: Terms = [
    ['File', source.file === '' ? 'given in code' : safeLine(source.file, 600)],
    ['Line', source.line > 0 ? String(source.line) : ''],
    ['Place', safeLine(source.pointer, 200)],
    ['Scope', `${source.scope} (${source.client})`],
    ['Endpoint', safeLine(server.endpoint ?? '', 600)],
    ['Entry hash', configHash],
    ['To approve', approvalHash],
    ['In a shell', typed('edit')],
    ['', typed('remove')],
    // Offered in every state, whatever the actions of the state are.
    ['Start over', `z here, or ${typed('reset')}`],
  ];
  const hides = model.notLoaded.filter(({ name }) => name === server.name);
  return [
    ...terms(rows, { columns }),
    ...hides.flatMap((one) => [
      row(),
      ...paragraph(
        `Not loaded: ${sourceText(one.source, model.setting.place)}: ${safeLine(one.text, 300)}`,
        columns,
        'dim',
      ),
    ]),
  ];
}

function eventLine({ at, text, status, durationMs }: TimelineEntry): Line {
  const took = durationMs === undefined ? '' : `  ${shortDuration(durationMs)}`;
  return [span(`${clockOf(at)}  `, 'dim'), span(safeLine(text, 400), status), span(took, 'dim')];
}

function timeline({ server }: About): readonly Line[] {
  const newest = server.timeline.toReversed();
  return newest.length === 0 ? [row('Nothing has happened yet.', 'dim')] : newest.map(eventLine);
}

function log({ facts, columns }: About): readonly Line[] {
  const { logs } = facts;
  if (logs === undefined) return awaited(facts, 'logs', columns);
  const own = logs.filter(({ stream }) => stream !== 'timeline');
  if (own.length === 0) return [row('The process has written nothing to stderr.', 'dim')];
  // The newest is what a person looks for.
  return own.toReversed().flatMap(({ at, stream, text }) =>
    safeText(text)
      .split('\n')
      .flatMap((line) => broken(line.replaceAll('\t', ' '), Math.max(8, columns - 18)))
      .map((line, index): Line => [
        span(index === 0 ? `${clockOf(at)} ${stream.padEnd(7)} ` : ' '.repeat(17), 'dim'),
        span(line),
      ]),
  );
}

function helper({ facts, model, columns }: About): readonly Line[] {
  const run = facts.helper;
  if (run === undefined) return awaited(facts, 'helper', columns);
  if (run === 'none') return paragraph('The entry has no helper, or it has not run yet.', columns, 'dim');
  const rows: Terms = [
    ['Ran', `${shortDuration(model.now - run.at)} ago, for ${shortDuration(run.durationMs)}`],
    ['Ended', run.exitCode === null ? 'by a signal' : `with code ${run.exitCode}`],
    ['Outcome', run.outcome],
    [
      'Headers',
      run.headerNames.length === 0 ? 'none' : `${safeLine(run.headerNames.join(', '), 400)} (values are not shown)`,
    ],
  ];
  const stderr = run.stderr.flatMap((text) => broken(safeLine(text, 800), columns)).map((text) => row(text));
  return [...terms(rows, { columns }), ...(stderr.length === 0 ? [] : [row('stderr', 'dim'), ...stderr])];
}

const PARTS: Readonly<Record<Tab, (about: About) => readonly Line[]>> = {
  overview,
  'sign-in': signIn,
  tools,
  config,
  timeline,
  log,
  helper,
};

/** The parts that a server has: a process does not sign in and alone has stderr, and only a helper has a run. */
export function tabsOf({ signIn: how }: Snapshot): readonly Tab[] {
  const isProcess = how === 'stdio';
  return TABS.filter((tab) => {
    if (tab === 'helper') return how === 'helper';
    if (tab === 'log') return isProcess;
    return tab !== 'sign-in' || !isProcess;
  });
}

/** The lines of a part. */
export function sectionLines(tab: Tab, server: Snapshot, model: Model, columns: number): readonly Line[] {
  return PARTS[tab]({ server, facts: model.facts.get(server.name) ?? {}, model, columns });
}
