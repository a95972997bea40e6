/**
 * The making of entries and servers for rows of the fault matrix.
 *
 * @module
 */
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * An entry of type `http` at a path of its own. `more` goes into the entry; `type: undefined` takes the type away.
 * After mending, the path is a good server.
 */
export function http(bench, behaviour = bench.t.mcpServer(), more = {}) {
  const mount = bench.server.mount(bench.path, behaviour);
  return {
    entry: { type: 'http', url: mount.url, ...more },
    mount,
    tries: () => mount.tries,
    mend: () => mount.set(bench.t.mcpServer()),
  };
}

/** An entry that points at an address which is no path of the shared server. */
export function at(url, more = {}) {
  return { entry: { type: 'http', url, ...more } };
}

/** A shell command that prints these headers; the value `TURN` counts its runs. */
export function helper(bench, headers) {
  const file = join(bench.folder, `${bench.name}-helper.mjs`);
  const counter = join(bench.folder, `${bench.name}-helper.count`);
  writeFileSync(
    file,
    `import { existsSync, readFileSync, writeFileSync } from 'node:fs';
const turn = existsSync(${JSON.stringify(counter)}) ? Number(readFileSync(${JSON.stringify(counter)}, 'utf8')) + 1 : 1;
writeFileSync(${JSON.stringify(counter)}, String(turn));
process.stdout.write(${JSON.stringify(JSON.stringify(headers))}.replaceAll('TURN', String(turn)));
`,
  );
  return `${quote(bench.node)} ${quote(file)}`;
}

/** A word for the shell. */
export function quote(text) {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** An entry that runs the scriptable stdio server; every start is counted. */
export function stdio(bench, ...args) {
  const state = join(bench.folder, `${bench.name}.starts`);
  return {
    entry: { type: 'stdio', command: bench.node, args: [bench.program, '--state', state, ...args] },
    tries: () => bench.startsIn(state),
  };
}

/** A file without the permission to be executed. */
export function plainFile(bench) {
  const file = join(bench.folder, `${bench.name}-plain`);
  writeFileSync(file, 'not a program\n');
  chmodSync(file, 0o600);
  return file;
}
