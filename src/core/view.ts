/**
 * From where a caller looks: names are resolved inside a view (DESIGN §3).
 *
 * @module
 */

/** Everything about a caller that decides which entries it sees and what they expand to. Every call carries one. */
export interface View {
  /** Real path of the caller's project; absent when there is none. */
  readonly projectRoot?: string;
  /** Real path of the caller's folder, only where Claude Code's file has entries for exactly that folder (local scope). */
  readonly workingFolder?: string;
  /** Folder of our own configuration. */
  readonly configDir: string;
  /** Home of the user, where Claude Code's `.claude.json` lies unless `claudeConfigDir` is set. */
  readonly home: string;
  /** `CLAUDE_CONFIG_DIR` of the caller. */
  readonly claudeConfigDir?: string;
  /** `--config FILE…`: exclusive (nothing else is read) and trusted, because a person named it. Absolute paths. */
  readonly files?: readonly string[];
  /** Account profile (default `default`). */
  readonly profile?: string;
  /** Values of the variables that the entries name, and of those in the numbers table; an absent name is unset. */
  readonly variables: Readonly<Record<string, string>>;
  /** PATH of the caller: commands are looked up in it. */
  readonly path: string;
}

/** What makes two views the same place, whatever their variable values are. */
export function placeOf(view: View): string {
  return textOf(view, view.workingFolder);
}

function textOf(view: View, workingFolder: string | undefined): string {
  return JSON.stringify([
    view.projectRoot ?? null,
    workingFolder ?? null,
    view.configDir,
    view.home,
    view.claudeConfigDir ?? null,
    view.files ?? null,
    view.profile ?? null,
  ]);
}

/** The place without the caller's own folder in it: views of one project read the same files. */
export function samePlace(view: View): string {
  return textOf(view, undefined);
}

/** What makes two views equal: the place and every value. */
export function viewKey(view: View): string {
  const values = Object.entries(view.variables).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([placeOf(view), values, view.path]);
}
