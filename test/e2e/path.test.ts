/**
 * A newer PATH than the one with which the daemon's processes were started, with the built program.
 *
 * @module
 */
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Snapshot } from '../../src/core/snapshot.ts';
import { makePlace } from '../support/cli.ts';
import type { Place } from '../support/cli.ts';
import { nodeEndpoint, serverFile } from '../support/stdio.ts';

let place: Place;
let newer: Record<string, string>;

beforeAll(async () => {
  place = await makePlace();
  const tools = join(place.home, 'tools');
  await mkdir(tools);
  const { command, args } = nodeEndpoint(serverFile('plain'));
  await writeFile(join(tools, 'my-server'), `#!/bin/sh\nexec '${[command, ...args].join("' '")}'\n`);
  await chmod(join(tools, 'my-server'), 0o755);
  newer = { PATH: `${tools}${delimiter}${place.env['PATH'] ?? ''}` };
  await mkdir(join(place.home, '.config', 'holdfast'), { recursive: true });
  const mcpServers = { itself: { command: 'my-server' }, through: { command: 'env', args: ['my-server'] } };
  await writeFile(join(place.home, '.config', 'holdfast', 'servers.json'), JSON.stringify({ mcpServers }));
  await place.run(['daemon', 'start']);
});
afterAll(async () => {
  await place.run(['daemon', 'stop']);
  await place.remove();
});

const statusOf = async (name: string, env?: Record<string, string>): Promise<Snapshot | undefined> => {
  const options = env === undefined ? {} : { env };
  const { servers } = await place.json<{ servers: Snapshot[] }>(['status', '--json', '--wait', '2s', name], options);
  return servers[0];
};

describe('[reconnect.caller-path] a daemon that runs since before the PATH was changed', () => {
  test('finds a command that is only in the new PATH as soon as the shell asks', async () => {
    expect(await statusOf('itself')).toMatchObject({ status: 'failed', reason: 'spawn-not-found' });
    expect(await statusOf('itself', newer)).toMatchObject({ status: 'connected' });
  });

  test('says of a command that does not find another one what helps, and that helps', async () => {
    const before = await statusOf('through', newer);
    expect(before).toMatchObject({ status: 'pending', reason: 'exited', exitCode: 127 });
    expect(before?.message).toContain('Run: holdfast reconnect through (it then starts with the PATH of this shell).');
    const examined = await place.run(['doctor', 'through'], { env: newer });
    expect(examined.stdout).toContain('through: It was started with another PATH than that of this shell.');
    expect(examined.stdout).toContain('Run: holdfast reconnect through');
    const { code, stdout } = await place.run(['reconnect', 'through'], { env: newer });
    expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining('took the PATH of this shell') });
    expect(await statusOf('through', newer)).toMatchObject({ status: 'connected' });
  });
});
