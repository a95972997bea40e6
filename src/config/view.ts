/**
 * From where a caller looks: its project, folders and variable values. Made at every start of the command line.
 *
 * @module
 */
import { dirname, join, resolve } from 'node:path';
import { problemsOf } from '../core/config-model.ts';
import type { ConfigPort, PlaceNames } from '../core/config-model.ts';
import type { Files } from '../core/machine.ts';
import { NUMBER_VARIABLES } from '../core/numbers.ts';
import type { View } from '../core/view.ts';
import { MCP_JSON } from './dialects/mcp-json.ts';

/** What a caller is. */
export interface ViewAsk {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  readonly platform: NodeJS.Platform;
  /** Folder of our own configuration. */
  readonly configDir: string;
  /** `--config FILE…`; relative ones are looked up from `cwd`. */
  readonly files?: readonly string[];
  readonly profile?: string;
  /** Look for no project: project and local scope are empty. */
  readonly noProject?: boolean;
}

/** What making a view looks at. */
export type Lookup = Pick<Files, 'facts' | 'real'>;

const MARKS = [MCP_JSON, '.git'];

async function isMarked(files: Lookup, folder: string): Promise<boolean> {
  const found = await Promise.all(MARKS.map((mark) => files.facts(join(folder, mark)).catch(() => undefined)));
  return found.some((facts) => facts !== undefined);
}

/**
 * The project of a folder: the nearest one at or above it with `.mcp.json` or `.git`, else the folder itself. Home and the
 * root of the disk are projects only for callers who stand right in them.
 */
export async function projectRootOf(files: Lookup, cwd: string, home: string): Promise<string> {
  for (let folder = cwd; folder !== dirname(folder); folder = dirname(folder)) {
    if (folder === home) break;
    if (await isMarked(files, folder)) return folder;
  }
  return cwd;
}

function pathOf(ask: ViewAsk): string {
  if (ask.env['PATH'] !== undefined || ask.platform !== 'win32') return ask.env['PATH'] ?? '';
  const name = Object.keys(ask.env).find((key) => key.toUpperCase() === 'PATH');
  return (name === undefined ? undefined : ask.env[name]) ?? '';
}

function valuesOf(env: ViewAsk['env'], names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = Object.hasOwn(env, name) ? env[name] : undefined;
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

async function foldersOf(ask: ViewAsk, files: Lookup): Promise<Pick<View, 'projectRoot' | 'workingFolder'>> {
  if (ask.noProject === true) return {};
  const [cwd = ask.cwd, home = ask.home] = await Promise.all([files.real(ask.cwd), files.real(ask.home)]);
  const projectRoot = await projectRootOf(files, cwd, home);
  return { projectRoot, ...(projectRoot === cwd ? {} : { workingFolder: cwd }) };
}

/** The names of a place, read from its files; the values of the view are not looked at. */
export async function namesOf(config: Pick<ConfigPort, 'load'>, view: View): Promise<PlaceNames> {
  const { servers, notLoaded, files, variables } = await config.load(view);
  const entries = [...servers, ...notLoaded].map(({ source: { scope, pointer } }) => ({ scope, pointer }));
  return { variables, entries, notLoaded, problems: problemsOf(files) };
}

/** The view of a caller, with the values of exactly those variables that its entries name and of those in the numbers table. */
export function makeView(ask: ViewAsk, config: Pick<ConfigPort, 'load'>, files: Lookup): Promise<View> {
  return makeViewFrom(ask, (view) => namesOf(config, view), files);
}

/** Like `makeView`, for a caller to whom somebody else tells the names. */
export async function makeViewFrom(
  ask: ViewAsk,
  names: (view: View) => Promise<PlaceNames>,
  files: Lookup,
): Promise<View> {
  const claudeConfigDir = ask.env['CLAUDE_CONFIG_DIR'];
  const { workingFolder, ...folders } = await foldersOf(ask, files);
  const plain: View = {
    ...folders,
    configDir: ask.configDir,
    home: ask.home,
    ...(claudeConfigDir ? { claudeConfigDir: resolve(ask.cwd, claudeConfigDir) } : {}),
    ...(ask.files === undefined ? {} : { files: ask.files.map((file) => resolve(ask.cwd, file)) }),
    ...(ask.profile === undefined ? {} : { profile: ask.profile }),
    variables: {},
    path: pathOf(ask),
  };
  const wide: View = workingFolder === undefined ? plain : { ...plain, workingFolder };
  const { variables, entries } = await names(wide);
  // The folder itself makes a view of its own only where something stands under exactly its name.
  const own = `projects[${JSON.stringify(workingFolder)}]`;
  const matters = entries.some(({ scope, pointer }) => scope === 'local' && pointer.startsWith(own));
  return { ...(matters ? wide : plain), variables: valuesOf(ask.env, [...variables, ...NUMBER_VARIABLES]) };
}
