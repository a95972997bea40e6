/**
 * Twenty MCP servers on loopback: `servers.mjs DIST COUNT`. The last but one hangs and the last one refuses, until
 * `all-well`, and again after `two-ill`.
 *
 * @module
 */
import { createServer } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [dist, count] = process.argv.slice(2);
const { hang, mcpServer, startFaultServer } = await import(pathToFileURL(join(dist, 'testing', 'index.js')).href);

const faults = await startFaultServer();
const mounts = Array.from({ length: Number(count) }, (_, at) =>
  faults.mount(`/s${at}`, mcpServer({ extraTools: 5 }).behaviour),
);
const hanging = mounts.at(-2);
const well = mcpServer({ extraTools: 5 }).behaviour;

/** A port that nobody listens at until it is asked for. */
const port = await new Promise((done) => {
  const probe = createServer().listen(0, '127.0.0.1', () => {
    const { port: free } = probe.address();
    probe.close(() => done(free));
  });
});
let refusing;
const set = {
  'all-well': async () => {
    hanging.set(well);
    refusing ??= await startFaultServer({ port });
    refusing.mount('/last', well);
  },
  'two-ill': async () => {
    hanging.set(hang());
    await refusing?.close();
    refusing = undefined;
  },
};
await set['two-ill']();

const urls = mounts.map(({ url }) => url);
urls[urls.length - 1] = `http://127.0.0.1:${port}/last`;
process.send(Object.fromEntries(urls.map((url, at) => [`server${at}`, { type: 'http', url }])));
process.on('message', (message) => void set[message]().then(() => process.send('done')));
process.on('disconnect', () => process.exit());
