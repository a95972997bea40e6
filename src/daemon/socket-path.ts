/**
 * Where the control socket, and what belongs to it, lies.
 *
 * @module
 */
import { join } from 'node:path';

/** What decides the place. */
export interface SocketPlace {
  /** Our folder for what dies with the session; each has its own daemon. */
  readonly runtimeDir: string;
  /** Our folder for what is remembered: the log outlives the session. */
  readonly stateDir: string;
  /** `XDG_RUNTIME_DIR`, for short paths. */
  readonly sessionDir?: string | undefined;
  /** The folder for temporary files. */
  readonly tmpDir: string;
  /** `undefined` on Windows. */
  readonly uid: number | undefined;
  readonly windows: boolean;
}

/** Longest path of a socket, in bytes: macOS takes 103, Linux 107, and the name it is bound under first is no longer. */
export const SOCKET_PATH_LIMIT = 100;

const FNV_OFFSET = 0xcb_f2_9c_e4_84_22_23_25n;
const FNV_PRIME = 0x1_00_00_00_01_b3n;

// FNV-1a, 64 bits: the name only has to differ between the folders of one user, and loading node:crypto takes longer
// than the whole question to the daemon.
function shortHash(text: string): string {
  let hash = FNV_OFFSET;
  for (const byte of Buffer.from(text)) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * FNV_PRIME);
  return hash.toString(16).padStart(16, '0');
}

/**
 * `daemon.sock` in our runtime folder; where that path has more than 100 bytes, a name made from its hash in a folder of
 * the session's folder, else of the folder for temporary files. A named pipe on Windows.
 */
export function controlSocketPath({ runtimeDir, sessionDir, tmpDir, uid, windows }: SocketPlace): string {
  const hash = shortHash(runtimeDir);
  if (windows) return String.raw`\\.\pipe\holdfast-${hash}`;
  const own = `holdfast-${uid ?? 'user'}`;
  const candidates = [
    join(runtimeDir, 'daemon.sock'),
    ...(sessionDir === undefined || sessionDir === '' ? [] : [join(sessionDir, 'holdfast', `${hash}.sock`)]),
    join(tmpDir, own, `${hash}.sock`),
    join('/tmp', own, `${hash}.sock`),
  ];
  return candidates.find((path) => Buffer.byteLength(path) <= SOCKET_PATH_LIMIT) ?? (candidates.at(-1) as string);
}

/** Every path of a daemon. */
export interface DaemonPaths {
  readonly socket: string;
  /** What the daemon says, and what it says when it dies. */
  readonly log: string;
  /** Who the daemon is, for the case that it does not answer. */
  readonly ledger: string;
  /** Key of the mutual challenge; on Windows only. */
  readonly key?: string;
}

/** The paths of the daemon that belongs to our folders. */
export function daemonPaths(place: SocketPlace): DaemonPaths {
  const { stateDir, windows } = place;
  return {
    socket: controlSocketPath(place),
    log: join(stateDir, 'daemon.log'),
    ledger: join(stateDir, 'daemon.json'),
    ...(windows ? { key: join(stateDir, 'daemon.key') } : {}),
  };
}
