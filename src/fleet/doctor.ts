/**
 * `doctor`: what is wrong or risky in a view, each with what to do (BEHAVIOUR §10). What needs more than the
 * configuration is looked at by the examiner, where the fleet has one.
 *
 * @module
 */
import { REASONS } from '../core/reasons.ts';
import { clean } from './clean.ts';
import { OTHER_PATH, pathRemedy } from './path.ts';
import type { Patient } from '../core/doctor.ts';
import type { ServerEntry } from '../core/entry.ts';
import type { Finding } from '../core/fleet.ts';
import type { Binding } from './binding.ts';
import type { FleetDeps } from './deps.ts';
import type { ViewState } from './view-state.ts';

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;
const LITERAL_SECRET = /^(?:authorization|x-api-key|api-key|cookie)$/i;

function strings(entry: ServerEntry): readonly [string, string][] {
  const { endpoint } = entry;
  if (endpoint.kind === 'stdio') {
    return [
      ['command', endpoint.command],
      ...endpoint.args.map((arg, index): [string, string] => [`args[${index}]`, arg]),
      ...Object.entries(endpoint.env).map(([key, value]): [string, string] => [`env.${key}`, value]),
    ];
  }
  return [
    ['url', endpoint.url],
    ...Object.entries(endpoint.headers).map(([key, value]): [string, string] => [`headers.${key}`, value]),
  ];
}

function entryFindings(name: string, entry: ServerEntry): readonly Finding[] {
  const found: Finding[] = [];
  for (const [field, value] of strings(entry)) {
    if (value === value.trim()) continue;
    found.push({
      level: 'warning',
      check: 'config-entry',
      server: name,
      text: `${field} begins or ends with white space`,
      hint: `Remove it in ${entry.source.file}:${entry.source.line}.`,
    });
  }
  const { endpoint } = entry;
  if (endpoint.kind === 'stdio') return found;
  const literal = Object.entries(endpoint.headers).filter(
    ([key, value]) => LITERAL_SECRET.test(key) && !value.includes('${'),
  );
  if (literal.length > 0) {
    const level = entry.source.scope === 'project' ? 'warning' : 'note';
    found.push({
      level,
      check: 'config-entry',
      server: name,
      text: `${literal.map(([key]) => key).join(', ')} stands in the file in clear`,
      hint: 'Write ${NAME} and export the variable, or use a headersHelper.',
    });
  }
  if (URL.canParse(endpoint.url)) {
    const { protocol, hostname } = new URL(endpoint.url);
    const carries = Object.keys(endpoint.headers).length > 0 || endpoint.headersHelper !== undefined;
    if (protocol === 'http:' && !LOOPBACK.test(hostname) && carries) {
      found.push({
        level: 'problem',
        check: 'config-entry',
        server: name,
        text: 'headers are sent over http, unprotected',
        hint: 'Use an https url.',
      });
    }
  }
  if (endpoint.kind === 'auto')
    found.push({
      level: 'note',
      check: 'config-entry',
      server: name,
      text: 'the entry has a url but no type',
      hint: 'Write "type": "http" (or "sse") so that no fallback is needed.',
    });
  return found;
}

function stateFindings(binding: Binding): readonly Finding[] {
  const snapshot = binding.snapshot(0);
  const { reason, status } = snapshot;
  const about = { check: 'server', server: binding.name } as const;
  if (reason === undefined) {
    if (status === 'connected') return [{ level: 'ok', ...about, text: status }];
    return [{ level: 'note', ...about, text: status, hint: `Run: holdfast status ${binding.name}` }];
  }
  const level = status === 'failed' || status === 'needs-auth' ? 'problem' : 'note';
  return [
    {
      level,
      ...about,
      text: `${status} · ${reason}: ${snapshot.message ?? REASONS[reason].sentence}`,
      hint: REASONS[reason].remedy,
    },
  ];
}

/** A process that has not the PATH of whoever asks: what it needs may be in the one and not in the other. */
function pathFindings({ hasOtherPath, name, state }: Binding): readonly Finding[] {
  if (!hasOtherPath) return [];
  const level = state.status === 'connected' ? 'note' : 'warning';
  return [{ level, check: 'command', server: name, text: OTHER_PATH, hint: `${pathRemedy(name)}.` }];
}

function fileFindings({ loaded }: ViewState): readonly Finding[] {
  const found: Finding[] = [];
  const check = 'config-file';
  for (const { path, exists, servers, scope, problem, notes = [] } of loaded.files) {
    if (problem !== undefined)
      found.push({
        level: 'problem',
        check,
        text: problem,
        hint: 'Mend the file; its last good entries are kept meanwhile.',
      });
    else if (exists)
      found.push({
        level: 'ok',
        check,
        text: `${path}: ${servers === 1 ? '1 server' : `${servers} servers`} of the scope ${scope}`,
      });
    for (const text of notes) found.push({ level: 'note', check, text: `${path}: ${text}`, hint: `Edit ${path}.` });
  }
  return found;
}

function notLoadedFindings({ loaded }: ViewState, name: string | undefined): readonly Finding[] {
  return loaded.notLoaded
    .filter((entry) => name === undefined || entry.name === name)
    .map(({ name: server, text, source }) => ({
      level: 'note',
      check: 'config-duplicate',
      server,
      text: `not loaded: ${text} (${source.file}:${source.line})`,
      hint: `Give the entry of ${source.file}:${source.line} another name, or remove it.`,
    }));
}

/** What is odd about the store of logins. */
function storeFindings({ storeNotices }: FleetDeps): readonly Finding[] {
  return (storeNotices?.() ?? []).map(({ kind, text }): Finding => {
    const level = kind === 'plaintext' || kind === 'modes-mended' ? 'note' : 'warning';
    return { level, check: 'store', text, hint: 'Run: holdfast credentials' };
  });
}

/** The servers that wait for a value: nothing of their entry was expanded, and something of it has no default. */
function waitingFor(variable: string, bindings: readonly Binding[]): readonly string[] {
  return bindings
    .filter(({ connection, state, server }) => {
      if (connection !== undefined || state.status === 'disabled') return false;
      return JSON.stringify(server.entry?.endpoint ?? {}).includes(`\${${variable}}`);
    })
    .map(({ name }) => name);
}

function variableFindings({ loaded, view }: ViewState, bindings: readonly Binding[]): readonly Finding[] {
  const unset = loaded.variables.filter((name) => !Object.hasOwn(view.variables, name));
  return unset.flatMap((name): readonly Finding[] => {
    const servers = waitingFor(name, bindings);
    if (servers.length === 0) return [];
    const hint = `Export ${name}, or write \${${name}:-default}.`;
    return [
      {
        level: 'note',
        check: 'config-variable',
        text: `the variable ${name} is not set (${servers.join(', ')})`,
        hint,
      },
    ];
  });
}

const inView = (state: ViewState, name: string | undefined): readonly Binding[] =>
  [...state.bindings.values()].filter((binding) => name === undefined || binding.name === name);

/** The servers that may be contacted, as the examiner sees them. */
function patients(bindings: readonly Binding[]): readonly Patient[] {
  return bindings.flatMap((binding) => {
    const { connection, name } = binding;
    if (connection === undefined) return [];
    const { entry, helperRun } = connection;
    return [{ name, entry, snapshot: binding.snapshot(0), helperRun }];
  });
}

/** What the configuration and the states say, without looking any further. */
function known(state: ViewState, bindings: readonly Binding[], name: string | undefined): readonly Finding[] {
  const servers = bindings.flatMap((binding) => [
    ...stateFindings(binding),
    ...pathFindings(binding),
    ...(binding.server.entry === undefined ? [] : entryFindings(binding.name, binding.server.entry)),
    ...(binding.server.notes ?? []).map((text): Finding => {
      const { file, line } = binding.server.source;
      return { level: 'note', check: 'config-entry', server: binding.name, text, hint: `Edit ${file}:${line}.` };
    }),
  ]);
  return [
    ...(name === undefined ? fileFindings(state) : []),
    ...notLoadedFindings(state, name),
    ...variableFindings(state, bindings),
    ...servers,
  ];
}

/** Every finding of the view, or those of one name. */
export async function examine(state: ViewState, deps: FleetDeps, name?: string): Promise<readonly Finding[]> {
  const bindings = inView(state, name);
  const first = known(state, bindings, name);
  const { view, loaded } = state;
  const seen = await deps.examine?.({
    view,
    patients: patients(bindings),
    variables: loaded.variables,
    ...(name === undefined ? {} : { name }),
  });
  const all = [...first, ...(seen ?? (name === undefined ? storeFindings(deps) : []))];
  return all.map((finding) => ({
    ...finding,
    text: clean(deps.redactor, finding.text),
    ...(finding.hint === undefined ? {} : { hint: clean(deps.redactor, finding.hint) }),
  }));
}
