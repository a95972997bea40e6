/**
 * What the proofs of the refresh transaction share: an authorization server with rotation and reuse detection, a state
 * folder, logins in it, and processes that renew them.
 *
 * @module
 */
import { fork } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const WORKER = fileURLToPath(new URL('worker.mjs', import.meta.url));
const REDIRECT = 'http://localhost:1/callback';

/** The caller's settings must not change what is proven. */
function cleanEnv() {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(?:HOLDFAST_|NODE_OPTIONS$|VITEST)|proxy$/i.test(name)),
  );
}

/** Modules of the built package by path. */
export const loader = (dist) => (file) => import(pathToFileURL(join(dist, file)).href);

async function form(url, fields) {
  return fetch(url, { method: 'POST', body: new URLSearchParams(fields) });
}

/** Tokens of a fresh consent at `as`, as a person gets them. */
async function consent(as, clientId) {
  const verifier = randomBytes(32).toString('base64url');
  const url = new URL(`${as.issuer}/authorize`);
  url.search = new URLSearchParams({
    response_type: 'code',
    client_id: clientId,
    redirect_uri: REDIRECT,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    scope: 'read',
    resource: as.url,
  }).toString();
  const asked = await fetch(url, { redirect: 'manual' });
  const code = new URL(asked.headers.get('location')).searchParams.get('code');
  const grant = { grant_type: 'authorization_code', code, redirect_uri: REDIRECT, code_verifier: verifier };
  const answer = await form(`${as.issuer}/token`, { ...grant, client_id: clientId, resource: as.url });
  if (!answer.ok) throw new Error(`no tokens: ${answer.status} ${await answer.text()}`);
  return answer.json();
}

async function register(as) {
  const answer = await fetch(`${as.issuer}/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      redirect_uris: [REDIRECT],
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code', 'refresh_token'],
    }),
  });
  return (await answer.json()).client_id;
}

/** One process that renews logins. Ends with `end()`; `child.kill('SIGKILL')` is part of the game. */
export class Worker {
  constructor({ dist, state, mode }) {
    this.mode = mode;
    this.child = fork(WORKER, [dist, state, mode], { env: cleanEnv(), stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    this.waiting = new Map();
    this.next = 0;
    this.gone = once(this.child, 'exit');
    this.ready = new Promise((resolve, reject) => {
      this.child.once('exit', (code, signal) =>
        reject(new Error(`a worker ended before it was ready: ${code ?? signal}`)),
      );
      this.child.on('message', (message) => {
        if (message.ready) resolve();
        else this.waiting.get(message.n)?.(message);
        this.waiting.delete(message.n);
      });
    });
    // Nobody may be waiting for a worker that is ended on purpose.
    this.ready.catch(() => undefined);
    this.child.once('exit', () => {
      for (const settle of this.waiting.values()) settle({ gone: true });
    });
  }

  /** Asks `callers` times at once; the outcomes, or `{ gone: true }` when the process is killed before. */
  async renew(id, ask = {}) {
    await this.ready;
    this.next += 1;
    const n = this.next;
    return new Promise((resolve) => {
      this.waiting.set(n, resolve);
      this.child.send({ n, id, why: 'due', callers: 1, numbers: {}, ...ask }, (error) => {
        if (error !== null) resolve({ gone: true });
      });
    });
  }

  async end() {
    this.child.kill('SIGKILL');
    await this.gone;
  }
}

/** A state folder with everything around it. `close()` removes it. */
export async function makeWorld({ dist, folder, ...options }) {
  const load = loader(dist);
  const [{ startAuthServer }, { Vault }, { Secret }, assemble, { currentHost }] = await Promise.all(
    ['testing/auth-server.js', 'auth/vault/vault.js', 'base/secret.js', 'assemble.js', 'host.js'].map(load),
  );
  const own = folder === undefined;
  const state = folder ?? mkdtempSync(join(tmpdir(), 'holdfast-proof-'));
  const as = await startAuthServer({ accessSeconds: 3_600, graceMs: 0, ...options });
  const base = assemble.makeBase({ ...currentHost(), env: { ...cleanEnv(), HOLDFAST_STATE_DIR: state } });
  const { store, lease } = await assemble.assembleStore(base);
  const vault = new Vault({ ...base, store });
  const clientId = await register(as);
  const workers = [];
  let logins = 0;
  return {
    as,
    base,
    state,
    store,
    lease,
    vault,
    load,
    /** A login whose token is due, under a profile of its own; with `lifeMs` one that lives so long from now. */
    async login({ lifeMs = 0, profile } = {}) {
      const tokens = await consent(as, clientId);
      logins += 1;
      const now = Date.now();
      return vault.create({
        key: {
          issuer: as.issuer,
          resource: as.url,
          client: clientId,
          profile: profile ?? `p${logins}`,
          serverUrl: as.url,
          lane: '',
        },
        authority: { issuer: as.issuer, tokenEndpoint: `${as.issuer}/token`, by: 'metadata' },
        client: { clientId, method: 'none', kind: 'dynamic' },
        tokens: {
          accessToken: new Secret(tokens.access_token),
          refreshToken: new Secret(tokens.refresh_token),
          tokenType: 'bearer',
          obtainedAt: now + lifeMs - 3_600_000,
          expiresAt: now + lifeMs,
        },
        requestedScopes: ['read'],
        grant: 'authorization_code',
        status: 'live',
      });
    },
    worker(mode = 'library') {
      const worker = new Worker({ dist, state, mode });
      workers.push(worker);
      return worker;
    },
    async close() {
      await Promise.all(workers.map((worker) => worker.end()));
      vault.close();
      await as.close();
      if (own) rmSync(state, { recursive: true, force: true });
    },
  };
}

/** Records that are no whole JSON, and files that were set aside: none, if all is well. */
export function tornFiles(state) {
  return readdirSync(state, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => {
      if (/\.(?:lock|tmp)$|\.owner-\d+$/.test(path)) return false;
      if (!path.endsWith('.json')) return true;
      try {
        JSON.parse(readFileSync(path, 'utf8'));
        return false;
      } catch {
        return true;
      }
    });
}

/** The value at this part of a list, 0.5 = the middle one. */
export function quantile(values, part) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? Number.NaN;
}

/** Runs a proof from the command line: prints its figures, and ends with 1 where a bar is not met. */
export async function runProof(name, proof) {
  const at = process.argv.indexOf('--dist');
  const dist = at > 0 ? process.argv[at + 1] : fileURLToPath(new URL('../../../dist', import.meta.url));
  const began = performance.now();
  const { figures, violations } = await proof({ dist, isQuick: process.argv.includes('--quick') });
  for (const [what, figure] of Object.entries(figures)) console.log(`  ${what.padEnd(58)} ${figure}`);
  for (const violation of violations) console.log(`✗ ${violation}`);
  const seconds = ((performance.now() - began) / 1_000).toFixed(1);
  console.log(`${name}: ${violations.length === 0 ? 'held' : 'NOT HELD'} after ${seconds} s`);
  process.exit(violations.length === 0 ? 0 : 1);
}

/** Collects what is not as it has to be. */
export function bars() {
  const violations = [];
  return {
    violations,
    /** `seen` has to be exactly `wanted`. */
    equal(what, seen, wanted) {
      if (seen !== wanted) violations.push(`${what}: ${seen}, but it has to be ${wanted}`);
    },
    atMost(what, seen, limit) {
      if (!(seen <= limit)) violations.push(`${what}: ${seen}, at most ${limit} allowed`);
    },
    atLeast(what, seen, limit) {
      if (!(seen >= limit)) violations.push(`${what}: ${seen}, at least ${limit} needed`);
    },
  };
}
