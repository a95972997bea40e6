/**
 * A disk that fails at every point of a redemption: nothing is redeemed that could not be kept, nothing that was redeemed
 * is lost, and the message names the path.
 *
 * @module
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { bars, makeWorld } from './world.mjs';

const STEPS = 14;
/** Until a login whose tokens wait in memory is written again, and until a refused redemption may be tried again. */
const LATER_MS = 2_600;
const REST_MS = 5_100;

const failure = (code, path) => Object.assign(new Error(`${code}: no write, '${path}'`), { code, path });

/**
 * What fails from the `armed`th writing step on. `full` = new bytes find no room, what was set aside can be written;
 * `broken` = nothing can be written; `flicker` = one step fails, once.
 */
const MODELS = {
  full: { code: 'ENOSPC', fails: (step, n, at) => n >= at && (step === 'create' || step === 'touch') },
  'read-only': { code: 'EROFS', fails: (_step, n, at) => n >= at },
  broken: { code: 'EIO', fails: (_step, n, at) => n >= at },
  flicker: { code: 'EIO', fails: (_step, n, at) => n === at },
};

/** A disk over the real one that fails as a model says while it is armed. */
function failing(real, model) {
  const state = { armed: undefined, count: 0, hit: false };
  const step = (name, path) => {
    if (state.armed === undefined) return;
    const n = state.count;
    state.count += 1;
    if (!model.fails(name, n, state.armed)) return;
    state.hit = true;
    throw failure(model.code, path);
  };
  const newFile = (file) => ({
    path: file.path,
    fill: async (bytes) => {
      step('fill', file.path);
      return file.fill(bytes);
    },
    close: () => file.close(),
  });
  const faulty = {
    makeFolder: (path) => real.makeFolder(path),
    checkFolder: (path) => real.checkFolder(path),
    names: (folder) => real.names(folder),
    read: (path, limit) => real.read(path, limit),
    look: (path) => real.look(path),
    async create(path, bytes) {
      step('create', path);
      return newFile(await real.create(path, bytes));
    },
    async touch(path) {
      step('touch', path);
      return real.touch(path);
    },
    async rename(from, to) {
      step('rename', to);
      return real.rename(from, to);
    },
    async remove(path) {
      step('remove', path);
      return real.remove(path);
    },
    async sync(folder) {
      step('sync', folder);
      return real.sync(folder);
    },
  };
  return { state, faulty };
}

/** Tools that make a process of its own: its store, its vault, its refresher. */
async function processes(world) {
  const [{ createFileStore }, { createNodeDisk }, { createFiles }, { createLocks }, vaults, refreshers, http, numbers] =
    await Promise.all(
      [
        'store/file-store.js',
        'store/node-disk.js',
        'system/files.js',
        'system/locks.js',
        'auth/vault/vault.js',
        'auth/vault/refresh.js',
        'net/dispatcher.js',
        'core/numbers.js',
      ].map(world.load),
    );
  const { base, state: folder, lease } = world;
  const { clock, logger, host } = base;
  const locks = createLocks({ clock, platform: host.platform });
  const { fetch } = http.createHttp({ env: {} });
  return (model) => {
    const { state, faulty } = failing(createNodeDisk({ clock, uid: host.uid }), model ?? { fails: () => false });
    const store = createFileStore({
      folder,
      files: createFiles({ clock }),
      locks,
      clock,
      logger,
      uid: host.uid,
      disk: faulty,
    });
    const vault = new vaults.Vault({ ...base, store });
    const refresher = new refreshers.Refresher({ ...base, store, lease, vault, fetch });
    // It is about the disk: a busy machine may take its time.
    const own = numbers.resolveNumbers({ tokenTimeoutMs: 60_000, leaseWaitMs: 60_000 });
    const renew = (id) => refresher.renew(id, { numbers: own, why: 'due' });
    return { state, vault, renew };
  };
}

const tokenOf = (credential) => credential?.tokens.accessToken.reveal();

/** What is wrong with how a renewal was told that met a failing disk. */
function toldWrong({ kind, cause, detail, fault }, isNew, path) {
  if (kind === 'ended') return [`ended: ${detail}`];
  const text = fault?.detail ?? '';
  const isTold = text.startsWith('ERR_STORE_') && text.includes(path);
  if (isNew) return fault === undefined || isTold ? [] : [`unsaved, told as: ${text}`];
  return kind === 'kept' && cause === 'store' && isTold ? [] : [`${kind}, told as: ${text}`];
}

/** What is wrong once the disk works again. */
function keptWrong(after, kept, { isNew, token }) {
  const wrong = [];
  if (after.kind !== (isNew ? 'adopted' : 'fresh'))
    wrong.push(`afterwards ${after.kind}: ${after.fault?.detail ?? ''}`);
  if (tokenOf(kept) !== (isNew ? token : tokenOf(after.credential))) wrong.push('other tokens on the disk');
  if (kept?.status !== 'live') wrong.push(`status ${kept?.status}`);
  return wrong;
}

/** One renewal that meets a failing disk, and the one after it. */
async function suffer(world, own, { id, path, arm, mend }) {
  const before = tokenOf(await world.vault.read(id));
  await own.vault.read(id);
  arm();
  const outcome = await own.renew(id);
  const token = tokenOf(outcome.credential);
  const isNew = token !== before;
  await mend();
  await pause(isNew ? LATER_MS : REST_MS);
  const after = await own.renew(id);
  const kept = await world.vault.read(id);
  const end = outcome.fault === undefined ? 'kept on disk' : 'held in memory';
  return {
    wrong: [...toldWrong(outcome, isNew, path), ...keptWrong(after, kept, { isNew, token })],
    end: isNew ? end : 'not redeemed',
  };
}

async function everyPoint(world, tally, violations) {
  const makeProcess = await processes(world);
  const one = async (name, at) => {
    const { id } = await world.login();
    const own = makeProcess(MODELS[name]);
    const arm = () => {
      own.state.armed = at;
    };
    const mend = () => {
      own.state.armed = undefined;
    };
    const { wrong, end } = await suffer(world, own, { id, path: world.state, arm, mend });
    const what = own.state.hit ? `${name}: ${end}` : `${name}: untouched`;
    tally[what] = (tally[what] ?? 0) + 1;
    violations.push(...wrong.map((text) => `${name} from step ${at} on: ${text}`));
  };
  const cases = Object.keys(MODELS).flatMap((name) => Array.from({ length: STEPS }, (_, at) => [name, at]));
  await Promise.all(cases.map(([name, at]) => one(name, at)));
  return cases.length;
}

/** A small file system of its own; `undefined` where this user may not mount one. */
function smallDisk() {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=512k,mode=700', 'tmpfs', folder], { stdio: 'ignore' });
  } catch {
    rmSync(folder, { recursive: true });
    return undefined;
  }
  const filler = join(folder, 'filler');
  return {
    folder,
    /** Leaves so many bytes. */
    leave(bytes) {
      const { bavail, bsize } = statfsSync(folder);
      writeFileSync(filler, Buffer.alloc(Math.max(0, bavail * bsize - bytes)));
    },
    free: () => rmSync(filler, { force: true }),
    remount: (how) => execFileSync('mount', ['-o', `remount,${how}`, folder], { stdio: 'ignore' }),
    end() {
      execFileSync('umount', ['-l', folder], { stdio: 'ignore' });
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function realDisk(dist, tally, violations) {
  const small = smallDisk();
  if (small === undefined) return 0;
  const world = await makeWorld({ dist, folder: small.folder });
  let seen = 0;
  try {
    const makeProcess = await processes(world);
    const one = async (name, arm, mend) => {
      const { id } = await world.login();
      const { wrong, end } = await suffer(world, makeProcess(), { id, path: small.folder, arm, mend });
      seen += 1;
      tally[`${name}: ${end}`] = (tally[`${name}: ${end}`] ?? 0) + 1;
      violations.push(...wrong.map((text) => `${name}: ${text}`));
      await world.vault.remove(id);
    };
    for (const left of [0, 4, 8, 16, 20, 24, 28, 32, 64])
      await one(
        `tmpfs with ${left} KiB left`,
        () => small.leave(left * 1_024),
        () => small.free(),
      );
    const filled = (as) => {
      as.fault('token', { holdMs: 150, grant: 'refresh_token' });
      setTimeout(() => small.leave(0), 120);
    };
    await one(
      'tmpfs that fills up during the request',
      () => filled(world.as),
      () => small.free(),
    );
    await one(
      'tmpfs, read-only',
      () => small.remount('ro'),
      () => small.remount('rw'),
    );
    const { invalidGrants, familiesRevoked } = world.as.counters;
    if (invalidGrants + familiesRevoked > 0) violations.push(`tmpfs: ${invalidGrants} invalid_grant`);
  } finally {
    await world.close();
    small.end();
  }
  return seen;
}

/** @param {{ dist: string, isQuick?: boolean }} about `isQuick` = without a file system of its own */
export async function disk({ dist, isQuick = false }) {
  const { violations, equal, atLeast } = bars();
  const tally = {};
  const world = await makeWorld({ dist });
  let points = 0;
  try {
    points = await everyPoint(world, tally, violations);
    const { redemptions, invalidGrants, graced, familiesRevoked } = world.as.counters;
    equal('redemptions', redemptions, points);
    equal('invalid_grant · graced · lost', `${invalidGrants} · ${graced} · ${familiesRevoked}`, '0 · 0 · 0');
  } finally {
    await world.close();
  }
  for (const end of ['full: not redeemed', 'broken: not redeemed', 'broken: held in memory', 'flicker: kept on disk'])
    atLeast(`points with the end "${end}"`, tally[end] ?? 0, 1);
  const real = isQuick ? 0 : await realDisk(dist, tally, violations);
  const figures = Object.fromEntries(
    Object.keys(tally)
      .toSorted()
      .map((what) => [what, tally[what]]),
  );
  return {
    figures: {
      'points of failure': points,
      'on a small tmpfs': real === 0 ? 'not tried, or not allowed here' : real,
      ...figures,
    },
    violations,
  };
}
