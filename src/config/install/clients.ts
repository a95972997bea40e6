/**
 * Where other clients keep their servers, and how an entry of ours looks there (client documentation of 2026).
 *
 * @module
 */
import { posix, win32 } from 'node:path';

/** Facts by which the file of a client is found. */
export interface ClientPlace {
  readonly platform: NodeJS.Platform;
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Root of the project of the caller. */
  readonly project: string;
  /** Whether there is a file of this path. */
  readonly has: (path: string) => boolean;
}

/** How the program is started, and where it listens. */
export interface Gateway {
  /** Command and its first arguments. */
  readonly command: readonly string[];
  /** Arguments of the bridge behind them. */
  readonly args: readonly string[];
  /** Over HTTP at this address; absent = the bridge. */
  readonly url?: string;
}

/** Fields of an entry of ours; everything else in an entry is the person's. */
export type EntryFields = Readonly<Record<string, unknown>>;

/** What one client is like. */
export interface ClientDialect {
  readonly id: string;
  readonly title: string;
  readonly syntax: 'json' | 'toml';
  /** Keys from the root of the file to the entries. */
  readonly container: readonly string[];
  readonly userFile: (place: ClientPlace) => string;
  /** Absent: the client has no file for a project. */
  readonly projectFile?: (place: ClientPlace) => string;
  readonly stdio: (gateway: Gateway) => EntryFields;
  /** Absent: the client cannot take the token from outside its file, or speaks no HTTP. */
  readonly http?: (url: string) => EntryFields;
  /** Started by a desktop, without the PATH of a shell. */
  readonly isDesktop: boolean;
  /** What stands for the open folder in a file of a project, where the client has a word for it. */
  readonly folder?: string;
  /** What makes it read its file again. */
  readonly reload: string;
  /** The element of `inputs` that asks a person for the token. */
  readonly input?: EntryFields;
}

/** Fields that an entry of ours may have, in every dialect; those that are not wanted any longer are taken out. */
export const OUR_FIELDS: readonly string[] = [
  'type',
  'command',
  'args',
  'url',
  'httpUrl',
  'serverUrl',
  'headers',
  'bearer_token_env_var',
];

const TOKEN_INPUT = 'holdfast-token';
const onDisk = ({ platform }: ClientPlace): typeof posix => (platform === 'win32' ? win32 : posix);
const inHome = (place: ClientPlace, ...parts: readonly string[]): string => onDisk(place).join(place.home, ...parts);
const inProject = (place: ClientPlace, ...parts: readonly string[]): string =>
  onDisk(place).join(place.project, ...parts);

/** The folder in which desktop programs keep their settings. */
function settings(place: ClientPlace, ...parts: readonly string[]): string {
  const { platform, env } = place;
  if (platform === 'darwin') return inHome(place, 'Library', 'Application Support', ...parts);
  if (platform === 'win32') return win32.join(env['APPDATA'] || inHome(place, 'AppData', 'Roaming'), ...parts);
  const xdg = env['XDG_CONFIG_HOME'] ?? '';
  return posix.isAbsolute(xdg) ? posix.join(xdg, ...parts) : inHome(place, '.config', ...parts);
}

/** Zed's documentation names `~/.config/zed` on macOS, and older versions used the other folder. */
function zedFile(place: ClientPlace): string {
  const usual = settings(
    place,
    place.platform === 'darwin' ? 'Zed' : place.platform === 'win32' ? 'Zed' : 'zed',
    'settings.json',
  );
  const plain = inHome(place, '.config', 'zed', 'settings.json');
  return place.platform === 'darwin' && !place.has(usual) ? plain : usual;
}

const plainStdio = ({ command: [command = '', ...first], args }: Gateway): EntryFields => ({
  command,
  args: [...first, ...args],
});
const typedStdio = (gateway: Gateway): EntryFields => ({ type: 'stdio', ...plainStdio(gateway) });
const bearer = (reference: string): EntryFields => ({ Authorization: `Bearer ${reference}` });

/** Every client that is known. */
export const CLIENT_DIALECTS: readonly ClientDialect[] = [
  {
    id: 'claude-code',
    title: 'Claude Code',
    syntax: 'json',
    container: ['mcpServers'],
    userFile: (place) => onDisk(place).join(place.env['CLAUDE_CONFIG_DIR'] || place.home, '.claude.json'),
    projectFile: (place) => inProject(place, '.mcp.json'),
    stdio: typedStdio,
    http: (url) => ({ type: 'http', url, headers: bearer('${HOLDFAST_TOKEN}') }),
    isDesktop: false,
    reload: 'Start Claude Code anew; /mcp shows it there.',
  },
  {
    id: 'claude-desktop',
    title: 'Claude Desktop',
    syntax: 'json',
    container: ['mcpServers'],
    userFile: (place) => settings(place, 'Claude', 'claude_desktop_config.json'),
    stdio: plainStdio,
    isDesktop: true,
    reload: 'Quit Claude Desktop and open it again.',
  },
  {
    id: 'cursor',
    title: 'Cursor',
    syntax: 'json',
    container: ['mcpServers'],
    userFile: (place) => inHome(place, '.cursor', 'mcp.json'),
    projectFile: (place) => inProject(place, '.cursor', 'mcp.json'),
    stdio: plainStdio,
    http: (url) => ({ url, headers: bearer('${env:HOLDFAST_TOKEN}') }),
    isDesktop: true,
    folder: '${workspaceFolder}',
    reload: 'Switch it on in Cursor: Settings, MCP.',
  },
  {
    id: 'vscode',
    title: 'VS Code',
    syntax: 'json',
    container: ['servers'],
    userFile: (place) => settings(place, 'Code', 'User', 'mcp.json'),
    projectFile: (place) => inProject(place, '.vscode', 'mcp.json'),
    stdio: typedStdio,
    http: (url) => ({ type: 'http', url, headers: bearer(`\${input:${TOKEN_INPUT}}`) }),
    isDesktop: true,
    folder: '${workspaceFolder}',
    reload: 'Run "MCP: List Servers" in VS Code to start it.',
    input: {
      type: 'promptString',
      id: TOKEN_INPUT,
      description: 'Token of Holdfast: holdfast token show',
      password: true,
    },
  },
  {
    id: 'codex',
    title: 'Codex',
    syntax: 'toml',
    container: ['mcp_servers'],
    userFile: (place) => onDisk(place).join(place.env['CODEX_HOME'] || inHome(place, '.codex'), 'config.toml'),
    projectFile: (place) => inProject(place, '.codex', 'config.toml'),
    stdio: plainStdio,
    http: (url) => ({ url, bearer_token_env_var: 'HOLDFAST_TOKEN' }),
    isDesktop: false,
    reload: 'Start Codex anew; "codex mcp list" shows it.',
  },
  {
    id: 'gemini',
    title: 'Gemini CLI',
    syntax: 'json',
    container: ['mcpServers'],
    userFile: (place) => inHome(place, '.gemini', 'settings.json'),
    projectFile: (place) => inProject(place, '.gemini', 'settings.json'),
    stdio: plainStdio,
    http: (url) => ({ httpUrl: url, headers: bearer('${HOLDFAST_TOKEN}') }),
    isDesktop: false,
    reload: 'Start Gemini CLI anew; /mcp shows it there.',
  },
  {
    id: 'windsurf',
    title: 'Windsurf',
    syntax: 'json',
    container: ['mcpServers'],
    userFile: (place) => inHome(place, '.codeium', 'windsurf', 'mcp_config.json'),
    stdio: plainStdio,
    http: (url) => ({ serverUrl: url, headers: bearer('${env:HOLDFAST_TOKEN}') }),
    isDesktop: true,
    reload: 'Press refresh in the MCP settings of Windsurf.',
  },
  {
    id: 'zed',
    title: 'Zed',
    syntax: 'json',
    container: ['context_servers'],
    userFile: zedFile,
    projectFile: (place) => inProject(place, '.zed', 'settings.json'),
    stdio: plainStdio,
    isDesktop: true,
    reload: 'Zed reads its settings by itself.',
  },
];
