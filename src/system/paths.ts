/**
 * Where our own folders lie, as a pure function of platform, environment and home.
 *
 * @module
 */
import { posix, win32 } from 'node:path';
import { HoldfastError } from '../base/errors.ts';

/** What decides the folders. */
export interface FolderFacts {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Absolute. */
  readonly home: string;
  /** The folder of the session where `XDG_RUNTIME_DIR` is not set. */
  readonly session?: string | undefined;
}

/** Our own folders. None of them needs to exist. */
export interface Folders {
  /** `servers.json`: what a person writes. */
  readonly config: string;
  /** Overlay, locks and everything else that we remember. */
  readonly state: string;
  /** What dies with the session: sockets. */
  readonly runtime: string;
}

const NAME = 'holdfast';

function named(facts: FolderFacts, variable: string): string | undefined {
  const path = facts.platform === 'win32' ? win32 : posix;
  const value = facts.env[variable];
  if (value === undefined || value === '') return undefined;
  if (path.isAbsolute(value)) return path.normalize(value).replace(/(?<=.)[\\/]$/, '');
  throw new HoldfastError('ERR_USAGE', `${variable} must be an absolute path`, {
    hint: `Set ${variable} to a path that begins at the root.`,
  });
}

// The specification says that relative values are to be ignored.
function xdg(facts: FolderFacts, variable: string): string | undefined {
  const value = facts.env[variable];
  return value !== undefined && posix.isAbsolute(value) ? posix.join(value, NAME) : undefined;
}

function defaults(facts: FolderFacts): { readonly config: string; readonly state: string } {
  const { env, home, platform } = facts;
  if (platform === 'win32') {
    const roaming = env['APPDATA'] || win32.join(home, 'AppData', 'Roaming');
    const local = env['LOCALAPPDATA'] || win32.join(home, 'AppData', 'Local');
    return { config: win32.join(roaming, NAME), state: win32.join(local, NAME, 'state') };
  }
  const config = xdg(facts, 'XDG_CONFIG_HOME');
  const state = xdg(facts, 'XDG_STATE_HOME');
  if (platform === 'darwin') {
    const support = posix.join(home, 'Library', 'Application Support', NAME);
    return { config: config ?? support, state: state ?? posix.join(support, 'state') };
  }
  return {
    config: config ?? posix.join(home, '.config', NAME),
    state: state ?? posix.join(home, '.local', 'state', NAME),
  };
}

/**
 * Our folders: the XDG Base Directory folders (0.8), `~/Library/Application Support` on macOS, `%APPDATA%` and
 * `%LOCALAPPDATA%` on Windows. `HOLDFAST_CONFIG_DIR` overrides the first; state then lies inside it, so that one variable
 * makes a world of its own. `HOLDFAST_STATE_DIR` overrides that. Errors: `ERR_USAGE` where one of the two is relative.
 */
export function foldersOf(facts: FolderFacts): Folders {
  const path = facts.platform === 'win32' ? win32 : posix;
  const ownConfig = named(facts, 'HOLDFAST_CONFIG_DIR');
  const ownState = named(facts, 'HOLDFAST_STATE_DIR');
  const usual = defaults(facts);
  const config = ownConfig ?? usual.config;
  const state = ownState ?? (ownConfig === undefined ? usual.state : path.join(ownConfig, 'state'));
  const isOwnWorld = ownConfig !== undefined || ownState !== undefined || facts.platform === 'win32';
  const known = facts.session === undefined ? undefined : posix.join(facts.session, NAME);
  const session = isOwnWorld ? undefined : (xdg(facts, 'XDG_RUNTIME_DIR') ?? known);
  return { config, state, runtime: session ?? path.join(state, 'run') };
}
