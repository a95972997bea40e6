/**
 * A key that somebody else looks after: a file named by HOLDFAST_KEY_FILE, or a credential of systemd (systemd.exec(5)).
 *
 * @module
 */
import { open } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { HoldfastError, errnoOf, messageOf } from '../../base/errors.ts';
import { KEY_BYTES, storeKey } from '../cipher.ts';
import type { StoreKey } from '../cipher.ts';

/** Name of our credential: `LoadCredential=holdfast-key:…`. */
const CREDENTIAL = 'holdfast-key';
/** More than any form of a key has. */
const LONGEST = 256;

type Env = Readonly<Record<string, string | undefined>>;

/** Where this environment says that a key is, if it does. `isSure` = a person has named the file. */
export function keyFileOf(env: Env): { readonly path: string; readonly isSure: boolean } | undefined {
  const named = env['HOLDFAST_KEY_FILE'];
  if (named !== undefined && named !== '') return { path: named, isSure: true };
  const folder = env['CREDENTIALS_DIRECTORY'];
  return folder === undefined || folder === '' ? undefined : { path: join(folder, CREDENTIAL), isSure: false };
}

/** 32 raw bytes, or their hex or base64 form with blanks around it. */
function keyIn(bytes: Buffer): Buffer | undefined {
  if (bytes.length === KEY_BYTES) return bytes;
  const text = bytes.toString('latin1').trim();
  if (/^[0-9a-f]{64}$/i.test(text)) return Buffer.from(text, 'hex');
  const isBase64 = /^[A-Za-z0-9+/]{43}=?$/.test(text);
  return isBase64 ? Buffer.from(text, 'base64') : undefined;
}

async function bytesOf(path: string): Promise<Buffer> {
  const handle = await open(path, 'r');
  try {
    const buffer = Buffer.alloc(LONGEST);
    const { bytesRead } = await handle.read(buffer, 0, LONGEST, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

/** The key in a file; `undefined` when there is no file. Errors: `ERR_STORE_UNREADABLE`. */
export async function readKeyFile(path: string): Promise<StoreKey | undefined> {
  if (!isAbsolute(path))
    throw new HoldfastError('ERR_STORE_UNREADABLE', `the key file "${path}" must be named by an absolute path`, {
      hint: 'Set HOLDFAST_KEY_FILE to a path that begins at the root: processes in other folders need the same file.',
      data: { path },
    });
  const bytes = await bytesOf(path).catch((error: unknown) => {
    const code = errnoOf(error) ?? messageOf(error);
    if (code === 'ENOENT') return undefined;
    throw new HoldfastError('ERR_STORE_UNREADABLE', `the key file ${path} cannot be read: ${code}`, {
      hint: 'Make that file readable for you, or name another one in HOLDFAST_KEY_FILE.',
      cause: error,
      data: { path },
    });
  });
  const key = bytes === undefined ? undefined : keyIn(bytes);
  if (bytes === undefined || key !== undefined) return key === undefined ? undefined : storeKey(key);
  throw new HoldfastError('ERR_STORE_UNREADABLE', `the key file ${path} holds no key of ${KEY_BYTES} bytes`, {
    hint: `Make one with "head -c ${KEY_BYTES} /dev/urandom > FILE"; hex and base64 are understood, too.`,
    data: { path },
  });
}
