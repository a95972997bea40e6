/**
 * Memory of the gateway: at rest, for each session that stands open, and after many that came and went.
 *
 * @module
 */
import { Line, requestBytes } from './http-line.mjs';
import { openSession } from './clients.mjs';
import { processesOf, rssOf, sleep } from './targets.mjs';

const OPEN = 500;
const DROPPED = 2_000;
const AT_ONCE = 20;
const REST_MS = 3_000;

const rss = (target) => rssOf(processesOf(target.who).own);

async function inTurns(count, work) {
  for (let done = 0; done < count; done += AT_ONCE)
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, count - done) }, work));
}

/** A session as a client keeps it: a connection for its requests, another one for its stream, and one call made. */
async function standing(target, tool) {
  const headers = await openSession(target);
  const stream = await Line.open(target.port);
  stream.stream(requestBytes({ ...target, headers, method: 'GET' }), () => {});
  const line = await Line.open(target.port);
  const message = { jsonrpc: '2.0', id: 3, method: 'tools/call', params: { name: tool, arguments: { text: 'x' } } };
  const { status } = await line.exchange(requestBytes({ ...target, headers, body: JSON.stringify(message) }));
  if (status !== 200) throw new Error(`a call of an open session was answered with HTTP ${status}`);
  return () => {
    stream.close();
    line.close();
  };
}

/** In bytes: at rest, for one open session, and what the last of three batches of dropped sessions left. */
export async function measureMemory(target, tool, { say }) {
  await sleep(REST_MS);
  const idle = rss(target);
  say(`${OPEN} sessions that stand open`);
  await inTurns(OPEN / 5, async () => (await standing(target, tool))());
  await sleep(REST_MS);
  const before = rss(target);
  const open = [];
  await inTurns(OPEN, async () => open.push(await standing(target, tool)));
  const perSession = (rss(target) - before) / open.length;
  for (const close of open) close();
  const after = [];
  for (let batch = 0; batch < 3; batch += 1) {
    say(`${DROPPED} sessions opened and dropped, batch ${batch + 1} of 3`);
    await inTurns(DROPPED, () => openSession(target));
    await sleep(REST_MS);
    after.push(rss(target));
  }
  return { idle, perSession, growth: after[2] - after[1], sessions: DROPPED };
}
