/**
 * The shell: verbs, records, exit codes, events.
 *
 * @module
 */
import type { Requirement } from './requirement.ts';

export const REQUIREMENTS: readonly Requirement[] = [
  {
    id: 'cli.offline',
    source: 'docs/explanation/behaviour.md §10',
    behaviour: 'list, get, explain, config and sources start nothing and contact nothing.',
  },
  {
    id: 'cli.owner',
    source: 'docs/explanation/behaviour.md §10',
    behaviour:
      'Verbs that need an owner use the running daemon, start one on a terminal, and run in-process with CI set or without a terminal.',
  },
  {
    id: 'cli.config-exclusive',
    source: 'docs/explanation/behaviour.md §10',
    behaviour: '--config FILE is exclusive and trusted.',
  },
  {
    id: 'cli.wait',
    source: 'docs/explanation/behaviour.md §10',
    behaviour: '--wait returns when no server is pending, or at the limit.',
  },
  {
    id: 'cli.status-json',
    source: 'docs/explanation/behaviour.md §10',
    behaviour: 'status --json prints one status/v1 record and exits 0 whatever the states are.',
  },
  {
    id: 'cli.status-exit-code',
    source: 'docs/explanation/behaviour.md §10',
    behaviour: 'status --exit-code exits with the worst of 2, 7, 3, 4, 8.',
  },
  {
    id: 'cli.exit-codes',
    source: 'docs/explanation/behaviour.md §10',
    behaviour: 'Each exit code has one meaning: 0 1 2 3 4 5 6 7 8 130.',
  },
  {
    id: 'cli.nearest',
    source: 'docs/explanation/behaviour.md §10',
    behaviour: 'An unknown name or verb is told with the nearest ones.',
  },
  {
    id: 'cli.streams',
    source: 'docs/explanation/behaviour.md §10',
    behaviour: 'stdout is data and stderr is talk; --json is the same record.',
  },
  {
    id: 'cli.quiet-end',
    source: 'docs/explanation/behaviour.md §10',
    behaviour: 'A closed pipe ends the program without noise; NO_COLOR takes the colours away.',
  },
  { id: 'cli.mcp-word', source: 'docs/explanation/behaviour.md §10', behaviour: 'mcp as a first word means nothing.' },
  {
    id: 'cli.add',
    source: 'docs/explanation/behaviour.md §10',
    behaviour: 'add and add-json take the grammar of Claude Code.',
  },
  {
    id: 'cli.fast',
    source: 'issue: what must be seen',
    behaviour: 'Start-up of --version and status stays a small multiple of an empty node.',
  },
  {
    id: 'events.ndjson',
    source: 'docs/explanation/behaviour.md §10',
    behaviour: 'Events are NDJSON with strictly rising seq.',
  },
  { id: 'events.names', source: 'docs/explanation/behaviour.md §10', behaviour: 'The names of events are pinned.' },
  {
    id: 'events.since',
    source: 'docs/explanation/behaviour.md §10',
    behaviour: 'events with since gives kept ones with a higher seq first.',
  },
  {
    id: 'events.claude-stream-json',
    source: 'docs/explanation/behaviour.md §10',
    behaviour: 'The format claude-stream-json gives system/init with mcp_servers and mcp_server_errors.',
  },
];
