/**
 * The verbs that use servers, watch them, run the owner and help.
 *
 * @module
 */
import type { CommandRow } from '../command.ts';
import { WAIT } from './look.ts';

const NAME = { name: 'NAME', completes: 'server', summary: 'a configured server' } as const;
const SOME = { ...NAME, optional: true, many: true } as const;

export const USE: readonly CommandRow[] = [
  {
    name: 'call',
    group: 'Use',
    kind: 'live',
    summary: 'call a tool',
    details: [
      'Arguments are one JSON object, or - to read it from standard input, or key=value words; a value is read by the schema of the tool. key:=JSON gives any JSON value.',
      'Progress goes to stderr. Exit 5 means that the tool itself returned an error.',
    ],
    args: [
      NAME,
      { name: 'TOOL', summary: 'a tool of the server' },
      { name: 'ARGUMENT', optional: true, many: true, summary: 'JSON, - or key=value' },
    ],
    options: [{ name: 'timeout', value: 'DURATION', type: 'duration', summary: 'end the call after so long' }],
    examples: [
      ['call files list_directory path=.', 'by words'],
      [`call math add '{"a":1,"b":2}' --json`, 'by JSON, the whole result as JSON'],
    ],
    load: async () => (await import('../commands/call.ts')).call,
  },
  {
    name: 'read',
    group: 'Use',
    kind: 'live',
    summary: 'read a resource',
    args: [NAME, { name: 'URI', summary: 'a resource of the server' }],
    options: [{ name: 'timeout', value: 'DURATION', type: 'duration', summary: 'give up after so long' }],
    examples: [['read docs file:///readme.md', 'its text on stdout']],
    load: async () => (await import('../commands/read.ts')).read,
  },
  {
    name: 'wait',
    group: 'Watch',
    kind: 'live',
    summary: 'wait until servers are connected',
    details: ['At the limit the exit code says what the worst server is: 2, 7, 3, 4 or 8.'],
    args: [{ ...SOME, summary: 'these servers; without names: all that are not disabled' }],
    options: [
      {
        name: 'for',
        value: 'STATE',
        choices: ['connected', 'settled', 'pending', 'needs-auth', 'failed', 'disabled'],
        summary: 'a status, or settled: no longer pending (default connected)',
      },
      { name: 'timeout', value: 'DURATION', type: 'duration', summary: 'the limit (default 30s)' },
    ],
    examples: [['wait docs --for connected --timeout 30s', 'before the tests start']],
    load: async () => (await import('../commands/wait.ts')).wait,
  },
  {
    name: 'events',
    group: 'Watch',
    kind: 'live',
    summary: 'print events as NDJSON',
    details: [
      'Without --follow it prints what is kept, waits until no server is pending, and ends.',
      'seq rises strictly, from one daemon to the next one too. With --since nothing after that number is left out: where events are no longer kept, a line events.gap says so. --follow goes on through a restart of the daemon in the same way.',
    ],
    args: [SOME],
    options: [
      { name: 'follow', short: 'f', summary: 'go on until Ctrl-C' },
      { name: 'since', value: 'SEQ', type: 'count', summary: 'only events after this seq' },
      {
        name: 'format',
        value: 'FORMAT',
        choices: ['ndjson', 'claude-stream-json'],
        summary: 'ndjson (default), or system/init lines as Claude Code prints them',
      },
      WAIT,
    ],
    examples: [
      ['events --follow', 'everything as it happens'],
      ['events --format claude-stream-json', 'one system/init line'],
    ],
    load: async () => (await import('../commands/events.ts')).events,
  },
  {
    name: 'webhooks',
    group: 'Watch',
    kind: 'offline',
    summary: 'list the webhooks, and test whether they take a delivery',
    details: [
      '"webhooks test" sends each one a message of type webhook.test, signed and addressed as a real one, once. It says what was answered and how long it took, and ends with 0 only when all have taken it; 4 when one has not, 2 when one cannot be used as it is written.',
      'A WEBHOOK is its number in the list, or its address.',
    ],
    args: [
      { name: 'WHAT', optional: true, completes: ['list', 'test'], summary: 'list (default) or test' },
      { name: 'WEBHOOK', optional: true, many: true, summary: 'test: only these' },
    ],
    examples: [
      ['webhooks', 'every webhook, and where it is written'],
      ['webhooks test', 'whether all of them take a delivery'],
      ['webhooks test 1 --json', 'one of them, as a record for scripts'],
    ],
    load: async () => (await import('../commands/webhooks.ts')).webhooks,
  },
  {
    name: 'logs',
    group: 'Watch',
    kind: 'live',
    summary: 'show stderr, log messages and history of a server',
    args: [NAME],
    options: [
      { name: 'follow', short: 'f', summary: 'go on until Ctrl-C' },
      { name: 'stderr', summary: 'only what the process wrote to stderr' },
      { name: 'lines', short: 'n', value: 'N', type: 'count', summary: 'only the last N lines' },
      WAIT,
    ],
    examples: [['logs files --stderr', 'why a process ended']],
    load: async () => (await import('../commands/logs.ts')).logs,
  },
  {
    name: 'run',
    group: 'Run',
    kind: 'live',
    summary: 'bring the servers up and run a command with them',
    details: [
      'All servers are offered as one MCP server over HTTP on this machine for as long as the command runs. The command finds its address in HOLDFAST_URL (one server alone: $HOLDFAST_URL/NAME) and the token for the Authorization header in HOLDFAST_TOKEN.',
      'Before the command starts, servers are waited for: 5 s, or with --wait-for and --require until the named ones are settled, at most the limit of one connect try (30 s); --wait sets the limit. With --require the command is not started unless the server is connected, and the exit code says why: 2, 7, 3, 4 or 8. After that it is the exit code of the command.',
      'Standard input and output are those of the command. SIGTERM, SIGHUP, SIGQUIT and SIGUSR2 are passed on, SIGINT too where no terminal sends it to both.',
    ],
    options: [
      { name: 'wait-for', value: 'NAME', many: true, summary: 'wait until this server is settled' },
      {
        name: 'require',
        value: 'NAME',
        many: true,
        summary: 'do not start the command unless this server is connected',
      },
      WAIT,
    ],
    rest: 'COMMAND',
    servers: async () => [],
    examples: [
      ['run -- npm test', 'every server, 5 s to come up'],
      ['run --require docs --config servers.json -- ./nightly.sh', 'only when docs is connected'],
    ],
    load: async () => (await import('../commands/run.ts')).runCommand,
  },
  {
    name: 'daemon',
    group: 'Run',
    kind: 'daemon',
    summary: 'start, stop or show the one owner of your connections',
    args: [
      {
        name: 'WHAT',
        optional: true,
        completes: ['start', 'stop', 'restart', 'status', 'run'],
        summary: 'start, stop, restart, status (default), or run: be the daemon in the foreground',
      },
    ],
    examples: [
      ['daemon start', 'in the background'],
      ['daemon stop', 'no process is left behind'],
    ],
    load: async () => (await import('../commands/daemon.ts')).daemon,
  },
  {
    name: 'demo',
    group: 'Run',
    kind: 'daemon',
    summary: 'bring up your own servers, or a demonstration fleet where you have none',
    examples: [['demo', 'watch them settle; Ctrl-C ends']],
    options: [{ name: 'embedded', summary: 'the demonstration fleet, whatever is configured' }],
    load: async () => (await import('../commands/demo.ts')).demo,
  },
  {
    name: 'completion',
    group: 'Help',
    kind: 'offline',
    summary: 'print a completion script for your shell',
    args: [
      { name: 'SHELL', completes: ['bash', 'zsh', 'fish', 'powershell'], summary: 'bash, zsh, fish or powershell' },
    ],
    examples: [
      ['completion bash > ~/.local/share/bash-completion/completions/holdfast', 'bash'],
      ['completion fish > ~/.config/fish/completions/holdfast.fish', 'fish'],
    ],
    load: async () => (await import('../commands/completion.ts')).completion,
  },
  {
    name: 'help',
    group: 'Help',
    kind: 'offline',
    summary: 'list the verbs, or help for one',
    args: [{ name: 'VERB', completes: 'verb', optional: true, summary: 'a verb' }],
    examples: [['help reconnect', 'options and examples of a verb']],
    load: async () => (await import('../commands/help.ts')).help,
  },
  {
    name: 'version',
    group: 'Help',
    kind: 'offline',
    summary: 'print the version',
    examples: [['version', 'the same as --version']],
    load: async () => (await import('../commands/version.ts')).version,
  },
];
