/**
 * Nothing that can heal stays broken; headers and headersHelper.
 *
 * @module
 */
import type { Requirement } from './requirement.ts';

export const REQUIREMENTS: readonly Requirement[] = [
  {
    id: 'heal.founding-bug',
    source: 'docs/explanation/behaviour.md §6',
    behaviour:
      'A server with headers that answers 401 or 403 in one run is contacted and connected in the next, OAuth metadata or not.',
  },
  {
    id: 'heal.half-open',
    source: 'docs/explanation/behaviour.md §6',
    behaviour: 'A call while needs-auth makes one fresh attempt, at most every 5 s, and success heals silently.',
  },
  {
    id: 'heal.auth-probe',
    source: 'docs/explanation/behaviour.md §6',
    behaviour:
      'credentials-required, credentials-rejected and forbidden are probed every 30 s ± 50 %, doubling to 5 min, after 1 h every 30 min.',
  },
  {
    id: 'heal.sign-in-probe',
    source: 'docs/explanation/behaviour.md §6',
    behaviour: 'sign-in-required is probed slowly without credentials.',
  },
  {
    id: 'heal.change',
    source: 'docs/explanation/behaviour.md §6',
    behaviour: 'A changed entry, variable value or token file reconnects at once.',
  },
  {
    id: 'heal.no-oauth-over-headers',
    source: 'docs/explanation/behaviour.md §6',
    behaviour: 'OAuth is never started by itself over a server whose entry sends headers.',
  },
  {
    id: 'helper.every-connect',
    source: 'docs/explanation/behaviour.md §6',
    behaviour: 'The headersHelper runs on every connect and reconnect unless a time to live is set.',
  },
  {
    id: 'helper.wins',
    source: 'docs/explanation/behaviour.md §6',
    behaviour: 'Headers of the helper win over static ones of the same name.',
  },
  {
    id: 'helper.output',
    source: 'docs/explanation/behaviour.md §6',
    behaviour:
      'The output must be one JSON object of strings; anything else is helper-bad-output, a non-zero exit helper-failed, a late end helper-timeout.',
  },
  {
    id: 'helper.environment',
    source: 'docs/explanation/behaviour.md §6',
    behaviour: 'The helper gets HOLDFAST_SERVER_NAME and HOLDFAST_SERVER_URL, and the two names of Claude Code.',
  },
  {
    id: 'helper.folder',
    source: 'docs/explanation/behaviour.md §6',
    behaviour:
      'The helper runs in the folder of its entry: project root, local project path or the config folder of the client.',
  },
  {
    id: 'helper.gap',
    source: 'docs/explanation/behaviour.md §6',
    behaviour:
      'In the background a helper runs at most once a minute, and after 5 failures in a row not again until a call, a change or a person.',
  },
  {
    id: 'helper.project',
    source: 'docs/explanation/behaviour.md §6',
    behaviour:
      'A helper from a project file runs only after approval, and without variables whose names look like secrets.',
  },
];
