/**
 * The gateway under test, as its users start it: `holdfast serve`, in a home of its own.
 *
 * @module
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { askOnce } from './load.mjs';
import { sleep, startProgram } from './targets.mjs';

/** Starts it in front of `servers`; resolves when the tools of all of them are listed. `nodeArgs` are for profiles. */
export async function startHoldfast(servers, { bin, home, nodeArgs = [] }) {
  const config = join(home, 'servers.json');
  writeFileSync(config, JSON.stringify({ mcpServers: servers }));
  const env = { PATH: process.env.PATH, HOME: home, XDG_RUNTIME_DIR: home, CI: '1' };
  const started = await startProgram(
    [process.execPath, ...nodeArgs, bin, 'serve', '--port', '0', '--json', '--no-daemon', '--config', config],
    { env, cwd: home },
  );
  try {
    return await listed(started, Object.keys(servers).length);
  } catch (error) {
    await started.stop();
    throw error;
  }
}

async function listed(started, wanted) {
  const { port, tokenFile } = await new Promise((resolve, reject) => {
    let text = '';
    started.child.stdout.on('data', (bytes) => {
      text += bytes;
      if (text.includes('\n')) resolve(JSON.parse(text.split('\n')[0]));
    });
    started.child.once('exit', (code) => reject(new Error(`holdfast ended with ${code}: ${started.said()}`)));
  });
  const headers = { authorization: `Bearer ${readFileSync(tokenFile, 'utf8').trim()}` };
  const target = { ...started, kind: 'http', port, path: '/mcp', headers };
  for (let tries = 0; ; tries += 1) {
    const { result } = await askOnce(target, 'tools/list');
    if (result.tools.filter(({ name }) => name.endsWith('__echo')).length === wanted) return target;
    if (tries > 100) throw new Error('holdfast did not list all servers');
    await sleep(100);
  }
}
