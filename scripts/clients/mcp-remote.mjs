/**
 * mcp-remote: for clients that only start commands. What speaks to the gateway is mcp-remote; the SDK speaks to it.
 *
 * @module
 */
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { fromNpm } from './cache.mjs';
import { sdkSession } from './sdk-session.mjs';

const VERSION = '0.15.1';

export const mcpRemote = {
  id: 'mcp-remote',
  title: `mcp-remote ${VERSION}`,
  faces: ['http'],
  async open(stage, root) {
    const folder = await fromNpm(root, 'mcp-remote', VERSION);
    const program = join(folder, 'node_modules', '.bin', 'mcp-remote');
    const client = new Client({ name: 'clients', version: '1' });
    await client.connect(
      new StdioClientTransport({
        command: process.execPath,
        args: [program, stage.url, '--header', 'Authorization:${AUTH}', '--transport', 'http-only'],
        env: { ...stage.env, AUTH: `Bearer ${stage.token}` },
        cwd: stage.project,
        stderr: 'ignore',
      }),
    );
    return sdkSession(client);
  },
};
