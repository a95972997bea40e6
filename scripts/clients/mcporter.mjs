/**
 * mcporter's command line.
 *
 * @module
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fromNpm, node24 } from './cache.mjs';
import { run } from './stage.mjs';

const VERSION = '0.12.3';

export const mcporter = {
  id: 'mcporter',
  title: `mcporter ${VERSION}`,
  faces: ['stdio', 'http'],
  async open(stage, root, face) {
    const [node, folder] = await Promise.all([node24(root), fromNpm(root, 'mcporter', VERSION)]);
    let config = join(stage.home, '.cursor', 'mcp.json');
    if (face === 'stdio') await stage.holdfast('install', '--into', 'cursor', '--yes');
    else {
      config = join(stage.home, 'mcporter.json');
      const entry = { url: stage.url, headers: { Authorization: 'Bearer ${HOLDFAST_TOKEN}' } };
      writeFileSync(config, JSON.stringify({ mcpServers: { holdfast: entry } }));
    }
    const program = join(folder, 'node_modules', '.bin', 'mcporter');
    const ask = async (...args) => {
      const env = { ...stage.env, HOLDFAST_TOKEN: stage.token };
      const words = [program, '--config', config, ...args];
      const { code, stdout, stderr } = await run(node, words, { env, cwd: stage.project });
      if (code !== 0) throw new Error(`ended with ${code}: ${stderr.trim().split('\n').at(-1)}`);
      return stdout;
    };
    return {
      tools: async () => JSON.parse(await ask('list', 'holdfast', '--json')).tools.map(({ name }) => name),
      call: (tool, args) =>
        ask('call', `holdfast.${tool}`, ...Object.entries(args).map(([name, value]) => `${name}=${value}`)),
      close: async () => {},
    };
  },
};
