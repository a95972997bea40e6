/**
 * The guardian: one small process that outlives its owner by a few seconds and ends every process group that the owner
 * left behind. The owner tells it of groups through a pipe; the end of that pipe is the end of the owner.
 *
 * @module
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import type { Writable } from 'node:stream';
import type { Logger } from '../../base/logger.ts';

/** The fields of `/proc/ID/stat` behind the program's name, which may hold blanks and brackets. */
const AFTER_NAME = '$\u007Bstat##*) }';
/**
 * The groups that are known at the start, then `add ID` and `del ID` lines until the end of the input; then TERM to every
 * group that is left, KILL after 3 s. Where `/proc` is, the start time of the leader is kept: a leader id that has another start time belongs to somebody
 * else, and the group is left alone. (While any process of a group lives, its id is not given away.)
 */
const SCRIPT = String.raw`
trap '' HUP INT QUIT TERM USR1 USR2
groups=
birth() {
  born=0
  read -r stat <"/proc/$1/stat" || return 0
  set -- ${AFTER_NAME}
  shift 19
  born=$1
}
each() {
  signal=$1
  some=1
  set -- $groups
  while [ $# -gt 1 ]; do
    birth "$1"
    if [ "$born" = 0 ] || [ "$born" = "$2" ]; then
      kill -s "$signal" -- "-$1" && some=0
    fi
    shift 2
  done
  return $some
}
forget() {
  gone=$1
  set -- $groups
  groups=
  while [ $# -gt 1 ]; do
    [ "$1" = "$gone" ] || groups="$groups $1 $2"
    shift 2
  done
}
remember() {
  birth "$1"
  groups="$groups $1 $born"
}
for group; do remember "$group"; done
while read -r word group; do
  case $word in
    add) remember "$group" ;;
    del) forget "$group" ;;
  esac
done
each TERM || exit 0
left=30
while [ $left -gt 0 ] && each 0; do
  if sleep 0.1; then left=$((left - 1)); else sleep 1; left=$((left - 10)); fi
done
each KILL
exit 0
`;

/** Starts of a guardian that died at once, after which the owner does without. */
const MOST_STARTS = 5;

/** Tells a guardian which groups to end when the owner dies. */
export interface Guard {
  /** To be called in the same turn in which the process was started. */
  add(group: number): void;
  /** To be called once nothing of the group runs any more. */
  remove(group: number): void;
  /** Ends the guardian and waits for it; groups that are still known to it are ended by it. */
  close(): Promise<void>;
}

/** Where there is no guardian (Windows): processes end because their stdin ends with the owner. */
export const noGuard: Guard = { add() {}, remove() {}, close: () => Promise.resolve() };

/** The guardian of one owner, started with the first group and started again should it die. */
export class Guardian implements Guard {
  readonly #logger: Logger;
  readonly #groups = new Set<number>();
  #child: ChildProcess | undefined;
  #starts = 0;
  #closed = false;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  add(group: number): void {
    this.#groups.add(group);
    if (this.#child === undefined) this.#start();
    else this.#tell(`add ${group}\n`);
  }

  remove(group: number): void {
    if (this.#groups.delete(group)) this.#tell(`del ${group}\n`);
  }

  async close(): Promise<void> {
    this.#closed = true;
    const child = this.#child;
    if (child === undefined) return;
    child.ref();
    const over = new Promise<void>((resolve) => {
      child.once('exit', () => resolve());
      child.once('error', () => resolve());
    });
    child.stdin?.end();
    await over;
  }

  /** Process id of the guardian, while there is one. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  #start(): void {
    if (this.#closed || this.#starts >= MOST_STARTS) return;
    this.#starts += 1;
    // A session of its own: neither Ctrl-C nor the end of the terminal reaches it. The script travels in a variable,
    // so that a process list stays readable; nothing of the owner's environment is passed on. It is born with the groups
    // that are there already: an owner that is killed before it could say a word leaves none behind.
    const known = [...this.#groups].map(String);
    const child = spawn('/bin/sh', ['-c', 'eval "$HOLDFAST_GUARDIAN"', 'holdfast-guardian', ...known], {
      cwd: '/',
      detached: true,
      env: { PATH: '/usr/local/bin:/usr/bin:/bin', HOLDFAST_GUARDIAN: SCRIPT },
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    this.#child = child;
    const isOver = (): boolean => {
      if (this.#child !== child) return false;
      this.#child = undefined;
      return !this.#closed;
    };
    child.on('error', (error) => {
      if (!isOver()) return;
      // The machine is short of something: nothing is gained by asking at once. The next process asks again.
      this.#starts -= 1;
      this.#logger.warn({ error }, 'the guardian of the server processes could not be started');
    });
    child.on('exit', (code, signal) => {
      if (!isOver()) return;
      this.#logger.warn({ code, signal }, 'the guardian of the server processes ended');
      if (this.#groups.size > 0) this.#start();
    });
    // A process that has no file descriptor left gets a child without streams (and then its `error`).
    const stdin: (Writable & { unref?: () => void }) | null | undefined = child.stdin;
    stdin?.on('error', () => {});
    child.unref();
    // The pipe alone must not keep the owner running. At run time it is a socket.
    stdin?.unref?.();
  }

  #tell(line: string): void {
    this.#child?.stdin?.write(line);
  }
}
