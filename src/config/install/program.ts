/**
 * How a client starts this program.
 *
 * @module
 */

/** What is known of the program on this machine. */
export interface Program {
  /** Absolute path of Node. */
  readonly node: string;
  /** Absolute path of the program's file. */
  readonly script: string;
  /** `holdfast` is found in the PATH of the caller. */
  readonly isOnPath: boolean;
  readonly platform: NodeJS.Platform;
}

/**
 * The command. A file of a project is shared, and names no path of this machine. A desktop program has no PATH of a
 * shell, and Windows starts no `.cmd` without one.
 */
export function commandFor(
  { node, script, isOnPath, platform }: Program,
  { isShared, isDesktop }: { readonly isShared: boolean; readonly isDesktop: boolean },
): readonly string[] {
  const byName = isShared || (isOnPath && !isDesktop && platform !== 'win32');
  return byName ? ['holdfast'] : [node, script];
}

/** Whether the file lies where it may be gone tomorrow: the cache of npx. */
export function isTransient({ script }: Program): boolean {
  return /[\\/]_npx[\\/]/.test(script);
}
