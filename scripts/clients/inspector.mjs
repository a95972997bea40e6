/**
 * The MCP Inspector's command line.
 *
 * @module
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fromNpm, node24 } from './cache.mjs';
import { run } from './stage.mjs';

const VERSION = '2.12.0';

export const inspector = {
  id: 'inspector',
  title: `MCP Inspector CLI ${VERSION}`,
  faces: ['stdio', 'http'],
  async open(stage, root, face) {
    const [node, folder] = await Promise.all([node24(root), fromNpm(root, '@modelcontextprotocol/inspector', VERSION)]);
    let config = join(stage.home, '.cursor', 'mcp.json');
    if (face === 'stdio') await stage.holdfast('install', '--into', 'cursor', '--yes');
    else {
      config = join(stage.home, 'inspector.json');
      const entry = { type: 'http', url: stage.url, headers: { Authorization: `Bearer ${stage.token}` } };
      writeFileSync(config, JSON.stringify({ mcpServers: { holdfast: entry } }), { mode: 0o600 });
    }
    const program = join(folder, 'node_modules', '.bin', 'mcp-inspector');
    const ask = async (...args) => {
      const words = [program, '--cli', '--config', config, '--server', 'holdfast', ...args];
      const { code, stdout, stderr } = await run(node, words, { env: stage.env, cwd: stage.project });
      if (code !== 0) throw new Error(`ended with ${code}: ${stderr.trim().split('\n').at(-1)}`);
      return JSON.parse(stdout);
    };
    return {
      tools: async () => (await ask('--method', 'tools/list')).tools.map(({ name }) => name),
      call: async (tool, args) => {
        const words = Object.entries(args).flatMap(([name, value]) => ['--tool-arg', `${name}=${value}`]);
        return JSON.stringify(await ask('--method', 'tools/call', '--tool-name', tool, ...words));
      },
      close: async () => {},
    };
  },
};
