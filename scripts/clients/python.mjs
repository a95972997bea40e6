/**
 * The official Python SDK.
 *
 * @module
 */
import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { fromPyPi } from './cache.mjs';

const VERSION = '2.3.0';
const SCRIPT = join(dirname(fileURLToPath(import.meta.url)), 'python-client.py');

export const python = {
  id: 'python',
  title: `Python SDK ${VERSION}`,
  faces: ['stdio', 'http'],
  async open(stage, root, face) {
    const interpreter = await fromPyPi(root, 'mcp', VERSION);
    const about = face === 'stdio' ? stage.bridge : { url: stage.url };
    const child = spawn(interpreter, [SCRIPT, JSON.stringify(about)], {
      env: { ...stage.env, HOLDFAST_TOKEN: stage.token },
      cwd: stage.project,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    let stderr = '';
    child.stderr.on('data', (text) => (stderr += text));
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const ask = async (question) => {
      child.stdin.write(`${JSON.stringify(question)}\n`);
      const { value, done } = await lines.next();
      if (done) throw new Error(`python ended: ${stderr.trim().split('\n').at(-1)}`);
      return JSON.parse(value);
    };
    return {
      tools: () => ask({ list: true }),
      call: (tool, args) => ask({ call: tool, arguments: args }),
      close: async () => {
        child.stdin.end();
        await new Promise((resolve) => {
          child.once('close', resolve);
        });
      },
    };
  },
};
