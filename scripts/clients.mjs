/**
 * `npm run clients`: programs that we did not write, at pinned versions, before `holdfast serve` over stdio and HTTP. Each
 * has to reach every server of the demonstration. Clients can be named: `npm run clients -- mcporter codex`.
 *
 * They are installed into `.tmp/clients` at the first run (about 800 MB, most of it Codex and a Node 24). One that cannot
 * be installed is named, and fails the run only where it was asked for by name or fewer than three are left.
 *
 * @module
 */
import { fileURLToPath } from 'node:url';
import { codex } from './clients/codex.mjs';
import { inspector } from './clients/inspector.mjs';
import { judge } from './clients/judge.mjs';
import { mcpRemote } from './clients/mcp-remote.mjs';
import { mcporter } from './clients/mcporter.mjs';
import { python } from './clients/python.mjs';
import { sdkV1, sdkV2 } from './clients/sdk.mjs';
import { openStage } from './clients/stage.mjs';

const CLIENTS = [inspector, mcporter, mcpRemote, codex, python, sdkV1, sdkV2];
const FEWEST = 3;
const root = fileURLToPath(new URL('..', import.meta.url));

const named = process.argv.slice(2);
const unknown = named.filter((word) => !CLIENTS.some(({ id }) => id === word));
if (unknown.length > 0) {
  process.stderr.write(`no such client: ${unknown.join(', ')}; there are ${CLIENTS.map(({ id }) => id).join(', ')}\n`);
  process.exit(2);
}
const wanted = CLIENTS.filter(({ id }) => named.length === 0 || named.includes(id));

/** One client over one face. */
async function reach(client, face, stage) {
  const began = performance.now();
  const session = await client.open(stage, root, face);
  try {
    return { ...(await judge(session, stage.servers)), ms: performance.now() - began };
  } finally {
    await session.close();
  }
}

async function report(client, face, stage) {
  const title = `${client.title} over ${face}`.padEnd(40);
  try {
    const { missing, tools, calls, ms } = await reach(client, face, stage);
    const verdict = missing.length === 0 ? 'ok  ' : 'FAIL';
    process.stdout.write(`${verdict} ${title} ${tools} tools, ${calls} calls, ${(ms / 1000).toFixed(1)} s\n`);
    for (const what of missing) process.stdout.write(`       ${what}\n`);
    return missing.length === 0 ? 'reached' : 'failed';
  } catch (error) {
    const isInstall = / install /.test(error.message) || error.code === 'ENOENT';
    process.stdout.write(`${isInstall ? 'none' : 'FAIL'} ${title} ${error.message}\n`);
    return isInstall ? 'absent' : 'failed';
  }
}

const stage = await openStage(root);
const results = [];
try {
  process.stdout.write(`${stage.servers.length} servers of the demonstration behind ${stage.url}\n`);
  for (const client of wanted)
    for (const face of client.faces) results.push({ id: client.id, result: await report(client, face, stage) });
} finally {
  await stage.close();
}
const idsOf = (result) => new Set(results.filter((one) => one.result === result).map(({ id }) => id));
const reached = idsOf('reached');
const [failed, absent] = [idsOf('failed'), idsOf('absent')];
const fewest = named.length === 0 ? FEWEST : wanted.length;
process.stdout.write(
  `${reached.size} clients reached every server; ${failed.size} failed, ${absent.size} could not be installed\n`,
);
process.exitCode = failed.size === 0 && reached.size >= fewest ? 0 : 1;
