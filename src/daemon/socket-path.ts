/**
 * Where the control socket of a configuration folder lies.
 *
 * @module
 */
import { dirname, join } from 'node:path';

/** What decides the place. */
export interface SocketPlace {
  /** Folder of our own configuration; each has its own daemon. */
  readonly configDir: string;
  /** `XDG_RUNTIME_DIR`. */
  readonly runtimeDir?: string;
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
 * `run/daemon.sock` in the configuration folder; where that path has more than 100 bytes, a name made from its hash in a
 * folder of the user's runtime folder, else of the folder for temporary files. A named pipe on Windows.
 */
export function controlSocketPath(place: SocketPlace): string {
  const { configDir, runtimeDir, tmpDir, uid, windows } = place;
  const hash = shortHash(configDir);
  if (windows) return String.raw`\\.\pipe\holdfast-${hash}`;
  const candidates = [
    join(configDir, 'run', 'daemon.sock'),
    ...(runtimeDir === undefined || runtimeDir === '' ? [] : [join(runtimeDir, 'holdfast', `${hash}.sock`)]),
    join(tmpDir, `holdfast-${uid ?? 'user'}`, `${hash}.sock`),
    join('/tmp', `holdfast-${uid ?? 'user'}`, `${hash}.sock`),
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

/** The paths of the daemon of a configuration folder: beside its socket, or in `run` of that folder on Windows. */
export function daemonPaths(place: SocketPlace): DaemonPaths {
  const socket = controlSocketPath(place);
  const folder = place.windows ? join(place.configDir, 'run') : dirname(socket);
  const name = place.windows ? 'daemon' : (socket.slice(folder.length + 1).split('.', 1)[0] ?? '');
  return {
    socket,
    log: join(folder, `${name}.log`),
    ledger: join(folder, `${name}.json`),
    ...(place.windows ? { key: join(folder, 'daemon.key') } : {}),
  };
}
