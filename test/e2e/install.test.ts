/**
 * `holdfast install` with the built program: what is written starts, and leads to the servers.
 */
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { CLIENTS } from '../../src/cli/table/gateway.ts';
import { scanToml } from '../../src/config/install/toml-scan.ts';
import { makePlace } from '../support/cli.ts';
import type { Place } from '../support/cli.ts';
import { nodeEndpoint, serverFile } from '../support/stdio.ts';

interface Written {
  readonly file: string;
  readonly action: string;
  readonly written: boolean;
  readonly backup: string | null;
}

let place: Place;
beforeEach(async () => {
  place = await makePlace();
  const { command, args } = nodeEndpoint(serverFile('plain'));
  await writeFile(
    join(place.home, '.claude.json'),
    `{\n  // of a person\n  "mcpServers": {\n    "local": ${JSON.stringify({ command, args })}\n  }\n}\n`,
    { mode: 0o640 },
  );
});
afterEach(async () => {
  await place.run(['daemon', 'stop']);
  await place.remove();
});

/** Command and arguments as the client reads them. */
function commandIn(text: string): { readonly command: string; readonly args: string[] } {
  if (!text.startsWith('[')) {
    const [entries] = Object.values(JSON.parse(text.replace(/^\s*\/\/.*$/m, '')) as object) as Record<string, never>[];
    return entries?.['holdfast'] as never;
  }
  const statements = scanToml(text);
  if (typeof statements === 'string') throw new Error(statements);
  const value = (key: string): never =>
    JSON.parse(statements.find(({ keys }) => keys[0] === key)?.value ?? '') as never;
  return { command: value('command'), args: value('args') };
}

test.each(CLIENTS)(
  '[install.dialects] what is written for %s starts and leads to the servers, and is not taken for one of them',
  async (client) => {
    const made = await place.json<Written>(['install', '--into', client, '--yes', '--json']);
    expect(made).toMatchObject({ action: 'added', written: true });
    const { command, args } = commandIn(await readFile(made.file, 'utf8'));
    const session = new Client({ name: client, version: '1' });
    await session.connect(new StdioClientTransport({ command, args, env: place.env, cwd: place.project }));
    await vi.waitFor(async () => {
      const { tools } = await session.listTools();
      expect(tools.map(({ name }) => name)).toContain('local__echo');
    }, 20_000);
    await session.close();
    const { servers } = await place.json<{ servers: { name: string }[] }>(['list', '--json']);
    expect(servers.map(({ name }) => name)).toEqual(['local']);
    expect(await place.json(['uninstall', '--from', client, '--yes', '--json'])).toMatchObject({ action: 'removed' });
    expect(await readFile(made.file, 'utf8')).not.toContain('holdfast"');
  },
  60_000,
);

test('[install.careful] the file keeps its mode and its comments, and the backup is beside it', async () => {
  const file = join(place.home, '.claude.json');
  const before = await readFile(file, 'utf8');
  const { backup } = await place.json<Written>(['install', 'claude-code', '--yes', '--json']);
  expect(await readFile(backup ?? '', 'utf8')).toBe(before);
  expect((await stat(backup ?? '')).mode & 0o777).toBe(0o640);
  expect((await stat(file)).mode & 0o777).toBe(0o640);
  expect(await readFile(file, 'utf8')).toContain('// of a person');
  await place.run(['uninstall', 'claude-code', '--yes']);
  expect(await readFile(file, 'utf8')).toBe(before);
});

test('[install.careful] a file that is not JSON is told with its line, and is not touched', async () => {
  const file = join(place.home, '.claude.json');
  await writeFile(file, '{\n  "mcpServers": {\n    oops\n');
  const { code, stderr } = await place.run(['install', 'claude-code', '--yes']);
  expect(code).toBe(2);
  expect(stderr).toContain(`${file}:3:5: `);
  expect(await readFile(file, 'utf8')).toBe('{\n  "mcpServers": {\n    oops\n');
});
