/**
 * The verbs that look: they change nothing.
 *
 * @module
 */
import type { CommandRow, OptionRow } from '../command.ts';

/** `--wait D`, of every verb that may wait for connections. */
export const WAIT: OptionRow = {
  name: 'wait',
  value: 'DURATION',
  type: 'duration',
  summary: 'wait until no server is pending, at most so long (20s, 1m, 500ms)',
};

const NAME = { name: 'NAME', completes: 'server', summary: 'a configured server' } as const;

const lists = (what: 'tools' | 'prompts' | 'resources'): CommandRow => ({
  name: what,
  group: 'Look',
  kind: 'live',
  summary: `list the ${what} of a server`,
  args: [NAME],
  options: [WAIT],
  examples: [
    [`${what} files`, `the ${what} of "files", one a line`],
    [`${what} files --json`, 'the same as the server describes them'],
  ],
  load: async () => (await import('../commands/lists.ts')).lists,
});

export const LOOK: readonly CommandRow[] = [
  {
    name: 'status',
    group: 'Look',
    kind: 'live',
    summary: 'show every server with its status, reason and next step',
    details: [
      'Status is one of five words: connected, pending, needs-auth, failed, disabled. The reason beside it is explained by "explain REASON".',
      'Without a daemon the servers are contacted by this process, which waits at most 5 s for them and closes them again; --wait sets another limit.',
      'It exits 0 whatever the states are, unless --exit-code is given: then the worst of 2 (configuration), 7 (blocked or disabled), 3 (needs authentication), 4 (failed), 8 (pending).',
    ],
    args: [{ ...NAME, optional: true, many: true, summary: 'only these servers' }],
    options: [
      WAIT,
      { name: 'watch', short: 'w', summary: 'keep showing changes until Ctrl-C' },
      { name: 'exit-code', summary: 'let the worst state decide the exit code' },
    ],
    examples: [
      ['status', 'every server of this folder'],
      ['status --json --no-daemon --config servers.json --wait 20s', 'one record for a script, from one file'],
      ['status --exit-code && deploy', 'go on only when every server is connected'],
    ],
    load: async () => (await import('../commands/status.ts')).status,
  },
  {
    name: 'list',
    aliases: ['ls'],
    group: 'Look',
    kind: 'offline',
    summary: 'list the configured servers and where each is written',
    details: ['Reads files only: nothing is started and nothing is contacted.'],
    options: [{ name: 'names', summary: 'print the names only, one a line' }],
    examples: [
      ['list', 'every server of this folder, and the entries that are not loaded'],
      ['list --json', 'the same as a record'],
    ],
    load: async () => (await import('../commands/list.ts')).list,
  },
  {
    name: 'get',
    aliases: ['describe', 'show'],
    group: 'Look',
    kind: 'offline',
    summary: 'show one server: entry, state, history, next steps',
    details: [
      'Names of headers and variables are shown, their values never. State and history come from the daemon if one runs; nothing is started.',
    ],
    args: [NAME],
    examples: [['get notion', 'everything that is known about "notion"']],
    load: async () => (await import('../commands/get.ts')).get,
  },
  lists('tools'),
  lists('prompts'),
  lists('resources'),
  {
    name: 'sources',
    group: 'Look',
    kind: 'offline',
    summary: 'show which files are read, what each gives and what is not loaded',
    examples: [['sources', 'files, shadowed entries, and the variables that entries name']],
    load: async () => (await import('../commands/sources.ts')).sources,
  },
  {
    name: 'explain',
    group: 'Look',
    kind: 'offline',
    summary: 'explain a reason or a status',
    args: [{ name: 'WORD', completes: 'reason', optional: true, summary: 'a reason or a status; without it: all' }],
    examples: [
      ['explain credentials-rejected', 'what it means and what to do'],
      ['explain needs-auth', 'the status and every reason of it'],
    ],
    load: async () => (await import('../commands/explain.ts')).explain,
  },
  {
    name: 'doctor',
    group: 'Look',
    kind: 'live',
    summary: 'look for what is wrong and say how to mend it',
    args: [{ ...NAME, optional: true }],
    details: [
      'Looks at configuration files, variables, folders and file modes, logins, proxy and certificates, the daemon, and for every server at name, port, certificate, answer, clock, sign-in, helper and command. Servers are asked without credentials. Every finding that is not ok says what to do.',
      '--bundle writes all that is known into a new file that you alone can read, without secrets, for whoever helps you. Read it before you send it.',
    ],
    options: [
      WAIT,
      { name: 'exit-code', summary: 'exit 4 when there is a problem' },
      { name: 'bundle', value: 'FILE', summary: 'write findings, states, history and logs into this new file' },
    ],
    examples: [
      ['doctor', 'everything'],
      ['doctor notion', 'one server'],
      ['doctor --bundle report.json', 'for whoever helps you'],
    ],
    load: async () => (await import('../commands/doctor.ts')).doctor,
  },
];
