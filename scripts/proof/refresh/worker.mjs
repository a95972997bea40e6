/**
 * One process of a proof: renews logins of a state folder when its parent says so. `library` redeems here, as a daemon
 * and a library do; `command` in a detached helper, as a short-lived command does.
 *
 * @module
 */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [dist, state, mode] = process.argv.slice(2);
const load = (file) => import(pathToFileURL(join(dist, file)).href);
const [
  { makeBase, assembleStore },
  { currentHost },
  { createHttp },
  { Vault },
  { Refresher },
  { helperRunner },
  numbers,
] = await Promise.all(
  [
    'assemble.js',
    'host.js',
    'net/dispatcher.js',
    'auth/vault/vault.js',
    'auth/vault/refresh.js',
    'redeem.js',
    'core/numbers.js',
  ].map(load),
);

const base = makeBase({ ...currentHost(), env: { ...process.env, HOLDFAST_STATE_DIR: state } });
const opened = await assembleStore(base);
const deps = { ...base, ...opened, fetch: createHttp({ env: {} }).fetch, pid: process.pid };
const vault = new Vault(deps);
const refresher = new Refresher({ ...deps, vault, ...(mode === 'command' ? { redeem: helperRunner(base) } : {}) });

/** An outcome without any secret, and a mark by which tokens can be compared. */
function shown(outcome, tookMs) {
  const { kind, cause, detail, fault, retryInMs, credential } = outcome;
  return {
    kind,
    cause,
    detail: detail ?? fault?.detail,
    reason: fault?.reason,
    retryInMs,
    tookMs,
    generation: credential?.generation,
    status: credential?.status,
    refusal: credential?.refusal,
    token: credential?.tokens.accessToken.reveal().slice(-8),
  };
}

async function renewAll({ n, id, callers, why, sentGeneration, numbers: own }) {
  const ask = {
    numbers: numbers.resolveNumbers(own),
    why,
    ...(sentGeneration === undefined ? {} : { sentGeneration }),
  };
  const outcomes = await Promise.all(
    Array.from({ length: callers }, async () => {
      const began = performance.now();
      return shown(await refresher.renew(id, ask), performance.now() - began);
    }),
  );
  process.send({ n, outcomes });
}

process.on('message', (round) => void renewAll(round));
process.send({ ready: true });
