/**
 * Claude Code's own file: user scope at the top, local scope under the project.
 *
 * @module
 */
import { dirname, join } from 'node:path';
import type { View } from '../../core/view.ts';
import type { Dialect, SourcePlace } from './dialect.ts';

const NO_STRANGERS: readonly string[] = [];

/** `~/.claude.json`, or the same in `CLAUDE_CONFIG_DIR`. */
export function claudeFile(view: View): string {
  return join(view.claudeConfigDir ?? view.home, '.claude.json');
}

/** The folder that Claude Code calls its configuration folder: helpers of user scope run there. */
export function claudeFolder(view: View): string {
  return view.claudeConfigDir ?? join(view.home, '.claude');
}

// On Windows Claude Code writes its keys with forward slashes, older versions with backslashes.
function keysOf(folder: string): readonly string[] {
  return folder.includes('\\') ? [folder.replaceAll('\\', '/'), folder] : [folder];
}

function localPlace(view: View, folder: string, key: string): SourcePlace {
  return {
    client: 'claude-code',
    scope: 'local',
    path: claudeFile(view),
    container: ['projects', key, 'mcpServers'],
    strangers: NO_STRANGERS,
    base: folder,
    workingFolder: folder,
    project: folder,
  };
}

/** Local scope: the entries of exactly the caller's folder, then those of the project. */
export const claudeLocal: Dialect = (view) => {
  const folders = [view.workingFolder, view.projectRoot].filter((folder) => folder !== undefined);
  return [...new Set(folders)].flatMap((folder) => keysOf(folder).map((key) => localPlace(view, folder, key)));
};

/** User scope. */
export const claudeUser: Dialect = (view) => [
  {
    client: 'claude-code',
    scope: 'user',
    path: claudeFile(view),
    container: ['mcpServers'],
    strangers: NO_STRANGERS,
    base: claudeFolder(view),
    workingFolder: view.projectRoot ?? dirname(claudeFile(view)),
  },
];
