/**
 * Wires the doctor into the owner of the connections.
 *
 * @module
 */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Base } from './assemble.ts';
import { discover } from './auth/discovery/discover.ts';
import { DEFAULT_CALLBACK_PORT } from './auth/flow/doors.ts';
import { errnoOf } from './base/errors.ts';
import { realCommand } from './config/command-path.ts';
import type { Examiner } from './core/doctor.ts';
import { numbersFromEnv, resolveNumbers } from './core/numbers.ts';
import type { SignIns } from './core/sign-in.ts';
import type { StoreNotice } from './core/store.ts';
import { createExaminer } from './doctor/examine.ts';
import type { Fetch } from './net/dispatcher.ts';
import { createFiles } from './system/files.ts';
import { webhooksOf } from './webhooks-port.ts';

/** What of the owner the doctor looks through. */
export interface OwnerParts {
  readonly fetch: Fetch;
  readonly signIns: Pick<SignIns, 'list'>;
  readonly notices: () => readonly StoreNotice[];
}

/** Makes and removes a file; the errno when it cannot. */
async function whyNotWritable(folder: string, unique: number): Promise<string | undefined> {
  const probe = join(folder, `.doctor-${unique}`);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    // A full disk has room for an empty file.
    await writeFile(probe, 'x', { mode: 0o600 });
    return undefined;
  } catch (error) {
    return errnoOf(error) ?? 'UNKNOWN';
  } finally {
    await rm(probe, { force: true }).catch(() => undefined);
  }
}

/** The examiner of this process. */
export function examinerOf(base: Base, { fetch, signIns, notices }: OwnerParts): Examiner {
  const { clock, host, folders } = base;
  const files = createFiles({ clock });
  const numbers = resolveNumbers(numbersFromEnv(host.env));
  return createExaminer({
    clock,
    env: host.env,
    platform: host.platform,
    uid: host.uid,
    files,
    folders,
    fetch,
    command: ({ command, cwd, path }) => realCommand(files, command, { path, base: cwd, platform: host.platform }),
    async signIn({ url: serverUrl, oauth }, challenges) {
      const about = { serverUrl, challenges, ...(oauth === undefined ? {} : { oauth }) };
      const end = new AbortController();
      const got = await discover({ clock, fetch }, about, { numbers, signal: end.signal });
      if (!got.ok) return got;
      const { authority, resource } = got.found;
      return { ok: true, authority, resource };
    },
    store: async () => ({
      count: (await signIns.list()).length,
      place: join(folders.state, 'credentials'),
      notices: notices(),
    }),
    writable: (folder) => whyNotWritable(folder, host.pid),
    webhooks: () => webhooksOf(base, []),
    callbackPort: DEFAULT_CALLBACK_PORT,
  });
}
