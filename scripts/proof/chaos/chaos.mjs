/**
 * Many clients with equal ids call through the gateway while its servers are cut and killed. No answer is another one's,
 * no call is done twice, and what was surely not done is done in the end.
 *
 * @module
 */
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { bars } from '../refresh/world.mjs';
import { Client } from './client.mjs';
import { startGateway } from './gateway.mjs';
import { HttpServer } from './http-server.mjs';

const STDIO = fileURLToPath(new URL('stdio-server.mjs', import.meta.url));
/** A call that could be done again has to be, within this. */
const PATIENCE_MS = 30_000;
const ERROR = 'holdfast/error';
/** Calls that one client has under way at once. */
const MOST_UNDER_WAY = 10;

const linesOf = (file) => {
  try {
    return readFileSync(file, 'utf8').split('\n').filter(Boolean);
  } catch {
    return [];
  }
};

/** The servers, and what they did: how often each call was begun, and which were refused before that. */
class Servers {
  done = new Map();
  refused = new Map();
  #files = [];
  #timers = [];
  http = [];
  cuts = 0;
  kills = 0;
  rotations = 0;

  constructor(home) {
    this.home = home;
    this.headerFile = join(home, 'headers.json');
  }

  async start() {
    const about = {
      done: (token) => this.done.set(token, (this.done.get(token) ?? 0) + 1),
      refused: (token, status) => this.refused.set(token, status),
    };
    this.http = await Promise.all(
      [
        { name: 'plain', era: 'legacy' },
        { name: 'streams', era: 'legacy', stream: true },
        { name: 'modern', era: 'modern' },
        { name: 'keyed', era: 'legacy' },
      ].map((one) => new HttpServer({ ...one, ...about }).listen()),
    );
    this.rotate();
    this.#files = ['first', 'second'].map((name) => ({ name, file: join(this.home, `${name}.log`) }));
    const remote = Object.fromEntries(this.http.map(({ name, url }) => [name, { type: 'http', url }]));
    const local = this.#files.map(({ name, file }) => [
      name,
      { type: 'stdio', command: process.execPath, args: [STDIO, name, file] },
    ]);
    remote.keyed.headersHelper = `cat ${this.headerFile}`;
    return { ...remote, ...Object.fromEntries(local) };
  }

  get names() {
    return [...this.http.map(({ name }) => name), ...this.#files.map(({ name }) => name)];
  }

  /** The server with the helper wants another token from now on. */
  rotate() {
    this.rotations += 1;
    const bearer = `token-${this.rotations}`;
    // Whole or not at all: the helper may be reading.
    writeFileSync(`${this.headerFile}.new`, JSON.stringify({ Authorization: `Bearer ${bearer}` }));
    renameSync(`${this.headerFile}.new`, this.headerFile);
    this.http.find(({ name }) => name === 'keyed').demand(bearer);
  }

  harm({ cutMs, killMs, rotateMs }) {
    this.http.forEach((server, at) => {
      const cut = () => {
        this.cuts += 1;
        server.cut();
      };
      // Not all at the same moment.
      setTimeout(() => this.#timers.push(setInterval(cut, cutMs)), (cutMs / this.http.length) * at);
    });
    this.#timers.push(setInterval(() => this.rotate(), rotateMs));
    this.#timers.push(setInterval(() => this.#kill(), killMs));
  }

  #kill() {
    for (const { file } of this.#files) {
      this.kills += 1;
      try {
        process.kill(Number(readFileSync(`${file}.pid`, 'utf8')), 'SIGKILL');
      } catch (error) {
        // Between two lives there is nobody to kill.
        if (error.code !== 'ESRCH') throw error;
      }
    }
  }

  rest() {
    for (const timer of this.#timers) clearInterval(timer);
  }

  /** How often each call was begun, at all servers. */
  counted() {
    const all = new Map(this.done);
    for (const { file } of this.#files) for (const token of linesOf(file)) all.set(token, (all.get(token) ?? 0) + 1);
    return all;
  }

  async close() {
    this.rest();
    await Promise.all(this.http.map((server) => server.close()));
  }
}

/** How one call ended. */
async function callOnce(client, server, token, ms) {
  const began = performance.now();
  const ended = (how) => ({ token, server, ms: performance.now() - began, ...how });
  try {
    const { result, error } = await client.ask('tools/call', { name: `${server}__work`, arguments: { token, ms } });
    if (error !== undefined) return ended({ how: 'broken', text: JSON.stringify(error) });
    const text = result.content?.[0]?.text ?? '';
    if (result.isError !== true) return ended({ how: text === `done ${token}` ? 'ok' : 'crossed', text });
    const { sent } = result['_meta']?.[ERROR] ?? {};
    return ended({ how: sent === 'maybe' ? 'interrupted' : 'failed', text });
  } catch (error) {
    return ended({ how: 'broken', text: String(error) });
  }
}

/** Work of a call: mostly short, sometimes long enough that a cut meets it. */
const workMs = (n) => (n % 10 === 0 ? 100 + (n % 7) * 30 : n % 20);

async function untilServed(gateway, names) {
  const client = new Client({ ...gateway, era: 'modern' });
  const end = performance.now() + 30_000;
  for (;;) {
    const { result, error } = await client.ask('tools/list');
    const served = (result?.tools ?? []).map(({ name }) => name);
    if (names.every((name) => served.includes(`${name}__work`))) break;
    if (performance.now() > end) {
      const told = error === undefined ? served.join(' ') : JSON.stringify(error);
      throw new Error(`not all servers are served: ${told} ${gateway.said}`);
    }
    await pause(100);
  }
  client.close();
}

async function settled(call, ended) {
  ended.push(await call);
}

/** All calls of all clients, begun at their times whether or not earlier ones have been answered, within bounds. */
async function callAll(clients, { names, calls, seconds }) {
  const gap = (seconds * 1_000) / calls;
  const start = performance.now();
  const ofClient = async (client, c) => {
    const running = new Set();
    const ended = [];
    for (let n = 1; n <= calls; n += 1) {
      const wait = start + (n - 1 + c / clients.length) * gap - performance.now();
      if (wait > 0) await pause(wait);
      while (running.size >= MOST_UNDER_WAY) await Promise.race(running);
      const call = callOnce(client, names[(n + c) % names.length], `${c}-${n}`, workMs(n + c));
      const slot = settled(call, ended).finally(() => running.delete(slot));
      running.add(slot);
    }
    await Promise.all(running);
    return ended;
  };
  const all = await Promise.all(clients.map(ofClient));
  return { ended: all.flat(), tookMs: performance.now() - start };
}

const atShare = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;

/** How often what was said, the most often first. */
function grouped(ended) {
  const counts = new Map();
  for (const { how, server, text } of ended) {
    const key = `${how} ${server}: ${text.replaceAll(/\d+/g, 'N')}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return [...counts].toSorted(([, a], [, b]) => b - a);
}

/** What the calls came to, against what the servers saw. */
function judge(ended, servers, { expected, isShort }) {
  const counted = servers.counted();
  const of = (how) => ended.filter((one) => one.how === how);
  const twice = [...counted].filter(([, count]) => count > 1);
  const refused = ended.filter(({ token }) => servers.refused.has(token));
  const failed = of('failed');
  const untrue = failed.filter(({ token }) => counted.has(token));
  const again = new Set([...refused, ...failed].map(({ token }) => token));
  const saved = ended.filter(({ token, how, ms }) => again.has(token) && how === 'ok' && ms <= PATIENCE_MS).length;
  // What was refused, sent again and then met a cut may have been done: that is no call that was surely not done.
  const lost = refused.filter(({ how }) => how === 'interrupted').length;
  const owed = again.size - lost;
  const bar = bars();
  bar.equal('calls that ended', ended.length, expected);
  bar.equal('crossed answers', of('crossed').length, 0);
  bar.equal('calls that were done twice', twice.length, 0);
  bar.equal('answers that broke', of('broken').length, 0);
  bar.equal('calls that were said not to be sent, and were done', untrue.length, 0);
  bar.equal('answers without a call at a server', of('ok').filter(({ token }) => !counted.has(token)).length, 0);
  const share = owed === 0 ? 1 : saved / owed;
  bar.atLeast('share of refused or unsent calls that succeed within 30 s', share, 0.999);
  const times = of('ok')
    .map(({ ms }) => ms)
    .toSorted((a, b) => a - b);
  const statuses = [401, 404].map((status) => [...servers.refused.values()].filter((one) => one === status).length);
  // With few calls the stream of a server may be the first to hear that its session is gone.
  const seen = isShort ? statuses[0] + statuses[1] : Math.min(...statuses);
  bar.atLeast('calls that were refused by 401 or 404', seen, 1);
  for (const [text, count] of grouped([...of('broken'), ...of('crossed'), ...failed]).slice(0, 12))
    bar.violations.push(`${count} times ${text}`);
  const figures = {
    calls: ended.length,
    'done and answered': of('ok').length,
    'met by a cut, and told so (may have been done)': of('interrupted').length,
    'of these done at the server': of('interrupted').filter(({ token }) => counted.has(token)).length,
    'refused before they were done (401 / 404)': statuses.join(' / '),
    'refused or unsent, owed': owed,
    'of these done within 30 s': `${saved} (${(share * 100).toFixed(2)} %)`,
    'failed though surely not done': failed.length,
    'crossed / done twice': `${of('crossed').length} / ${twice.length}`,
    'cuts / kills / new tokens': `${servers.cuts} / ${servers.kills} / ${servers.rotations}`,
    'time of a call that was done, ms (p50 / p99 / most)': [0.5, 0.99, 1]
      .map((part) => Math.round(atShare(times, part)))
      .join(' / '),
  };
  return { figures, violations: bar.violations };
}

/** The proof. */
export async function chaos({
  dist,
  seconds = 60,
  clients: count = 50,
  calls = 1_000,
  cutMs = 1_000,
  killMs = 20_000,
  rotateMs = 10_000,
}) {
  const home = mkdtempSync(join(tmpdir(), 'holdfast-chaos-'));
  const servers = new Servers(home);
  let gateway;
  try {
    const config = join(home, 'servers.json');
    writeFileSync(config, JSON.stringify({ mcpServers: await servers.start() }));
    gateway = await startGateway({ dist, home, config });
    await untilServed(gateway, servers.names);
    const clients = Array.from(
      { length: count },
      (_, at) => new Client({ ...gateway, era: at % 2 === 0 ? 'legacy' : 'modern' }),
    );
    await Promise.all(clients.map((client) => client.open()));
    servers.harm({ cutMs, killMs, rotateMs });
    const { ended, tookMs } = await callAll(clients, { names: servers.names, calls, seconds });
    servers.rest();
    for (const client of clients) client.close();
    const { figures, violations } = judge(ended, servers, { expected: count * calls, isShort: seconds < 30 });
    const code = await gateway.close();
    const { said } = gateway;
    gateway = undefined;
    if (code !== 0) violations.push(`the gateway ended with ${code}: ${said}`);
    return { figures: { ...figures, 'all calls took, s': (tookMs / 1_000).toFixed(1) }, violations };
  } finally {
    await gateway?.close();
    await servers.close();
    rmSync(home, { recursive: true, force: true });
  }
}
