/**
 * The verbs that mend: each is one method of the fleet.
 *
 * @module
 */
import type { ArgumentRow, Command, CommandRow, OptionRow } from '../command.ts';
import { WAIT } from './look.ts';

const NAMES: ArgumentRow = {
  name: 'NAME',
  completes: 'server',
  many: true,
  summary: 'configured servers',
};
const SOME: ArgumentRow = { ...NAMES, optional: true };
const CHOOSE: readonly OptionRow[] = [
  { name: 'all', summary: 'every server' },
  { name: 'failed', summary: 'every server that is failed or needs authentication' },
];
const act = async (): Promise<Command> => (await import('../commands/act.ts')).act;
const approval = async (): Promise<Command> => (await import('../commands/approve.ts')).approve;

export const MEND: readonly CommandRow[] = [
  {
    name: 'reconnect',
    aliases: ['restart'],
    group: 'Mend',
    kind: 'live',
    summary: 'contact a server anew, now',
    details: [
      'Reads the entry again with the variables of this shell, runs the headersHelper again, drops connection and back-off, and contacts the server now. Credentials are kept.',
      'It works for every server, whatever file it came from and whatever its state, and says what it did.',
    ],
    args: [SOME],
    options: [...CHOOSE, WAIT],
    examples: [
      ['reconnect notion', 'one server'],
      ['reconnect --failed', 'all that are not well'],
    ],
    load: act,
  },
  {
    name: 'reset',
    group: 'Mend',
    kind: 'live',
    summary: 'reconnect, and forget everything derived from earlier contacts',
    details: ['Forgets discovery, protocol era, session and cached lists; the entry itself is not touched.'],
    args: [SOME],
    options: [
      ...CHOOSE,
      { name: 'client', summary: 'also forget the dynamic client registration' },
      { name: 'credentials', summary: 'also forget the tokens, locally' },
      WAIT,
    ],
    examples: [['reset notion', 'as if Holdfast had never met the server']],
    load: act,
  },
  {
    name: 'retry',
    group: 'Mend',
    kind: 'live',
    summary: 'make the try that is being waited for now',
    args: [NAMES],
    options: [WAIT],
    examples: [['retry notion', 'do not wait for the next try']],
    load: act,
  },
  {
    name: 'stop',
    group: 'Mend',
    kind: 'live',
    summary: 'stop trying to reach a server',
    args: [NAMES],
    options: [],
    examples: [['stop notion', 'failed · stopped-by-user, until you reconnect it']],
    load: act,
  },
  {
    name: 'enable',
    group: 'Mend',
    kind: 'live',
    summary: 'switch a server on and contact it',
    args: [NAMES],
    options: [WAIT],
    examples: [['enable old-db', 'on again']],
    load: act,
  },
  {
    name: 'disable',
    group: 'Mend',
    kind: 'live',
    summary: 'switch a server off without removing it',
    args: [NAMES],
    options: [],
    examples: [['disable old-db', 'off, in every later run too']],
    load: act,
  },
  {
    name: 'approve',
    group: 'Mend',
    kind: 'live',
    summary: 'allow a server of a project file',
    details: [
      'Shows what would run or be contacted, and asks. Where nobody can be asked, --hash names what was read: only an entry that still has that hash is approved.',
    ],
    args: [{ ...NAMES, many: false }],
    options: [{ name: 'hash', value: 'H', summary: 'approve only what has this hash; asks nothing' }, WAIT],
    examples: [
      ['approve notes', 'read it, then answer yes or no'],
      ['approve notes --hash fa7100c8…', 'in CI'],
    ],
    load: approval,
  },
  {
    name: 'reject',
    group: 'Mend',
    kind: 'live',
    summary: 'refuse a server of a project file',
    args: [NAMES],
    options: [],
    examples: [['reject notes', 'disabled · rejected-by-user, until you approve it']],
    load: act,
  },
];
