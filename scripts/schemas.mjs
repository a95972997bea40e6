/**
 * Writes the published JSON schemas from the built program; `--check` only says whether they are as they should be.
 *
 * @module
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Each schema: its file, and the export that makes it. */
const SCHEMAS = [
  { file: 'schema/config.schema.json', module: 'dist/config/json-schema.js', name: 'configSchema' },
  { file: 'schema/status.schema.json', module: 'dist/cli/status-schema.js', name: 'statusSchema' },
  { file: 'schema/doctor.schema.json', module: 'dist/cli/doctor-schema.js', name: 'doctorSchema' },
];

const root = new URL('../', import.meta.url);
const build = spawnSync(process.execPath, [fileURLToPath(new URL('scripts/build.mjs', root))], { stdio: 'inherit' });
if (build.status !== 0) process.exit(build.status ?? 1);

function present(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

for (const { file, module, name } of SCHEMAS) {
  const made = (await import(new URL(module, root)))[name]();
  const text = `${JSON.stringify(made, null, 2)}\n`;
  const target = new URL(file, root);
  if (present(target) === text) console.log(`${file}: as it should be`);
  else if (process.argv.includes('--check')) {
    console.error(`${file}: differs from the source; run "npm run schemas"`);
    process.exitCode = 1;
  } else {
    mkdirSync(new URL('.', target), { recursive: true });
    writeFileSync(target, text);
    console.log(`${file}: written`);
  }
}
