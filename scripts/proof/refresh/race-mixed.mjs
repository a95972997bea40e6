/**
 * All kinds of processes of the product want one rotating token at the same time: commands, the daemon, and programs with
 * the library inside. Every caller calls a tool; the authorization server sees one redemption for each expiry.
 *
 * @module
 */
import { execFile, fork, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { bars, makeWorld, quantile } from './world.mjs';

const LIBRARY = fileURLToPath(new URL('mixed-library.mjs', import.meta.url));
/** Latency of the authorization server, before and after it has spent the token: long enough to see who redeems. */
const LATENCY = { waitMs: 100, holdMs: 50, grant: 'refresh_token' };
/** How long before its end a token is renewed here, ± a tenth; and by commands that are to be the first. */
const AHEAD_MS = 200;
const EARLY_MS = 120_000;
/** Longer than any trial. */
const LONG_MS = 60_000;
const WAIT_BAR_MS = 15_000;
/** After its calls a login is renewed within this; a second redemption would be seen after the other. */
const RENEWAL_BAR_MS = 10_000;
const SECOND_LOOK_MS = 300;

/**
 * How a trial begins, in turn: everybody finds the token due by the clock; or the server refuses it before; or commands
 * find it due while nobody else does, and the server refuses it while they redeem.
 */
const WAYS = ['due', 'refused', 'commands-first'];

/** The environment of all processes: a home of their own. */
function homeOf({ base, state }) {
  const at = (name) => {
    const folder = join(state, name);
    mkdirSync(folder, { mode: 0o700 });
    return folder;
  };
  return {
    ...base.host.env,
    HOME: at('home'),
    HOLDFAST_CONFIG_DIR: at('config'),
    HOLDFAST_STATE_DIR: state,
    HOLDFAST_REFRESH_AHEAD_MS: String(AHEAD_MS),
    // Every trial has its own login, and half of them are refused by the server.
    HOLDFAST_REFRESH_GAP_MS: '0',
  };
}

/** A program with the library inside. */
function library({ dist, url, env }) {
  const child = fork(LIBRARY, [dist, url], { env, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const waiting = new Map();
  let next = 0;
  const ready = new Promise((resolve, reject) => {
    child.once('exit', (code, signal) => {
      reject(new Error(`a library process ended: ${code ?? signal}`));
      for (const settle of waiting.values()) settle(['the process is gone']);
    });
    child.on('message', (message) => (message.ready ? resolve() : waiting.get(message.n)?.(message.answers)));
  });
  ready.catch(() => undefined);
  return {
    kind: 'library',
    pid: child.pid,
    ready,
    call: (texts) =>
      new Promise((resolve) => {
        next += 1;
        waiting.set(next, resolve);
        child.send({ n: next, texts });
      }),
    end: () => child.kill('SIGKILL'),
  };
}

/** The daemon, and callers on its socket. */
async function daemon({ world, program, env, file }) {
  const child = spawn(process.execPath, [program, 'daemon', 'run'], { env, stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text) => {
    said += text;
  });
  const [{ daemonPort }, { makeBase }] = await Promise.all(['daemon-port.js', 'assemble.js'].map(world.load));
  const base = makeBase({ ...world.base.host, env, home: env.HOME });
  const port = daemonPort(base, { host: base.host, memory: () => ({}), onCrash: () => () => undefined });
  let joined;
  for (let tries = 0; joined === undefined; tries += 1) {
    if (tries === 200 || child.exitCode !== null) throw new Error(`the daemon does not answer: ${said}`);
    await pause(50);
    joined = await port.connect([file]).catch(() => undefined);
  }
  const { fleet } = joined;
  const view = await joined.view([file]);
  const echo = async (text) => {
    try {
      const result = await fleet.request('docs', 'tools/call', { name: 'echo', arguments: { text } }, { view });
      return result.content[0].text;
    } catch (error) {
      return `${error.code ?? error.name}: ${error.message}`;
    }
  };
  await fleet.snapshots(view);
  return {
    kind: 'daemon',
    pid: child.pid,
    call: (texts) => Promise.all(texts.map(echo)),
    async end() {
      await fleet.close();
      child.kill('SIGKILL');
    },
  };
}

/** `holdfast call …` as somebody types it, once for each text, spread over `spreadMs`. */
function commands({ program, env, file }) {
  const one = async (text, { spreadMs, aheadMs }) => {
    await pause(Math.random() * spreadMs);
    const args = [program, 'call', 'docs', 'echo', JSON.stringify({ text }), '--config', file, '--no-daemon', '--json'];
    const own = { ...env, HOLDFAST_REFRESH_AHEAD_MS: String(aheadMs) };
    return new Promise((resolve) => {
      execFile(process.execPath, args, { env: own }, (error, stdout, stderr) => {
        try {
          resolve(JSON.parse(stdout).content[0].text);
        } catch {
          resolve(`${error?.code}: ${stderr || stdout}`);
        }
      });
    });
  };
  return {
    kind: 'command',
    call: (texts, how) => Promise.all(texts.map((text) => one(text, how))),
    end: () => undefined,
  };
}

/** Looks who notes that a redemption has begun, until it is told to stop. */
function watchNotes(state) {
  const folder = join(state, 'intents');
  const seen = new Set();
  const timer = setInterval(() => {
    try {
      for (const name of readdirSync(folder).filter((one) => one.endsWith('.json')))
        seen.add(JSON.parse(readFileSync(join(folder, name), 'utf8')).record.facts.pid);
    } catch {
      // Not there yet, or gone again.
    }
  }, 10);
  return {
    /** Process ids. */
    seen,
    async first() {
      for (let n = 0; n < 3_000 && seen.size === 0; n += 1) await pause(10);
    },
    stop: () => clearInterval(timer),
  };
}

/** When the owners call, and what the server does before. */
async function beginning(way, { as, notes, leadMs }) {
  if (way === 'commands-first') await notes.first();
  // Before the token is due nobody has to renew it.
  else if (way === 'due') await pause(leadMs + (0.1 + 0.9 * Math.random()) * AHEAD_MS);
  else await pause(leadMs);
  if (way !== 'due') as.expireAccessTokens();
}

/**
 * The login after its renewal. A token that is due and not over is still good for calls, so they may have ended before it
 * is renewed; who holds it renews it at its time, and nobody twice.
 */
async function renewed({ vault, id, generation }) {
  const until = performance.now() + RENEWAL_BAR_MS;
  let kept = await vault.read(id);
  while (kept?.generation === generation && performance.now() < until) {
    await pause(20);
    kept = await vault.read(id);
  }
  await pause(SECOND_LOOK_MS);
  return vault.read(id);
}

/** One expiry, met by everybody at once. */
async function trialOf({ world, actors, callers, trial }) {
  const { as, vault } = world;
  const way = WAYS[trial % WAYS.length];
  const leadMs = 300 + Math.random() * 1_500;
  const { id, generation } = await world.login({
    profile: 'default',
    lifeMs: way === 'due' ? leadMs + AHEAD_MS : LONG_MS,
  });
  const before = as.counters.redemptions;
  const notes = watchNotes(world.state);
  const how = way === 'commands-first' ? { spreadMs: 300, aheadMs: EARLY_MS } : { spreadMs: leadMs, aheadMs: AHEAD_MS };
  const begun = beginning(way, { as, notes, leadMs });
  const waits = [];
  const told = actors.map(async (actor, n) => {
    const isCommand = actor.kind === 'command';
    if (!isCommand) await begun;
    const texts = Array.from({ length: callers }, (_, caller) => `${trial} ${way} ${actor.kind} ${n} ${caller}`);
    const began = performance.now();
    const answers = await actor.call(texts, how);
    if (!isCommand) waits.push(performance.now() - began);
    return { kind: actor.kind, count: answers.length, wrong: answers.filter((answer, at) => answer !== texts[at]) };
  });
  const ended = await Promise.all(told);
  const kept = await renewed({ vault, id, generation });
  notes.stop();
  return {
    way,
    waits,
    ended,
    redeemers: [...notes.seen],
    redemptions: as.counters.redemptions - before,
    steps: (kept?.generation ?? 0) - generation,
    status: kept?.status,
  };
}

/**
 * @param {{ dist: string, trials?: number, libraries?: number, shells?: number, callers?: number }} about
 * `libraries` processes with the library, the daemon, and `shells` from which commands are typed; each has `callers`
 */
export async function raceMixed({ dist, trials = 100, libraries = 5, shells = 2, callers = 10 }) {
  const world = await makeWorld({ dist });
  const { as, state } = world;
  const { violations, equal, atMost, atLeast } = bars();
  const calls = { command: 0, daemon: 0, library: 0 };
  const redeemed = { command: 0, daemon: 0, library: 0 };
  const waits = [];
  const actors = [];
  let expiries = 0;
  try {
    const env = homeOf(world);
    const file = join(state, 'servers.json');
    writeFileSync(file, JSON.stringify({ mcpServers: { docs: { type: 'http', url: as.url } } }));
    const program = ['bin.cjs', 'bin.js'].map((name) => join(dist, name)).find((path) => existsSync(path));
    as.fault('token', LATENCY, Infinity);
    await world.login({ profile: 'default', lifeMs: 3_600_000 });
    actors.push(...Array.from({ length: libraries }, () => library({ dist, url: as.url, env })));
    await Promise.all(actors.map(({ ready }) => ready));
    actors.push(await daemon({ world, program, env, file }));
    actors.push(...Array.from({ length: shells }, () => commands({ program, env, file })));
    const kindOf = (pid) => actors.find((actor) => actor.pid === pid)?.kind ?? 'command';
    for (let trial = 1; trial <= trials; trial += 1) {
      const ran = await trialOf({ world, actors, callers, trial });
      const { way, ended, redeemers, redemptions, steps, status } = ran;
      const name = `trial ${trial} (${way})`;
      expiries += 1;
      waits.push(...ran.waits);
      equal(`${name}: redemptions · generations · status`, `${redemptions} · ${steps} · ${status}`, '1 · 1 · live');
      for (const kind of Object.keys(calls)) {
        const own = ended.filter((one) => one.kind === kind);
        const wrong = own.flatMap((one) => one.wrong);
        const answered = own.reduce((sum, { count }) => sum + count, 0) - wrong.length;
        calls[kind] += answered;
        atLeast(`${name}: calls of kind ${kind} that the server answered`, answered, 1);
        equal(`${name}: calls of kind ${kind} that failed (${wrong[0] ?? ''})`, wrong.length, 0);
      }
      for (const pid of redeemers) redeemed[kindOf(pid)] += 1;
      if (violations.length > 8) break;
    }
  } finally {
    for (const actor of actors) await actor.end();
    await world.close();
  }
  const { redemptions, invalidGrants, graced, familiesRevoked } = as.counters;
  equal('expiries', expiries, trials);
  equal('redemptions', redemptions, expiries);
  equal('invalid_grant', invalidGrants, 0);
  equal('redemptions saved by a grace', graced, 0);
  equal('logins lost', familiesRevoked, 0);
  atMost('longest wait of callers of the daemon and of libraries (ms)', Math.max(...waits), WAIT_BAR_MS);
  if (trials >= 30)
    for (const [kind, count] of Object.entries(redeemed))
      atLeast(`expiries that a ${kind} was seen redeeming`, count, 1);
  else atLeast('expiries that a command was seen redeeming', redeemed.command, 1);
  return {
    figures: {
      'processes: library · daemon · shells with commands': `${libraries} · 1 · ${shells}, ${callers} callers each`,
      'expiries · redemptions': `${expiries} · ${redemptions}`,
      'invalid_grant · logins lost': `${invalidGrants} · ${familiesRevoked}`,
      'calls answered: command · daemon · library': `${calls.command} · ${calls.daemon} · ${calls.library}`,
      'seen redeeming: command · daemon · library': `${redeemed.command} · ${redeemed.daemon} · ${redeemed.library}`,
      'callers of daemon and libraries: wait p50 · max (ms)': [0.5, 1]
        .map((part) => Math.round(quantile(waits, part)))
        .join(' · '),
    },
    violations,
  };
}
