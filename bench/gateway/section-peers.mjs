/**
 * Other gateways: calls at concurrency 16 and the list of 200 tools, each beside Holdfast at the same moment.
 *
 * @module
 */
import { calls, echoTools, list } from './load.mjs';
import { least, measure, median } from './measure.mjs';
import { PEERS } from './peers.mjs';

const SMALL = 100;
const WARM_MS = 4_000;
const ROUNDS = 3;

/** Starts a peer, or says why not. */
async function startPeer(peer, servers, folder) {
  try {
    const target = await peer.start(servers, folder());
    try {
      target.tools = await echoTools(target);
      if (target.tools.length !== Object.keys(servers).length)
        throw new Error(`it lists ${target.tools.length} servers`);
    } catch (error) {
      await target.stop();
      throw error;
    }
    return { target };
  } catch (error) {
    return { why: error.message };
  }
}

async function beside(ours, theirs, load) {
  const rounds = [];
  await measure(theirs.target, { ...load(theirs), ms: WARM_MS });
  await measure(ours.target, { ...load(ours), ms: WARM_MS / 2 });
  for (let round = 0; round < ROUNDS; round += 1)
    rounds.push({
      theirs: await measure(theirs.target, load(theirs)),
      ours: await measure(ours.target, load(ours)),
    });
  const wrong = rounds.find((round) => round.theirs.wrong > round.theirs.calls / 100);
  if (wrong !== undefined) throw new Error(`it answers wrongly: ${wrong.theirs.first}`);
  const bad = rounds.find((round) => round.ours.wrong > 0);
  if (bad !== undefined) throw new Error(`Holdfast answers wrongly: ${bad.ours.first}`);
  return rounds;
}

const callsOf =
  (ms) =>
  ({ target }) => ({ requests: calls(target.tools, SMALL), concurrency: 16, ms });

/**
 * Calls of every peer with one server of each kind that it takes. `ours` holds Holdfast in front of the same, by kind;
 * `entries` the one server, by kind.
 */
export async function comparePeers(ours, entries, { ms, say, folder }) {
  const seen = [];
  const missing = [];
  for (const peer of PEERS)
    for (const upstream of peer.upstreams) {
      const name = `${peer.name} ${peer.version}`;
      say(`${name}, ${upstream} upstream`);
      const { target, why } = await startPeer(peer, { s0: entries[upstream] }, folder);
      if (target === undefined) {
        missing.push({ name, upstream, why });
        continue;
      }
      try {
        const rounds = await beside({ target: ours[upstream] }, { target }, callsOf(ms));
        seen.push({ name, upstream, rounds });
      } catch (error) {
        missing.push({ name, upstream, why: error.message });
      } finally {
        await target.stop();
      }
    }
  return { seen, missing };
}

/** The list of 200 tools from every peer that aggregates over HTTP. */
export async function comparePeersLists(ours, servers, { ms, say, folder }) {
  const seen = [];
  const load = () => ({ requests: list(200), concurrency: 16, ms });
  for (const peer of PEERS.filter(({ aggregates }) => aggregates)) {
    const name = `${peer.name} ${peer.version}`;
    say(`${name}, list of 200 tools`);
    const { target } = await startPeer(peer, servers, folder);
    if (target === undefined) continue;
    try {
      seen.push({ name, rounds: await beside({ target: ours }, { target }, load) });
    } catch {
      // It was told with its calls already, or is told by its absence.
    } finally {
      await target.stop();
    }
  }
  return seen;
}

const figure = (rounds, who, key) =>
  key === 'cpu' ? least(rounds, (round) => round[who].cpu) : median(rounds, (round) => round[who][key]);

/** How many times their throughput is ours. */
export const faster = ({ rounds }) => median(rounds, ({ ours, theirs }) => ours.perSecond / theirs.perSecond);

/** What part of their CPU ours is. */
export const lighter = ({ rounds }) => figure(rounds, 'ours', 'cpu') / figure(rounds, 'theirs', 'cpu');

export const HEAD_OF_PEERS = ['peer', 'upstream', 'req/s', 'p50 ms', 'CPU µs', 'Holdfast req/s', 'CPU µs', '× faster'];

/** The rows of the table. */
export function rowsOfPeers(seen) {
  return seen.map(({ name, upstream = 'list of 200', rounds }) => [
    name,
    upstream,
    figure(rounds, 'theirs', 'perSecond').toFixed(0),
    figure(rounds, 'theirs', 'p50').toFixed(1),
    figure(rounds, 'theirs', 'cpu').toFixed(0),
    figure(rounds, 'ours', 'perSecond').toFixed(0),
    figure(rounds, 'ours', 'cpu').toFixed(0),
    faster({ rounds }).toFixed(1),
  ]);
}
