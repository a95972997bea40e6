/**
 * The load generator: a closed loop in each of several clients, every answer checked.
 *
 * @module
 */
import { openClient } from './clients.mjs';
import { FIRST_ID } from './http-line.mjs';

const percentile = (sorted, p) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * p))] ?? Number.NaN;

/** One request of a client of its own. */
export async function askOnce(target, method, params = {}) {
  const client = await openClient(target);
  try {
    const { status, body } = await client.prepare(JSON.stringify({ method, params }))(FIRST_ID + 1);
    const text = body.toString('utf8');
    if (status !== 200) throw new Error(`${method}: HTTP ${status} ${text.slice(0, 200)}`);
    return JSON.parse(
      text.startsWith('{')
        ? text
        : text
            .split('\n')
            .findLast((line) => line.startsWith('data: {'))
            .slice(6),
    );
  } finally {
    client.close();
  }
}

/** Names of the tools that echo, one for each server. */
export async function echoTools(target) {
  const { result } = await askOnce(target, 'tools/list');
  return result.tools.map(({ name }) => name).filter((name) => /(?:^|[^a-z])echo$/.test(name));
}

const ERROR = Buffer.from('"isError":true');

function call(name, text) {
  const begin = Buffer.from(text.slice(0, 64));
  return {
    text: JSON.stringify({ method: 'tools/call', params: { name, arguments: { text } } }),
    check: (answer) => answer.length > text.length && answer.includes(begin) && !answer.includes(ERROR),
  };
}

/** Calls of each tool in turn, with a text of so many bytes. */
export function calls(tools, bytes) {
  const text = 'The text of a call. '.repeat(Math.ceil(bytes / 20)).slice(0, bytes);
  return tools.map((name) => call(name, text));
}

/** A list of so many tools. */
export function list(tools) {
  return [
    {
      text: JSON.stringify({ method: 'tools/list', params: {} }),
      check: (answer) => answer.length > tools * 400,
    },
  ];
}

/** More than one client sends in a cell; ids of clients that share a pipe are so far apart. */
const IDS_OF_A_CLIENT = 100_000;

/**
 * Runs for `ms`: so many clients, each sending its next request as soon as the last one is answered. `requests` are taken
 * in turn; ids count up in every client alike, but where all share one pipe.
 */
export async function run(target, { requests, concurrency, ms }) {
  const times = [];
  let wrong = 0;
  let first;
  const clients = await Promise.all(Array.from({ length: concurrency }, () => openClient(target)));
  const began = performance.now();
  const until = began + ms;
  await Promise.all(
    clients.map(async (client, number) => {
      const sends = requests.map(({ text }) => client.prepare(text));
      const apart = target.kind === 'stdio' ? (target.used = (target.used ?? 0) + 1) * IDS_OF_A_CLIENT : 1;
      for (let count = 1; performance.now() < until; count += 1) {
        const turn = (count + number) % requests.length;
        const id = FIRST_ID + apart + count;
        const at = performance.now();
        const { status, body } = await sends[turn](id);
        times.push(performance.now() - at);
        if (status === 200 && requests[turn].check(body) && body.includes(`"id":${id}`)) continue;
        wrong += 1;
        first ??= `HTTP ${status} ${body.subarray(0, 300)}`;
      }
    }),
  );
  const took = performance.now() - began;
  for (const client of clients) client.close();
  times.sort((a, b) => a - b);
  return {
    calls: times.length,
    perSecond: (times.length / took) * 1_000,
    p50: percentile(times, 0.5),
    p99: percentile(times, 0.99),
    wrong,
    first,
  };
}
