/**
 * Configuration: files, precedence, variables, edits.
 *
 * @module
 */
import type { Requirement } from './requirement.ts';

export const REQUIREMENTS: readonly Requirement[] = [
  {
    id: 'config.files',
    source: 'issue: config',
    behaviour: 'Servers are read from our own file, the files of Claude Code, .mcp.json and files named by --config.',
  },
  {
    id: 'config.precedence',
    source: 'issue: config',
    behaviour: 'local wins over project over user over own; the whole entry wins; shadowed ones are listed.',
  },
  {
    id: 'config.variables',
    source: 'issue: config',
    behaviour: '${VAR} and ${VAR:-default} are expanded in every field.',
  },
  {
    id: 'config.bad-entry-alone',
    source: 'issue: config',
    behaviour: 'One bad entry or file never hides the others, and says file:line and JSON path.',
  },
  {
    id: 'config.edit-in-place',
    source: 'issue: config',
    behaviour: 'Edits keep comments, order and everything they do not change.',
  },
  {
    id: 'config.edit-locked',
    source: 'issue: config',
    behaviour: 'Processes that edit one file at once lose nothing.',
  },
  { id: 'config.type-aliases', source: 'issue: config', behaviour: 'Aliases of type are understood.' },
  {
    id: 'config.reload',
    source: 'issue: config',
    behaviour: 'A change of a file touches only the servers it changed.',
  },
  {
    id: 'config.half-written',
    source: 'issue: config',
    behaviour: 'While a file is half-written the last good configuration stands.',
  },
  {
    id: 'config.overlay',
    source: 'docs/architecture.md §3',
    behaviour: 'Enable, disable and approvals live in our own state and survive edits of the file.',
  },
  {
    id: 'config.schema',
    source: 'issue: config',
    behaviour: 'The published JSON schema is generated from the source that reads the files.',
  },
  {
    id: 'config.bad-input',
    source: 'issue: config',
    behaviour:
      'Truncated and binary files, unknown types, a read-only home and a full disk get a clear error and lose nothing.',
  },
];
