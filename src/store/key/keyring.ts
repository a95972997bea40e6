/**
 * One small item in the keyring of the system, through the optional package `@napi-rs/keyring`. Every access is a process
 * of its own, because a keyring may ask a person and block the thread that asks: a process can be ended, a thread cannot,
 * and a program with a blocked thread does not exit.
 *
 * @module
 */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import type { Clock } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import { safeLine } from '../../base/safe-text.ts';

/** What a keyring answered. `text` is what is kept, absent where nothing is. */
export type KeyringAnswer =
  | { readonly ok: true; readonly text?: string }
  | { readonly ok: false; readonly why: string };

/** Where an item lies. */
export interface KeyringItem {
  readonly service: string;
  readonly account: string;
}

/** A keyring. Nothing here throws. */
export interface Keyring {
  get(item: KeyringItem): Promise<KeyringAnswer>;
  set(item: KeyringItem, text: string): Promise<KeyringAnswer>;
  remove(item: KeyringItem): Promise<KeyringAnswer>;
}

/** A person may have to unlock it. */
const LONGEST_MS = 30_000;

// On Linux only the Secret Service: items of the kernel's keyring end with the next start of the machine, and the package
// would fall back to it without a word.
const SCRIPT = `
let text = '';
for await (const chunk of process.stdin) text += chunk;
const { module, work, item, secret } = JSON.parse(text);
let answer;
try {
  const loaded = await import(module);
  const { Entry } = loaded.default ?? loaded;
  const entry = new Entry(item.service, item.account, { linux: { store: 'secret-service' } });
  if (work === 'set') entry.setPassword(secret);
  if (work === 'remove') entry.deletePassword();
  const kept = work === 'get' ? entry.getPassword() : null;
  answer = { ok: true, ...(kept === null ? {} : { text: kept }) };
} catch (error) {
  answer = { ok: false, why: String(error.message) };
}
process.stdout.write(JSON.stringify(answer));
`;

interface Request {
  readonly module: string;
  readonly work: 'get' | 'set' | 'remove';
  readonly item: KeyringItem;
  readonly secret?: string;
}

type Env = Readonly<Record<string, string | undefined>>;

/** What a keyring is reached with. */
export interface KeyringWorld {
  readonly clock: Clock;
  /** The Node that runs us. */
  readonly node: string;
  readonly env: Env;
  /** Default 30 000. */
  readonly timeoutMs?: number;
}

/** Longest text of an operating system that is told: the first words say what is the matter. */
const LONGEST_WHY = 80;

const failed = (why: string): KeyringAnswer => ({ ok: false, why: safeLine(why, LONGEST_WHY) });

function answerIn(output: string): KeyringAnswer {
  try {
    const answer = JSON.parse(output) as KeyringAnswer;
    return answer.ok ? answer : failed(answer.why);
  } catch {
    return failed('the process that asked the keyring ended without an answer');
  }
}

// The request and the answer go through pipes: arguments and the environment of a process can be seen by others.
function ask(world: KeyringWorld, request: Request): Promise<KeyringAnswer> {
  const { clock, node, timeoutMs = LONGEST_MS } = world;
  const { NODE_OPTIONS: _options, ...env } = world.env;
  return new Promise((resolve) => {
    const child = spawn(node, ['--input-type=module', '--eval', SCRIPT], {
      env,
      stdio: ['pipe', 'pipe', 'ignore'],
      windowsHide: true,
    });
    let output = '';
    const timer = clock.after(timeoutMs, () => {
      child.kill('SIGKILL');
      resolve(failed(`it did not answer within ${timeoutMs} ms; it may be waiting for somebody to unlock it`));
    });
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk;
    });
    child.on('error', (error) => {
      timer.cancel();
      resolve(failed(messageOf(error)));
    });
    child.on('close', () => {
      timer.cancel();
      resolve(answerIn(output));
    });
    // A child that is gone already is told by its end.
    child.stdin.on('error', () => undefined);
    child.stdin.end(JSON.stringify(request));
  });
}

function findModule(): string | undefined {
  try {
    return pathToFileURL(createRequire(import.meta.url).resolve('@napi-rs/keyring')).href;
  } catch {
    return undefined;
  }
}

/** The keyring of this machine. */
export function createKeyring(world: KeyringWorld): Keyring {
  const run = (request: Omit<Request, 'module'>): Promise<KeyringAnswer> => {
    const module = findModule();
    if (module === undefined) return Promise.resolve(failed('the package @napi-rs/keyring is not installed'));
    return ask(world, { ...request, module });
  };
  return {
    get: (item) => run({ work: 'get', item }),
    set: (item, secret) => run({ work: 'set', item, secret }),
    remove: (item) => run({ work: 'remove', item }),
  };
}

/**
 * Whether the keyring keeps what it is given: one process writes, a second one reads, a third one removes. The reason
 * why not, or `undefined` when it does.
 */
export async function proveKeyring(keyring: Keyring, service: string): Promise<string | undefined> {
  const item = { service, account: `probe-${randomBytes(8).toString('hex')}` };
  const text = randomBytes(32).toString('base64');
  const written = await keyring.set(item, text);
  if (!written.ok) return written.why;
  const read = await keyring.get(item);
  const removed = await keyring.remove(item);
  if (!read.ok) return read.why;
  if (read.text !== text) return 'another process does not find what was written';
  if (!removed.ok) return removed.why;
  const after = await keyring.get(item);
  return after.ok && after.text === undefined ? undefined : 'it does not remove what it is told to';
}
