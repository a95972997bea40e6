/**
 * Codex: its app-server, without a model. It reads the file that `install --into codex` wrote.
 *
 * @module
 */
import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fromNpm } from './cache.mjs';

const VERSION = '0.169.0';

/** Requests and answers over the lines of a process. */
function conversation(child) {
  const waiting = new Map();
  let ids = 0;
  createInterface({ input: child.stdout }).on('line', (line) => {
    const { id, result, error } = JSON.parse(line);
    const waits = waiting.get(id);
    if (waits === undefined) return;
    waiting.delete(id);
    if (error === undefined) waits.resolve(result);
    else waits.reject(new Error(error.message));
  });
  child.once('exit', (code) => {
    for (const { reject } of waiting.values()) reject(new Error(`codex ended with ${code}`));
  });
  return (method, params) =>
    new Promise((resolve, reject) => {
      ids += 1;
      waiting.set(ids, { resolve, reject });
      child.stdin.write(`${JSON.stringify({ id: ids, method, params })}\n`);
    });
}

export const codex = {
  id: 'codex',
  title: `Codex app-server ${VERSION}`,
  faces: ['stdio', 'http'],
  async open(stage, root, face) {
    const folder = await fromNpm(root, '@openai/codex', VERSION);
    const home = join(stage.home, '.codex');
    mkdirSync(home, { recursive: true });
    const http = face === 'http' ? ['--http', '--port', new URL(stage.url).port] : [];
    await stage.holdfast('install', '--into', 'codex', '--yes', ...http);
    const child = spawn(process.execPath, [join(folder, 'node_modules', '.bin', 'codex'), 'app-server'], {
      env: { ...stage.env, CODEX_HOME: home, HOLDFAST_TOKEN: stage.token },
      cwd: stage.project,
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    const ask = conversation(child);
    await ask('initialize', { clientInfo: { name: 'clients', version: '1' }, capabilities: { experimentalApi: true } });
    child.stdin.write('{"method":"initialized"}\n');
    const { thread } = await ask('thread/start', { cwd: stage.project, ephemeral: true });
    return {
      async tools() {
        const { data } = await ask('mcpServerStatus/list', {});
        return Object.keys(data.find(({ name }) => name === 'holdfast')?.tools ?? {});
      },
      call: async (tool, args) =>
        JSON.stringify(
          await ask('mcpServer/tool/call', { threadId: thread.id, server: 'holdfast', tool, arguments: args }),
        ),
      close: async () => {
        child.kill('SIGTERM');
        await new Promise((resolve) => {
          child.once('close', resolve);
        });
      },
    };
  },
};
