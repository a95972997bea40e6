/**
 * `npm run matrix`: every fault of the matrix against the built package, with the numbers that people get. Prints what
 * was seen; ends with 1 on any difference from the table, or when it saw too few rows. `--quick` takes small numbers.
 *
 * @module
 */
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { cleanEnv, runCrowd, runMatrix } from './matrix/run.mjs';
import { FEWEST_ROWS, QUICK_ENV, ROWS } from './matrix/table.mjs';

const GOOD_WITHIN_MS = 3_000;

const dist = fileURLToPath(new URL('../dist/', import.meta.url));
const load = (file) => import(pathToFileURL(join(dist, file)).href);
const quick = process.argv.includes('--quick');
const wanted = process.argv.slice(2).find((word) => !word.startsWith('--'));
const rows = ROWS.filter(({ name }) => wanted === undefined || name.includes(wanted));
const world = {
  product: await load('index.js'),
  t: await load('testing/index.js'),
  program: join(dist, 'testing', 'stdio-server.js'),
  env: { ...cleanEnv(process.env), ...(quick ? QUICK_ENV : {}) },
  slowMs: quick ? 800 : 8_000,
};

const seconds = (ms) => (ms / 1_000).toFixed(1);

function line({ name, peer, seen, differences }) {
  const cells =
    seen === undefined
      ? ['–', '–', '–', '–', '–']
      : [
          `${seen.status}${seen.reason === undefined ? '' : ` · ${seen.reason}`}`,
          String(seen.tries),
          seconds(seen.ms),
          seen.nextInMs === undefined ? '–' : `in ${Math.round(seen.nextInMs / 1_000)} s`,
          seen.after ?? '–',
        ];
  const [what, tries, took, next, then] = cells;
  const mark = differences.length === 0 ? ' ' : '✗';
  return `${mark} ${name.slice(0, 62).padEnd(63)}${peer ? '·' : ' '} ${what.padEnd(36)}${tries.padStart(3)} ${took.padStart(7)}  ${next.padEnd(10)} ${then}`;
}

const began = performance.now();
const results = await runMatrix(rows, world);
console.log(
  `  ${'fault (· = a row that other clients were measured under)'.padEnd(65)}${'status · reason'.padEnd(36)}try seconds  next try   what it did next\n`,
);
for (const result of results) console.log(line(result));
for (const { name, differences } of results)
  for (const difference of differences) console.log(`\n✗ ${name}: ${difference}`);
let wrong = results.filter(({ differences }) => differences.length > 0).length;

if (wanted === undefined) {
  const crowd = await runCrowd({ hanging: 40, good: 10 }, world);
  const isGood = crowd.connected === 10 && crowd.ms <= GOOD_WITHIN_MS;
  console.log(
    `\n${isGood ? ' ' : '✗'} 40 hanging servers and 10 good ones behind them: ${crowd.connected} good ones connected after ${seconds(crowd.ms)} s (limit ${seconds(GOOD_WITHIN_MS)} s)`,
  );
  if (!isGood) wrong += 1;
  if (results.length < FEWEST_ROWS) {
    console.log(`\n✗ only ${results.length} rows were seen, at least ${FEWEST_ROWS} are needed`);
    wrong += 1;
  }
}
console.log(`\n${results.length} faults, ${wrong} different, ${seconds(performance.now() - began)} s`);
process.exitCode = wrong === 0 && results.length > 0 ? 0 : 1;
