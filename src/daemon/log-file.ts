/**
 * The daemon's log: one private file of about 1 MiB, and the one before it.
 *
 * @module
 */
import {
  chmodSync,
  closeSync,
  constants,
  copyFileSync,
  fchmodSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readSync,
  writeSync,
} from 'node:fs';
import { iso } from '../base/clock.ts';
import type { Clock } from '../base/clock.ts';
import { errnoOf } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';

const LIMIT_BYTES = 1_048_576;
const TAIL_BYTES = 8_192;

/**
 * An open log file, 0600, never through a symlink. When it is full it is copied to `PATH.1` and emptied in place, so that
 * a process whose standard streams are this file writes on into the same one.
 */
export class LogFile {
  readonly path: string;
  /** For the standard streams of a process. */
  readonly fd: number;
  readonly #limit: number;

  /** Errors: system errors of opening it (`ELOOP` for a symlink). */
  constructor(path: string, limitBytes = LIMIT_BYTES) {
    this.path = path;
    this.#limit = limitBytes;
    // Absent on Windows.
    const nofollow = constants.O_NOFOLLOW ?? 0;
    this.fd = openSync(path, constants.O_RDWR | constants.O_APPEND | constants.O_CREAT | nofollow, 0o600);
    fchmodSync(this.fd, 0o600);
    this.#rotate();
  }

  /** Adds text. A full disk loses it: a log must not end the process that writes it. */
  append(text: string): void {
    try {
      this.#rotate();
      writeSync(this.fd, text);
    } catch {
      // See above.
    }
  }

  /** Where the file ends now, for `since`. */
  size(): number {
    return fstatSync(this.fd).size;
  }

  /** The last lines after the position `from`. */
  tail(lines: number, from = 0): readonly string[] {
    const start = Math.max(from, this.size() - TAIL_BYTES, 0);
    const bytes = Buffer.alloc(Math.max(0, this.size() - start));
    const read = readSync(this.fd, bytes, 0, bytes.length, start);
    const text = bytes.subarray(0, read).toString('utf8').trimEnd();
    return text === '' ? [] : text.split('\n').slice(-lines);
  }

  close(): void {
    closeSync(this.fd);
  }

  #rotate(): void {
    if (this.size() <= this.#limit) return;
    copyFileSync(this.path, `${this.path}.1`);
    chmodSync(`${this.path}.1`, 0o600);
    ftruncateSync(this.fd, 0);
  }
}

function plain(_key: string, value: unknown): unknown {
  if (!(value instanceof Error)) return value;
  const { name, message, stack, cause } = value;
  return { name, message, code: errnoOf(value), stack, cause };
}

function textOf(record: object): string {
  try {
    return JSON.stringify(record, plain);
  } catch {
    return JSON.stringify({ ...record, fields: 'not JSON' }, ['time', 'level', 'message', 'fields']);
  }
}

/** A logger that writes one JSON object a line into the file; every line passes `redact` first. */
export function fileLogger(file: LogFile, clock: Clock, redact: (text: string) => string): Logger {
  const at =
    (level: keyof Logger) =>
    (fields: object, message: string): void => {
      file.append(`${redact(textOf({ ...fields, time: iso(clock.now()), level, message }))}\n`);
    };
  return { debug: () => {}, info: at('info'), warn: at('warn'), error: at('error') };
}
