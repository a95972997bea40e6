/**
 * `holdfast run` as a process: a command under it uses the servers, and owns terminal, signals and exit code.
 *
 * @module
 */
import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { firstThen, mcpServer, startFaultServer, status } from '../../src/testing/index.ts';
import type { FaultServer } from '../../src/testing/index.ts';
import { builtDist } from '../support/build.ts';
import { makePlace } from '../support/cli.ts';
import type { Place } from '../support/cli.ts';

let server: FaultServer;
let place: Place;
let config: string;

/** Lists the tools behind the gateway with nothing but its environment. */
const CLIENT = `
const meta = { 'io.modelcontextprotocol/protocolVersion': '2026-07-28', 'io.modelcontextprotocol/clientInfo': { name: 'c', version: '1' }, 'io.modelcontextprotocol/clientCapabilities': {} };
const ask = (token) => fetch(process.env.HOLDFAST_URL, { method: 'POST', headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream', 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/list', authorization: 'Bearer ' + token }, body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list', params: { _meta: meta } }) });
const good = await ask(process.env.HOLDFAST_TOKEN);
const text = await good.text();
const bad = await ask('wrong');
process.stdout.write(JSON.stringify({ status: good.status, bad: bad.status, tools: [...text.matchAll(/"name":"([a-z_]+__[a-z_]+)"/g)].map((m) => m[1]) }));
`;

beforeAll(async () => {
  server = await startFaultServer();
  place = await makePlace();
  config = join(place.project, 'servers.json');
  const entry = (path: string, behaviour: Parameters<FaultServer['mount']>[1]): object => ({
    type: 'http',
    url: server.mount(path, behaviour).url,
  });
  const mcpServers = {
    good: entry('/good', mcpServer({ name: 'good' })),
    late: entry('/late', firstThen(2, status(503), mcpServer({ name: 'late' }))),
    gone: entry('/gone', status(404)),
    closed: entry('/closed', status(401)),
  };
  await writeFile(config, JSON.stringify({ mcpServers }));
  await writeFile(join(place.project, 'client.mjs'), CLIENT);
});
afterAll(async () => {
  await place.remove();
  await server.close();
});

const under = (words: readonly string[], command: readonly string[], input?: string): ReturnType<Place['run']> =>
  place.run(['run', '--config', config, ...words, '--', ...command], input === undefined ? {} : { input });

describe('holdfast run', () => {
  test('[run.environment] a command lists the tools of servers that came up late, with what stands in its environment', async () => {
    const ran = await under(['--require', 'good', '--require', 'late'], [process.execPath, 'client.mjs']);
    expect(ran.code, ran.stderr).toBe(0);
    const seen = JSON.parse(ran.stdout) as { status: number; bad: number; tools: readonly string[] };
    expect(seen).toMatchObject({ status: 200, bad: 401 });
    expect(seen.tools.some((name) => name.startsWith('good__'))).toBe(true);
    expect(seen.tools.some((name) => name.startsWith('late__'))).toBe(true);
  });

  test.each([
    ['gone', 4],
    ['closed', 3],
    ['nobody', 6],
  ])('[run.require] --require %s ends with %i and runs nothing', async (name, code) => {
    const ran = await under(['--require', name], [process.execPath, '-e', 'console.log("ran")']);
    expect(ran.code).toBe(code);
    expect(ran.stdout).toBe('');
    expect(ran.stderr).toContain(name);
  });

  test('[run.environment] a command under it outlives a restart of the daemon whose connections it uses', async () => {
    expect((await place.run(['daemon', 'start'])).code).toBe(0);
    try {
      const bin = join(await builtDist(), 'bin.js');
      const script = `${process.execPath} client.mjs && echo && ${process.execPath} ${bin} daemon restart >&2 && for i in 1 2 3 4 5 6 7 8 9 10; do sleep 0.5; ${process.execPath} client.mjs 2>/dev/null && break; done`;
      const ran = await under(['--require', 'good'], ['/bin/sh', '-c', script]);
      expect(ran.code, ran.stderr).toBe(0);
      expect(ran.stderr).toContain('listening again');
      const seen = ran.stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as { status: number });
      expect(seen.map((one) => one.status)).toEqual([200, 200]);
    } finally {
      await place.run(['daemon', 'stop']);
    }
  });

  test('[run.terminal] input, output and exit code are those of the command', async () => {
    const script =
      'process.stdin.on("data", (d) => process.stdout.write(String(d).toUpperCase())).on("end", () => process.exit(37))';
    const ran = await under(['--wait', '0s'], [process.execPath, '-e', script], 'hello');
    expect(ran).toMatchObject({ code: 37, stdout: 'HELLO' });
  });

  test('[run.terminal] a command that is not there is misuse', async () => {
    const ran = await under(['--wait', '0s'], ['no-such-command-here']);
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain('no-such-command-here is no command of this shell (ENOENT)');
  });

  test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
    '[run.terminal] %s reaches the command, twice where it is sent twice, and run ends after it',
    async (signal) => {
      const script = `let n = 0; process.on('${signal}', () => { n += 1; console.log('got ' + n); if (n === 2) process.exit(9); }); setInterval(() => {}, 1000); console.log('up');`;
      const child = spawn(
        process.execPath,
        [
          join(await builtDist(), 'bin.js'),
          'run',
          '--config',
          config,
          '--wait',
          '0s',
          '--',
          process.execPath,
          '-e',
          script,
        ],
        { cwd: place.project, env: place.env, stdio: ['ignore', 'pipe', 'pipe'] },
      );
      let out = '';
      child.stdout.on('data', (data) => {
        out += String(data);
      });
      const ended = new Promise<number | null>((resolve) => {
        child.once('exit', (code) => resolve(code));
      });
      const until = async (text: string): Promise<void> => {
        for (let tries = 0; tries < 400 && !out.includes(text); tries += 1) await pause(25);
        expect(out).toContain(text);
      };
      await until('up');
      child.kill(signal);
      await until('got 1');
      child.kill(signal);
      expect(await ended).toBe(9);
      expect(out).toContain('got 2');
    },
  );
});
