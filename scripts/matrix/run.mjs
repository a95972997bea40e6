/**
 * Runs rows of the fault matrix side by side, each with a fleet of its own.
 *
 * @module
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { differences } from './expect.mjs';

/** Rows at once: few enough that the machine, not the product, is never what a row waits for. */
const AT_ONCE = 16;

/** The numbers in force under these variables. */
export function numbersFrom(table, env) {
  const numbers = {};
  for (const [key, row] of Object.entries(table))
    numbers[key] = env[row.env] === undefined ? row.default : Number(env[row.env]);
  return numbers;
}

/** The variables of this process that a fleet may see: those of the person would change what is measured. */
export function cleanEnv(env) {
  return Object.fromEntries(
    Object.entries(env).filter(
      ([name]) => !/^(?:HOLDFAST_|MCP_|CLAUDE_|NODE_OPTIONS$|NODE_EXTRA|VITEST|.*_proxy$)/i.test(name),
    ),
  );
}

/** Counts the starts of a process that writes them down. */
function startsIn(file) {
  try {
    return Number(readFileSync(file, 'utf8'));
  } catch {
    return 0;
  }
}

/** The numbers of a row. */
function numbersOf(world, env) {
  return { ...numbersFrom(world.product.NUMBERS, env), slowMs: world.slowMs };
}

/** Does the work for every item, the slowest ones first; results in the order of the items. */
async function pooled(items, slowness, work) {
  const results = [];
  const queue = [...items.keys()].toSorted((a, b) => slowness(items[b]) - slowness(items[a]));
  const worker = async () => {
    for (let index = queue.shift(); index !== undefined; index = queue.shift())
      results[index] = await work(items[index], index);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return results;
}

/** One row: what was seen, what was expected, and what differs. */
async function runRow(row, index, world) {
  const name = `row-${index}`;
  const { t, server, folder, product } = world;
  const bench = {
    t,
    server,
    folder,
    name,
    path: `/${name}`,
    node: world.node,
    program: world.program,
    slowMs: world.slowMs,
    good: t.mcpServer(),
    startsIn,
  };
  let made;
  let fleet;
  try {
    made = await row.make(bench);
    const env = { ...world.env, ...made.env };
    const numbers = numbersOf(world, env);
    const config = join(folder, `${name}.json`);
    await writeFile(config, JSON.stringify({ mcpServers: { [name]: made.entry } }));
    const began = performance.now();
    fleet = await product.createHoldfast({ config, cwd: folder, env });
    const expected = row.expect(numbers);
    const [snapshot] = await fleet.settled({ timeoutMs: expected.ms[1] + 15_000, names: [name] });
    const seen = {
      snapshot,
      status: snapshot.status,
      reason: snapshot.reason,
      ms: performance.now() - began,
      tries: made.tries?.() ?? snapshot.attempt,
      nextInMs: snapshot.nextRetryAt === undefined ? undefined : Date.parse(snapshot.nextRetryAt) - Date.now(),
    };
    expected.after ??= made.mend === undefined ? undefined : 'reconnect → connected';
    seen.after = await (made.after ?? mendAndReconnect(made.mend))?.({ fleet, name, pause });
    return { name: row.name, peer: row.peer === true, seen, expected, differences: differences(seen, expected) };
  } catch (error) {
    return { name: row.name, peer: row.peer === true, error, differences: [`it failed: ${error?.stack ?? error}`] };
  } finally {
    await fleet?.close();
    await made?.close?.();
  }
}

/** Whatever was wrong is mended; a reconnect must find that at once. */
function mendAndReconnect(mend) {
  if (mend === undefined) return undefined;
  return async ({ fleet, name }) => {
    mend();
    const { snapshot } = await fleet.reconnect(name);
    return `reconnect → ${snapshot.status}`;
  };
}

/**
 * Runs rows. `product` has `createHoldfast` and `NUMBERS`, `t` is the testing module, `program` the path of its stdio
 * server, `env` the variables that the fleets see, `slowMs` how slow the slow server is.
 */
export async function runMatrix(rows, { product, t, program, env, slowMs, node = process.execPath }) {
  const server = await t.startFaultServer();
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-matrix-'));
  try {
    const world = { product, t, program, env, slowMs, node, server, folder };
    // The first connection of a process loads modules; no row shall pay for that.
    await runRow({ ...rows[0], name: 'warm-up' }, 'warm-up', world);
    const slowness = (row) => row.expect(numbersOf(world, env)).ms[1];
    return await pooled(rows, slowness, (row, index) => runRow(row, index, world));
  } finally {
    await server.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Hanging and good servers in one fleet, the hanging ones first in the file: how long after the start the last of the
 * good ones was connected.
 */
export async function runCrowd({ hanging, good }, { product, t, env }) {
  const server = await t.startFaultServer();
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-matrix-'));
  const entries = {};
  for (let index = 0; index < hanging; index += 1)
    entries[`hangs-${index}`] = { type: 'http', url: server.mount(`/hangs-${index}`, t.hang()).url };
  const names = Array.from({ length: good }, (_, index) => `good-${index}`);
  for (const name of names) entries[name] = { type: 'http', url: server.mount(`/${name}`, t.mcpServer()).url };
  const config = join(folder, 'crowd.json');
  await writeFile(config, JSON.stringify({ mcpServers: entries }));
  const began = performance.now();
  const fleet = await product.createHoldfast({ config, cwd: folder, env });
  try {
    const snapshots = await fleet.settled({ timeoutMs: 20_000, names });
    const ms = performance.now() - began;
    return {
      ms,
      connected: snapshots.filter(({ name, status }) => names.includes(name) && status === 'connected').length,
    };
  } finally {
    await fleet.close();
    await server.close();
    await rm(folder, { recursive: true, force: true });
  }
}
