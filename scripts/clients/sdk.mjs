/**
 * The official TypeScript SDK, the one before (v1) and today's (v2, which asks for the revision without sessions).
 *
 * @module
 */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { fromNpm } from './cache.mjs';
import { sdkSession } from './sdk-session.mjs';

const V1 = '1.32.2';
const V2 = '2.4.0';

async function connected(client, { stdio: Stdio, http: Http }, stage, face) {
  const { command, args } = stage.bridge;
  const requestInit = { headers: { authorization: `Bearer ${stage.token}` } };
  await client.connect(
    face === 'stdio'
      ? new Stdio({ command, args, env: stage.env, cwd: stage.project })
      : new Http(new URL(stage.url), { requestInit }),
  );
  return sdkSession(client);
}

export const sdkV1 = {
  id: 'sdk-v1',
  title: `TypeScript SDK ${V1}`,
  faces: ['stdio', 'http'],
  async open(stage, root, face) {
    const folder = await fromNpm(root, '@modelcontextprotocol/sdk', V1);
    const load = (path) =>
      import(
        pathToFileURL(join(folder, 'node_modules', '@modelcontextprotocol', 'sdk', 'dist', 'esm', 'client', path)).href
      );
    const [main, stdio, http] = await Promise.all([load('index.js'), load('stdio.js'), load('streamableHttp.js')]);
    const transports = { stdio: stdio.StdioClientTransport, http: http.StreamableHTTPClientTransport };
    return connected(new main.Client({ name: 'clients', version: '1' }), transports, stage, face);
  },
};

export const sdkV2 = {
  id: 'sdk-v2',
  title: `TypeScript SDK ${V2}`,
  faces: ['stdio', 'http'],
  open(stage, _root, face) {
    const client = new Client({ name: 'clients', version: '1' }, { versionNegotiation: { mode: 'auto' } });
    const transports = { stdio: StdioClientTransport, http: StreamableHTTPClientTransport };
    return connected(client, transports, stage, face);
  },
};
