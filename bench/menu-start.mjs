/**
 * How long the menu takes to its first picture, and to the first one with the servers on it, as ratios to an empty
 * `node -e 0`. All three are started by the same process in the same terminal, one after the other, and timed from
 * outside by what arrives from that terminal.
 *
 * Usage: node bench/menu-start.mjs [--runs 30] [--bin dist/bin.cjs] [--json]
 *
 * @module
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

/** Ratio that the first picture may have (issue: "It starts ≤ 2.5 × an empty node"); the other is told. */
const LIMIT = 2.5;
const SILENCE_MS = 120_000;

const self = fileURLToPath(import.meta.url);
const root = fileURLToPath(new URL('..', import.meta.url));
const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '30' },
    bin: { type: 'string', default: join(root, 'dist', 'bin.cjs') },
    json: { type: 'boolean', default: false },
    inside: { type: 'boolean', default: false },
  },
});
const runs = Number(values.runs);
const bin = resolve(values.bin);

const started = (args) =>
  new Promise((done) => {
    spawn(process.execPath, args, { stdio: 'inherit' }).on('exit', done);
  });

/** Milliseconds that both processes count alike. */
const clock = () => performance.timeOrigin + performance.now();

/** What begins now, and when: whoever reads it later knows the time all the same. */
const say = (what, run) => process.stdout.write(`@${what}${run}:${clock().toFixed(3)}@`);

/** The process in the terminal: says what it starts, starts it, waits for its end. */
async function inside() {
  for (let run = 0; run < runs; run += 1) {
    say('node', run);
    await started(['-e', '0']);
    say('menu', run);
    await started([bin, 'menu']);
    say('end', run);
  }
}

const entries = (prefix) =>
  Object.fromEntries(
    Array.from({ length: 5 }, (_, at) => [
      `${prefix}${at}`,
      { type: 'http', url: `http://127.0.0.1:9/${prefix}${at}` },
    ]),
  );

/** Ten servers in two files, all unreachable or waiting for a person, so that nothing but the start is measured. */
function makeHome() {
  const home = mkdtempSync(join(tmpdir(), 'hf-'));
  const project = join(home, 'project');
  mkdirSync(project);
  mkdirSync(join(home, 'run'), { mode: 0o700 });
  writeFileSync(join(home, '.claude.json'), JSON.stringify({ mcpServers: entries('user') }, undefined, 2));
  writeFileSync(join(project, '.mcp.json'), JSON.stringify({ mcpServers: entries('project') }, undefined, 2));
  const env = {
    PATH: process.env.PATH,
    HOME: home,
    XDG_RUNTIME_DIR: join(home, 'run'),
    LANG: 'C.UTF-8',
    TERM: 'xterm-256color',
  };
  return { home, project, env };
}

/** Starts it all in a terminal, and times what comes from there. */
function measure({ project, env }) {
  const line = `stty cols 100 rows 30; exec ${process.execPath} ${self} --inside --runs ${runs} --bin ${bin}`;
  const pty = spawn('script', ['-qefc', line, '/dev/null'], { cwd: project, env: { ...env, SHELL: '/bin/sh' } });
  const samples = { 'node -e 0': [], 'first picture': [], 'with the servers': [] };
  return new Promise((done, fail) => {
    let text = '';
    let began = 0;
    let run = 0;
    let awaited = 'node';
    const silence = setTimeout(() => {
      pty.kill('SIGKILL');
      fail(new Error(`nothing more came; the last was ${JSON.stringify(text.slice(-300))}`));
    }, SILENCE_MS);
    /** The time that a mark says, once it is there. */
    const told = (what) => {
      const found = new RegExp(`@${what}${run}:([\\d.]+)@`).exec(text);
      return found === null ? undefined : Number(found[1]);
    };
    const steps = {
      node: (at) => at,
      menu(at) {
        samples['node -e 0'].push(at - began);
        return at;
      },
      picture: (now) => {
        samples['first picture'].push(now - began);
        return began;
      },
      list(now) {
        samples['with the servers'].push(now - began);
        pty.stdin.write('q');
        return began;
      },
      end() {
        run += 1;
        return began;
      },
    };
    const after = { node: 'menu', menu: 'picture', picture: 'list', list: 'end', end: 'node' };
    /** When what is awaited came; pictures come when they are read, marks say their time themselves. */
    const came = (now) => {
      if (awaited === 'picture') return text.includes(' Holdfast') ? now : undefined;
      if (awaited === 'list') return text.includes('user4') ? now : undefined;
      return told(awaited);
    };
    pty.stdout.setEncoding('utf8').on('data', (chunk) => {
      const now = clock();
      text += chunk;
      for (let at = came(now); at !== undefined; at = came(now)) {
        began = steps[awaited](at);
        if (awaited === 'end') text = text.slice(text.lastIndexOf('@end') + 1);
        awaited = after[awaited];
      }
    });
    pty.on('error', (cause) => fail(new Error('script of util-linux is needed (Debian: bsdutils)', { cause })));
    pty.on('exit', () => {
      clearTimeout(silence);
      if (samples['with the servers'].length === runs) done(samples);
      else
        fail(
          new Error(
            `${samples['with the servers'].length} of ${runs} menus were seen: ${JSON.stringify(text.slice(-300))}`,
          ),
        );
    });
  });
}

const median = (list) => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)];

async function outside() {
  const place = makeHome();
  const daemon = (word) => spawnSync(process.execPath, [bin, 'daemon', word], { cwd: place.project, env: place.env });
  try {
    daemon('start');
    // Until every server has had its quick retries.
    spawnSync(process.execPath, [bin, 'status', '--wait', '30s'], { cwd: place.project, env: place.env });
    const samples = await measure(place);
    const base = median(samples['node -e 0']);
    const rows = Object.entries(samples).map(([kind, list]) => ({
      kind,
      medianMs: Number(median(list).toFixed(1)),
      leastMs: Number(Math.min(...list).toFixed(1)),
      ratio: Number((median(list) / base).toFixed(2)),
    }));
    const within = rows.every(({ kind, ratio }) => kind === 'with the servers' || ratio <= LIMIT);
    if (values.json) console.log(JSON.stringify({ bench: 'menu-start', runs, limit: LIMIT, rows }));
    else {
      for (const { kind, medianMs, ratio } of rows) console.log(`${kind.padEnd(18)} ${medianMs} ms   ${ratio} ×`);
      console.log(within ? `within ${LIMIT} ×` : `over ${LIMIT} ×`);
    }
    process.exitCode = within ? 0 : 1;
  } finally {
    daemon('stop');
    rmSync(place.home, { recursive: true, force: true });
  }
}

await (values.inside ? inside() : outside());
