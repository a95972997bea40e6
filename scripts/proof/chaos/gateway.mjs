/**
 * The gateway as a person starts it: `holdfast serve --port 0`, in a home of its own.
 *
 * @module
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The caller's settings must not change what is proven. */
const cleanEnv = () =>
  Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(?:HOLDFAST_|NODE_OPTIONS$|VITEST|XDG_)|proxy$/i.test(name)),
  );

/** Starts it before the servers of `config`. What it says goes to stderr once it has ended badly. */
export async function startGateway({ dist, home, config, env = {} }) {
  const child = spawn(
    process.execPath,
    [join(dist, 'bin.js'), 'serve', '--port', '0', '--no-daemon', '--json', '--config', config],
    { cwd: home, env: { ...cleanEnv(), HOME: home, ...env }, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let said = '';
  child.stderr.on('data', (chunk) => (said += chunk));
  const gone = once(child, 'exit');
  const first = new Promise((resolve) => {
    let text = '';
    child.stdout.on('data', (chunk) => {
      text += chunk;
      if (text.includes('\n')) resolve(text);
    });
  });
  const text = await Promise.race([first, gone.then(() => undefined)]);
  if (text === undefined) throw new Error(`the gateway ended at once: ${said}`);
  const { url, tokenFile } = JSON.parse(text);
  return {
    url,
    token: readFileSync(tokenFile, 'utf8').trim(),
    pid: child.pid,
    get said() {
      return said;
    },
    async close() {
      child.kill('SIGTERM');
      const [code] = await gone;
      return code;
    },
  };
}
