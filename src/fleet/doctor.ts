/**
 * `doctor`: what is wrong or risky in a view, each with what to do (BEHAVIOUR §10). Reads only; contacts nothing.
 *
 * @module
 */
import { safeText } from '../base/safe-text.ts';
import { REASONS } from '../core/reasons.ts';
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
        server: name,
        text: 'headers are sent over http, unprotected',
        hint: 'Use an https url.',
      });
    }
  }
  if (endpoint.kind === 'auto')
    found.push({
      level: 'note',
      server: name,
      text: 'the entry has a url but no type',
      hint: 'Write "type": "http" (or "sse") so that no fallback is needed.',
    });
  return found;
}

function stateFindings(binding: Binding): readonly Finding[] {
  const snapshot = binding.snapshot(0);
  const { reason, status } = snapshot;
  if (reason === undefined) return [{ level: 'ok', server: binding.name, text: status }];
  const level = status === 'failed' || status === 'needs-auth' ? 'problem' : 'note';
  return [
    {
      level,
      server: binding.name,
      text: `${status} · ${reason}: ${snapshot.message ?? REASONS[reason].sentence}`,
      hint: REASONS[reason].remedy,
    },
  ];
}

function fileFindings(state: ViewState): readonly Finding[] {
  const found: Finding[] = [];
  for (const file of state.loaded.files) {
    if (file.problem !== undefined)
      found.push({
        level: 'problem',
        text: file.problem,
        hint: 'Mend the file; its last good entries are kept meanwhile.',
      });
    else if (file.exists) found.push({ level: 'ok', text: `${file.path}: ${file.servers} server(s)` });
  }
  for (const { name, text, source } of state.loaded.notLoaded) {
    found.push({ level: 'note', server: name, text: `not loaded: ${text} (${source.file}:${source.line})` });
  }
  for (const name of state.loaded.variables) {
    if (state.view.variables[name] === undefined)
      found.push({
        level: 'note',
        text: `the variable ${name} is not set`,
        hint: `Export ${name}, if no entry gives it a default.`,
      });
  }
  return found;
}

/** Every finding of the view, or those of one server. */
export function examine(state: ViewState, deps: FleetDeps, name?: string): readonly Finding[] {
  const bindings = [...state.bindings.values()].filter((binding) => name === undefined || binding.name === name);
  const servers = bindings.flatMap((binding) => [
    ...stateFindings(binding),
    ...(binding.server.entry === undefined ? [] : entryFindings(binding.name, binding.server.entry)),
  ]);
  const all = name === undefined ? [...fileFindings(state), ...servers] : servers;
  return all.map((finding) => ({ ...finding, text: deps.redactor.redact(safeText(finding.text, 1_000)) }));
}
