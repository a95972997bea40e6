/**
 * docs/states.md: the life of a connection, found by running `step` from every state that can be reached.
 *
 * @module
 */
import { resolveNumbers } from '../../src/core/numbers.ts';
import { initialState } from '../../src/core/state.ts';
import type { ConnectionEvent, Policy, State } from '../../src/core/state.ts';
import { step } from '../../src/core/step.ts';
import { code, page, table } from './markdown.ts';

/** The words of a state: its status, and what it does within it. */
export type Node = 'blocked' | 'connecting' | 'waiting' | 'connected' | 'needs-auth' | 'failed' | 'disabled';

/** From one to another, and by what. */
export interface Transition {
  readonly from: Node;
  readonly event: string;
  readonly to: Node;
}

/** The picture keeps to the first life: a second one starts with other counts, but goes the same ways. */
const DEEPEST = 14;
/** Fewer tries go the same ways, sooner. */
const FEW = resolveNumbers({ startupRetries: 1, reconnectTries: 2 });
/** Long enough for every half-open and proven rule, short enough that no window of a crash loop is left. */
const BETWEEN_MS = 6_000;

const fail = (
  epoch: number,
  fault: { reason: 'refused' | 'http-404' | 'sign-in-required' | 'exited' },
): ConnectionEvent => ({
  type: 'open-failed',
  epoch,
  fault,
});

/** Everything that can happen, in the words of the picture. */
const EVENTS: readonly (readonly [string, (epoch: number) => ConnectionEvent])[] = [
  ['start', () => ({ type: 'start', phase: 'startup' })],
  ['reconnect', () => ({ type: 'reconnect' })],
  ['retry now', () => ({ type: 'retry-now' })],
  ['stop', () => ({ type: 'stop' })],
  ['approval needed', () => ({ type: 'barrier', barrier: { kind: 'blocked', reason: 'awaiting-approval' } })],
  ['disable', () => ({ type: 'barrier', barrier: { kind: 'disabled', reason: 'disabled-by-user' } })],
  ['entry not valid', () => ({ type: 'barrier', barrier: { kind: 'invalid', fault: { reason: 'config-invalid' } } })],
  ['opened', (epoch) => ({ type: 'opened', epoch })],
  ['fault that can pass', (epoch) => fail(epoch, { reason: 'refused' })],
  ['fault that stays', (epoch) => fail(epoch, { reason: 'http-404' })],
  ['wants authentication', (epoch) => fail(epoch, { reason: 'sign-in-required' })],
  ['lost', (epoch) => ({ type: 'lost', epoch, fault: { reason: 'reset' } })],
  ['lost and rejected', (epoch) => ({ type: 'lost', epoch, fault: { reason: 'credentials-rejected' } })],
  ['the time has come', (epoch) => ({ type: 'timer', timer: 'retry', epoch })],
  ['a call', () => ({ type: 'wanted' })],
];

/** The picture's word for a state. */
export function nodeOf(state: State): Node {
  return state.status === 'pending' ? state.doing : state.status;
}

/** What makes two states the same for the search: what can be done in them, not when they began. */
function keyOf(state: State): string {
  const { status, spent } = state;
  const tries = 'attempt' in state ? [state.phase, state.attempt, state.max] : [];
  const cause = 'fault' in state ? state.fault?.reason : undefined;
  return JSON.stringify([
    status,
    nodeOf(state),
    spent,
    tries,
    cause,
    'probing' in state && state.probing,
    'retryAt' in state,
  ]);
}

/** What each event makes of a state. */
function outcomesOf(
  state: State,
  policy: Policy,
): readonly { readonly transition: Transition; readonly after: State }[] {
  return EVENTS.map(([event, make]) => {
    const after = step(state, make(state.epoch), policy).state;
    return { transition: { from: nodeOf(state), event, to: nodeOf(after) }, after };
  });
}

/** Every transition between two different words, found from the first state on. */
export function transitions(): readonly Transition[] {
  const found = new Map<string, Transition>();
  const seen = new Set<string>();
  let edge: readonly State[] = [initialState(0)];
  for (let depth = 0; depth < DEEPEST && edge.length > 0; depth += 1) {
    const policy: Policy = {
      numbers: FEW,
      transport: 'remote',
      helper: false,
      now: (depth + 1) * BETWEEN_MS,
      roll: 0.5,
    };
    const next: State[] = [];
    for (const state of edge.filter((one) => !seen.has(keyOf(one)))) {
      seen.add(keyOf(state));
      for (const { transition, after } of outcomesOf(state, policy)) {
        found.set(JSON.stringify(transition), transition);
        next.push(after);
      }
    }
    edge = next;
  }
  return [...found.values()].filter(({ from, to }) => from !== to);
}

const NODES: readonly (readonly [Node, string])[] = [
  ['blocked', 'pending: awaiting approval'],
  ['connecting', 'pending: connecting'],
  ['waiting', 'pending: waiting for the next quick try'],
  ['connected', 'connected'],
  ['needs-auth', 'needs-auth (probed in the background)'],
  ['failed', 'failed (probed slowly where the cause can pass)'],
  ['disabled', 'disabled'],
];

/** Events of a person or of the configuration: told in words, they would hide the picture. */
const FROM_ANYWHERE: ReadonlySet<string> = new Set([
  'start',
  'reconnect',
  'approval needed',
  'disable',
  'entry not valid',
]);

const idOf = (node: Node): string => node.replace('-', '_');

/** The page. */
export function statesPage(): string {
  const all = transitions();
  const drawn = new Map<string, string[]>();
  for (const { from, event, to } of all.filter((one) => !FROM_ANYWHERE.has(one.event))) {
    const arrow = `${idOf(from)} --> ${idOf(to)}`;
    drawn.set(arrow, [...(drawn.get(arrow) ?? []), event]);
  }
  const diagram = [
    'stateDiagram-v2',
    ...NODES.map(([node, words]) => `  state "${words}" as ${idOf(node)}`),
    '  [*] --> connecting: start',
    ...[...drawn].map(([arrow, events]) => `  ${arrow}: ${events.join(' / ')}`),
  ];
  const rows = NODES.flatMap(([from]) =>
    NODES.map(([to]) => [from, to, all.filter((one) => one.from === from && one.to === to)] as const)
      .filter(([, , list]) => list.length > 0)
      .map(([, to, list]) => [code(from), code(to), list.map(({ event }) => event).join(' · ')]),
  );
  return page('The life of a connection', '`src/core/step.ts`, by running it', [
    'One server is always in one of these states. `step(state, event, policy)` is the only way from one to another; it is a pure function, and this picture was made by running it from every state that can be reached.',
    `\`\`\`mermaid\n${diagram.join('\n')}\n\`\`\``,
    'Left out of the picture, because they lead there from everywhere they are allowed: **start** (first contact, enable, approval, a changed entry) and **reconnect** contact the server now; **disable**, **approval needed** and **entry not valid** stop everything.',
    'A probe keeps the status word until it is answered: `failed` and `needs-auth` stay what they are while the server is contacted in the background, and become `connected` when it answers.',
    table(['from', 'to', 'by'], rows),
  ]);
}
