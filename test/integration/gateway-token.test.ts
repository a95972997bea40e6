/**
 * The token of the gateway on a real disk.
 */
import { chmodSync, lstatSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { Redactor } from '../../src/base/secret.ts';
import { GatewayToken } from '../../src/gateway/guard/token.ts';
import { createFiles } from '../../src/system/files.ts';
import { createLocks } from '../../src/system/locks.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-token-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const redactor = new Redactor();
const make = (): GatewayToken =>
  new GatewayToken({
    files: createFiles({ clock: systemClock }),
    locks: createLocks({ clock: systemClock, platform: process.platform }),
    redactor,
    path: join(folder, 'state', 'gateway-token'),
    uid: process.getuid?.(),
  });
const reveal = async (token: Promise<{ reveal(): string }>): Promise<string> => (await token).reveal();

test('[gateway.token] it is made once, however many ask, and only its owner can read it', async () => {
  const all = await Promise.all(Array.from({ length: 8 }, () => reveal(make().token())));
  expect(new Set(all).size).toBe(1);
  expect(all[0]).toMatch(/^hf_[\w-]{43}$/);
  expect(lstatSync(make().path).mode & 0o777).toBe(0o600);
  expect(redactor.redact(`x ${all[0]} y`)).not.toContain(all[0]);
});

test('[gateway.token] it stays until it is rotated', async () => {
  const first = await reveal(make().token());
  expect(await reveal(make().token())).toBe(first);
  const second = await reveal(make().rotate());
  expect(second).not.toBe(first);
  expect(await reveal(make().token())).toBe(second);
  expect(readFileSync(make().path, 'utf8')).toBe(`${second}\n`);
});

test('one that was cut short is made anew; a file that others can read, or a link, is refused by name', async () => {
  const token = make();
  const first = await reveal(token.token());
  writeFileSync(token.path, first.slice(0, 10));
  expect(await reveal(token.token())).not.toBe(first);
  chmodSync(token.path, 0o644);
  await expect(token.token()).rejects.toMatchObject({ code: 'ERR_STORE_UNREADABLE' });
  rmSync(token.path);
  writeFileSync(join(folder, 'elsewhere'), first, { mode: 0o600 });
  symlinkSync(join(folder, 'elsewhere'), token.path);
  await expect(token.token()).rejects.toThrow(token.path);
});
