/**
 * Secrets as unique canaries in every place where a person may put one, and servers that try to give them away.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { chmod, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startFaultServer } from '../../src/testing/index.ts';
import type { Exchange, FaultServer } from '../../src/testing/index.ts';
import { makePlace } from '../support/cli.ts';
import type { Place } from '../support/cli.ts';

const CANARY = {
  header: 'canaryHeader7f3a91',
  bearer: 'canaryBearer2b6c4d',
  helper: 'canaryHelper9e8d7c',
  query: 'canaryQuery5a5b5c',
  user: 'canaryUserinfo1c2d',
  env: 'canaryEnv0f0e0d',
  variable: 'canaryVariable3e4f',
} as const;
const VALUES = Object.values(CANARY);
const forms = VALUES.flatMap((value) => [
  value,
  Buffer.from(value).toString('base64').replace(/=+$/, ''),
  encodeURIComponent(value),
]);

let server: FaultServer;
let place: Place;
beforeAll(async () => {
  server = await startFaultServer();
  place = await makePlace();
});
afterAll(async () => {
  await place.run(['daemon', 'stop']);
  await place.remove();
  await server.close();
});

/** Answers with an error whose body repeats everything that was sent. */
const tattle = (code: number) => (exchange: Exchange) => {
  const { request, response } = exchange;
  const told = `you sent ${JSON.stringify(request.headers)} to ${request.url} and the keys are ${VALUES.join(' ')}`;
  response.writeHead(code, {
    'content-type': 'text/plain',
    'www-authenticate': `Bearer realm="${CANARY.bearer}", error_description="${told.slice(0, 80).replaceAll('"', "'")}"`,
  });
  response.end(told);
};

function processArguments(): string {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
      } catch {
        return '';
      }
    })
    .filter((line) => line.includes('holdfast') || line.includes('bin.js') || line.includes('sh -c'))
    .join('\n');
}

async function filesBelow(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return names.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

test('[security.canaries] no canary is in any output, event, log, file of ours or process argument', async () => {
  const helper = join(place.home, 'make-headers.sh');
  await writeFile(helper, `#!/bin/sh\necho '{"X-Made":"${CANARY.helper}"}'\necho "made ${CANARY.helper}" >&2\n`);
  await chmod(helper, 0o755);
  const port = new URL(server.origin).port;
  const stdio = join(place.home, 'leaky.sh');
  await writeFile(
    stdio,
    '#!/bin/sh\necho "the key is $SECRET_KEY and $NEEDED" >&2\necho "stray $SECRET_KEY"\nexit 3\n',
  );
  await chmod(stdio, 0o755);
  const at = (path: string, code: number): string => server.mount(path, tattle(code)).url;
  await writeFile(
    join(place.home, '.claude.json'),
    JSON.stringify({
      mcpServers: {
        header: {
          type: 'http',
          url: at('/header', 401),
          headers: { 'X-Api-Key': CANARY.header, Authorization: `Bearer ${CANARY.bearer}` },
        },
        helper: { type: 'http', url: at('/helper', 403), headersHelper: helper },
        query: { type: 'http', url: `${at('/query', 503)}?api_key=${CANARY.query}` },
        user: { type: 'http', url: `http://me:${CANARY.user}@127.0.0.1:${port}/user` },
        variable: { type: 'http', url: at('/variable', 404), headers: { 'X-V': '${NEEDED}' } },
        leaky: { command: stdio, env: { SECRET_KEY: CANARY.env, NEEDED: '${NEEDED}' } },
      },
    }),
  );
  server.mount('/user', tattle(500));
  const env = { NEEDED: CANARY.variable, HOLDFAST_STARTUP_DELAY_MS: '50', HOLDFAST_RESPAWN_DELAY_MS: '50', DEBUG: '*' };
  const seen: [string, string][] = [];
  const say = async (args: readonly string[]): Promise<void> => {
    const { stdout, stderr } = await place.run(args, { env });
    seen.push([args.join(' '), stdout + stderr]);
  };
  await say(['daemon', 'start']);
  await say(['status', '--json', '--wait', '20s']);
  for (const words of [
    'status',
    'list',
    'list --json',
    'doctor',
    'doctor --json',
    'events --since 0',
    'sources',
    'sources --json',
    'config show',
    'config validate',
    'daemon status',
  ])
    await say(words.split(' '));
  for (const name of ['header', 'helper', 'query', 'user', 'variable', 'leaky']) {
    for (const words of [
      `get ${name}`,
      `get ${name} --json`,
      `logs ${name}`,
      `reconnect ${name}`,
      `reset ${name} --json`,
      `tools ${name}`,
      `call ${name} echo {}`,
      `doctor ${name}`,
    ])
      await say(words.split(' '));
  }
  await say(['status', '--json', '--no-daemon', '--wait', '15s']);
  expect(seen.length).toBeGreaterThan(55);
  // The run saw real answers: the faults themselves are told.
  const all = seen.map(([, text]) => text).join('\n');
  for (const word of ['401', '403', '503', '404', 'exited', 'the key is']) expect(all).toContain(word);
  for (const [what, text] of seen)
    for (const form of forms) expect.soft(text.includes(form), `${form} in "holdfast ${what}"`).toBe(false);

  const processes = processArguments();
  expect(processes).toContain('daemon run');
  for (const form of forms) expect.soft(processes.includes(form), `${form} in process arguments`).toBe(false);
  await place.run(['daemon', 'stop'], { env });
  const inputs = new Set([helper, stdio, join(place.home, '.claude.json')]);
  const ours = (await filesBelow(join(place.home, '..'))).filter((file) => !inputs.has(file));
  expect(ours.some((file) => file.endsWith('.log'))).toBe(true);
  for (const file of ours) {
    const text = await readFile(file, 'utf8').catch(() => '');
    for (const form of forms) expect.soft(text.includes(form), `${form} in ${file}`).toBe(false);
  }
}, 180_000);
