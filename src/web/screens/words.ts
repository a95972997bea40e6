/**
 * A snapshot in words for people.
 *
 * @module
 */
import { safeLine } from '../../base/safe-text.ts';
import type { EntrySource } from '../../core/entry.ts';
import { REASONS } from '../../core/reasons.ts';
import type { Snapshot } from '../../core/snapshot.ts';

/** Whether nothing happens before a person decides. */
export function waitsForPerson({ status, reason }: Snapshot): boolean {
  return status === 'pending' && reason !== undefined && REASONS[reason].persistence === 'waits';
}

/** Why the state is what it is, in one sentence. */
export function sentenceOf(snapshot: Snapshot): string {
  const { status, reason, message, stepUp } = snapshot;
  if (stepUp !== undefined && reason === undefined) return 'Connected; it asks for more rights.';
  if (message !== undefined) return safeLine(message, 400);
  if (reason !== undefined) return REASONS[reason].sentence;
  if (status === 'connected') return 'The server answers.';
  return status === 'pending' ? 'It is being contacted.' : 'The server is switched off.';
}

/** What a person does next, in one sentence; `undefined` where there is nothing to do. */
export function stepOf(snapshot: Snapshot): string | undefined {
  const { status, reason, stepUp, nextRetryAt } = snapshot;
  if (stepUp !== undefined) return 'Grant the rights, or leave it as it is: everything else goes on.';
  if (reason === undefined) return undefined;
  if (status === 'pending' && !waitsForPerson(snapshot) && nextRetryAt !== undefined)
    return 'Nothing: it is tried again by itself.';
  return REASONS[reason].remedy;
}

/** What a glance at the list should tell beside the sentence: code, tries. */
export function factsOf(snapshot: Snapshot): readonly string[] {
  const { reason, httpStatus, attempt, maxAttempts, status } = snapshot;
  const isSaid = httpStatus === undefined || sentenceOf(snapshot).includes(String(httpStatus));
  const code = isSaid ? '' : `HTTP ${httpStatus}`;
  const isTrying = status === 'pending' && attempt !== undefined;
  const tries = isTrying ? `try ${attempt}${maxAttempts === undefined ? '' : ` of ${maxAttempts}`}` : '';
  return [reason ?? '', code, tries].filter((fact) => fact !== '');
}

const MODELS: Readonly<Record<Snapshot['signIn'], string>> = {
  none: 'no sign-in',
  headers: 'own headers',
  helper: 'headers from a helper',
  oauth: 'OAuth',
  stdio: 'local process',
};

/** How the server signs in. */
export function signInWords({ signIn, offersOAuth, login }: Snapshot): string {
  if (signIn === 'none') return offersOAuth || login !== undefined ? 'OAuth' : MODELS.none;
  const beside = signIn === 'headers' || signIn === 'helper' ? offersOAuth : false;
  return `${MODELS[signIn]}${beside ? ', OAuth offered' : ''}`;
}

/** The number of tools in words; empty where it is not known. */
export function toolsWords({ tools, listsLastKnown }: Snapshot): string {
  if (tools === undefined) return '';
  return `${tools} ${tools === 1 ? 'tool' : 'tools'}${listsLastKnown === true ? ' (last known)' : ''}`;
}

const CLIENTS: Readonly<Record<EntrySource['client'], string>> = {
  holdfast: 'Holdfast',
  'claude-code': 'Claude Code',
  'mcp-json': 'this project',
  file: 'a named file',
  library: 'a program',
};

/** Whose file an entry stands in. */
export function clientWords({ client }: EntrySource): string {
  return CLIENTS[client];
}

/** How a person types this program. */
export interface Typist {
  readonly program: string;
  readonly suffix: string;
}

/** A command that speaks of the same servers as this page. */
export function commandFor({ program, suffix }: Typist, words: string): string {
  return `${program} ${words}${suffix}`;
}

/** From where paths are told. */
export interface PathPlace {
  readonly home: string;
  readonly project?: string;
}

const isUnder = (path: string, folder: string | undefined): folder is string =>
  folder !== undefined && folder !== '' && folder !== '/' && path.startsWith(`${folder}/`);

/** A path as a person writes it: from the project, else from home. */
export function shortPath(path: string, { home, project }: PathPlace): string {
  if (isUnder(path, project)) return path.slice(project.length + 1);
  return isUnder(path, home) ? `~${path.slice(home.length)}` : path;
}

/** `~/.claude.json:14`. */
export function sourceWords({ file, line, scope }: EntrySource, place: PathPlace): string {
  if (file === '') return scope;
  return safeLine(`${shortPath(file, place)}${line > 0 ? `:${line}` : ''}`, 300);
}
