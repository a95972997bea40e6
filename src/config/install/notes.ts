/**
 * What a person should do or know after the gateway was put into a client's file.
 *
 * @module
 */
import type { ClientDialect } from './clients.ts';
import { countInJson } from './json-client.ts';
import { commandFor, isTransient } from './program.ts';
import type { Program } from './program.ts';
import type { InstallRequest, PlannedInstall } from './request.ts';

/** What the notes depend on. */
export interface NotesAbout {
  readonly request: InstallRequest;
  readonly dialect: ClientDialect;
  readonly program: Program;
  /** Whether the folder of the client's file is there. */
  readonly hasFolder: boolean;
  /** The environment of the caller. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly before: string | undefined;
  readonly action: PlannedInstall['action'];
}

/** Variables that move our folders. Many clients hand on a handful of others only. */
const MOVING = ['HOLDFAST_CONFIG_DIR', 'HOLDFAST_STATE_DIR', 'XDG_CONFIG_HOME', 'XDG_STATE_HOME'];

function movedNotes(env: NotesAbout['env']): readonly string[] {
  const moved = MOVING.filter((name) => (env[name] ?? '') !== '');
  return moved.length === 0
    ? []
    : [`Here ${moved.join(' and ')} ${moved.length === 1 ? 'is' : 'are'} set: say so in the "env" of the entry, too.`];
}

function httpNotes({ input, title }: ClientDialect, url: string): readonly string[] {
  const token =
    input === undefined
      ? `${title} takes the token from its environment: export HOLDFAST_TOKEN="$(holdfast token show)"`
      : `${title} asks for the token once: holdfast token show`;
  return [`This has to run: holdfast serve --port ${new URL(url).port}`, token];
}

function stdioNotes({ request, dialect, program, env }: NotesAbout): readonly string[] {
  const isShared = request.scope === 'project';
  const isPath = commandFor(program, { isShared, isDesktop: dialect.isDesktop }).length > 1;
  const notes: string[] = [];
  if (isShared) notes.push('Everybody who uses this project needs "holdfast" in the PATH.');
  if (isPath && isTransient(program))
    notes.push('This copy lies in the cache of npx: install Holdfast (npm install -g holdfast), then run this again.');
  else if (isPath)
    notes.push('It names this Node and this copy of Holdfast by their paths: run this again when they move.');
  return [...notes, ...movedNotes(env)];
}

/** The sentences. */
export function notesFor(about: NotesAbout): readonly string[] {
  const { request, dialect, before, action } = about;
  if (action === 'unchanged') return [];
  if (request.remove) return [`${dialect.title} knows it until it is started anew.`];
  // Only this client's own files are read here, too.
  const others = dialect.id === 'claude-code' ? countInJson(before ?? '', dialect.container) : 0;
  const twice =
    others === 0 || action !== 'added'
      ? []
      : [
          others === 1
            ? `The server of this file stays: ${dialect.title} reaches it directly, and through Holdfast, too.`
            : `The ${others} servers of this file stay: ${dialect.title} reaches them directly, and through Holdfast, too.`,
        ];
  const isAbsent = !about.hasFolder && request.scope === 'user';
  return [
    ...(isAbsent ? [`${dialect.title} has no folder here yet: is it installed?`] : []),
    ...(request.url === undefined ? stdioNotes(about) : httpNotes(dialect, request.url)),
    ...twice,
    dialect.reload,
  ];
}
