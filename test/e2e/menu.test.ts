/**
 * The menu of the built program in a real terminal: its screens, its actions, and the terminal afterwards.
 *
 * @module
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Snapshot } from '../../src/core/snapshot.ts';
import { startDemoFleet } from '../../src/demo/demo-fleet.ts';
import type { DemoFleet } from '../../src/demo/demo-fleet.ts';
import { startAuthServer } from '../../src/testing/auth-server.ts';
import type { AuthServer } from '../../src/testing/auth-server.ts';
import { builtDist } from '../support/build.ts';
import { makePlace } from '../support/cli.ts';
import type { Place } from '../support/cli.ts';
import { ptyTool, startPty } from '../support/menu/pty.ts';
import type { Pty } from '../support/menu/pty.ts';

const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });

let dist: string;
let demo: DemoFleet;
let auth: AuthServer;
let place: Place;
let config: string;
const open: Pty[] = [];

beforeAll(async () => {
  dist = await builtDist();
  console.log(`terminals by ${ptyTool()}`);
  demo = await startDemoFleet({ node: process.execPath, program: join(dist, 'testing', 'stdio-server.js') });
  auth = await startAuthServer({ resources: { '/mcp': { scopes: ['read'], toolScopes: { add: ['admin'] } } } });
  place = await makePlace();
  const file = JSON.parse(await readFile(demo.configFile, 'utf8')) as { mcpServers: Record<string, object> };
  config = join(place.project, 'servers.json');
  await writeFile(
    config,
    JSON.stringify({ mcpServers: { ...file.mcpServers, docs: { url: auth.url } } }, undefined, 2),
  );
});

afterEach(async () => {
  for (const pty of open.splice(0)) await pty.close();
});

afterAll(async () => {
  await place.run(['daemon', 'stop']);
  await auth.close();
  await demo.close();
  await place.remove();
});

/** `sh` runs the program, and then says its code and whether the terminal is as it was. */
const AROUND = (command: string): string =>
  [
    'before=$(stty -g)',
    `sh -c 'echo "PID $$"; exec ${command}'`,
    'code=$?',
    'echo "CODE $code"',
    'i=0; while [ "$(stty -g)" != "$before" ] && [ $i -lt 40 ]; do sleep 0.05; i=$((i+1)); done',
    'if [ "$(stty -g)" = "$before" ]; then echo "TERMINAL same"; else echo "TERMINAL $(stty -g)"; fi',
  ].join('; ');

interface Run {
  readonly args?: readonly string[];
  readonly env?: Record<string, string>;
  readonly line?: (command: string) => string;
  readonly size?: readonly [number, number];
}

function menu({ args = ['--config', config], env = {}, line = AROUND, size = [100, 30] }: Run = {}): Pty {
  const command = [process.execPath, join(dist, 'bin.js'), ...args].join(' ');
  const pty = startPty({
    line: line(command),
    cwd: place.project,
    env: { ...place.env, ...env },
    columns: size[0],
    rows: size[1],
  });
  open.push(pty);
  return pty;
}

const stateOf = async (name: string, file = config): Promise<Snapshot> => {
  const { servers } = await place.json<{ servers: readonly Snapshot[] }>(['status', name, '--json', '--config', file]);
  return servers[0] as Snapshot;
};

/** Puts the focus on a server, by the filter, and takes the filter away again where it is to be seen among the others. */
async function focus(pty: Pty, name: string): Promise<void> {
  pty.send(`/${name}\r`);
  await pty.until((seen) => seen.rows.some((row) => row.startsWith('› ') && row.includes(name)));
}

/** The address on the screen, put together from its rows. */
const addressOn = (rows: readonly string[]): string => {
  const from = rows.findIndex((row) => /^https?:\/\//.test(row));
  const to = rows.findIndex((row, at) => at > from && row === '');
  return rows.slice(from, to).join('');
};

async function over(pty: Pty): Promise<{ readonly code: string; readonly terminal: string }> {
  const ended = { code: await pty.said('CODE'), terminal: await pty.said('TERMINAL') };
  await pty.until((seen) => !seen.alternate && !seen.pastesMarked);
  return ended;
}

describe('[menu.live] the menu in a terminal', () => {
  test('shows the fleet as it settles, every page of a server, and does what is offered', async () => {
    const pty = menu();
    // Who needs a person first, then what failed, then what works, then what is off.
    await pty.until(
      /of \d+ connected.*sign-in +▲ needs-auth.*gone +✗ failed.*local +● connected.*off +○ disabled/s,
      40_000,
    );
    expect(pty.seen().alternate).toBe(true);

    // A server that is not there: what happened, what to do, its parts.
    await focus(pty, 'gone');
    pty.send('\r');
    await pty.until(/✗ failed {2}http-404.*nothing at the configured url.*Next: Correct the url/s);
    for (const part of ['[Sign-in]', '[Tools]', '[Config]', '[Timeline]']) {
      pty.send('\t');
      await pty.until(part);
    }
    pty.send('r');
    await pty.until(/gone: failed \(http-404\)/);
    pty.send('\u001B');
    await pty.until('Filter: gone');
    pty.send('\u001B');
    await pty.until((seen) => !seen.rows.some((row) => row.includes('Filter')));

    // Off and on again, with a question before.
    await focus(pty, 'local');
    await pty.until(/› local +● connected/);
    pty.send('d');
    await pty.until('Disable local?');
    pty.send('y');
    await pty.until(/› local +○ disabled/);
    expect(await stateOf('local')).toMatchObject({ status: 'disabled', reason: 'disabled-by-user' });
    pty.send('e');
    await pty.until(/› local +● connected/);

    // Starting over is there in every state, with a question before.
    pty.send('z');
    await pty.until('Reset local?');
    pty.send('y');
    await pty.until(/local: connected · .*forgot/);

    // Its tools, one of them whole.
    pty.send('t');
    await pty.until(/› echo +Returns the text/);
    pty.send('\r');
    await pty.until(/text {2}string, required/);
    pty.send('?');
    await pty.until('Everywhere');
    pty.send('q');
    expect(await over(pty)).toEqual({ code: '0', terminal: 'same' });
  });

  test('signs in by a pasted address, and grants more rights through the door that listens', async () => {
    const pty = menu();
    await pty.until(/docs +▲ needs-auth/, 40_000);
    await focus(pty, 'docs');
    await pty.until(/› docs +▲ needs-auth/);
    pty.send('a');
    const waiting = await pty.until(/Waiting for you · (?:10:00|9:\d\d) left/);
    const answer = await fetch(addressOn(waiting.rows), { redirect: 'manual' });
    const callback = answer.headers.get('location') ?? '';
    expect(callback).toContain('/callback?');
    pty.send('y');
    await pty.until('Copied, where this terminal lets programs copy');
    expect(pty.output).toContain(`\u001B]52;c;${Buffer.from(addressOn(waiting.rows)).toString('base64')}\u0007`);
    // A wrong address first: it is not taken, and not shown.
    pty.send('\u001B[200~http://localhost:1/callback?code=canary-code&state=x\u001B[201~');
    await pty.until(/\d+ characters, not shown/);
    pty.send('\r');
    await pty.until('Not taken:');
    pty.send(`\u001B[200~${callback}\u001B[201~\r`);
    await pty.until(/docs +● connected/);
    expect(pty.output).not.toContain('canary-code');
    expect(await stateOf('docs')).toMatchObject({ status: 'connected', login: { scopes: ['read'] } });

    const refused = await place.run(['call', 'docs', 'add', '{"a":1,"b":2}', '--config', config]);
    expect(refused.code).toBe(3);
    await pty.until(/docs +● connected +asks for/);
    pty.send('a');
    const asking = await pty.until(/docs asks for more rights.*Waiting for you/s);
    expect((await fetch(addressOn(asking.rows))).ok).toBe(true);
    await pty.until((seen) => seen.rows.some((row) => /docs +● connected +–/.test(row)));
    expect(await place.run(['call', 'docs', 'add', '{"a":1,"b":2}', '--config', config])).toMatchObject({ code: 0 });

    pty.send('c');
    await pty.until('Clear the authentication of docs?');
    pty.send('y');
    await pty.until(/docs +▲ needs-auth/);
    pty.send('q');
    expect(await over(pty)).toEqual({ code: '0', terminal: 'same' });
  });

  test('stops, retries, resets, looks with doctor, shows the run of a helper, and says not now', async () => {
    const more = join(place.project, 'more.json');
    const down = { type: 'http', url: 'http://127.0.0.1:9/mcp' };
    // Quick retries are tested elsewhere; here they would only be waited for.
    const holdfast = { startupRetries: 0 };
    const helped = { type: 'http', url: auth.url, headersHelper: 'echo the helper is broken >&2; exit 3', holdfast };
    await writeFile(more, JSON.stringify({ mcpServers: { down, helped, docs: { url: auth.url } } }));
    const pty = menu({ args: ['--config', more] });
    await pty.until(/down +◌ pending/, 40_000);
    await focus(pty, 'down');
    pty.send('r');
    await pty.until(/down: pending|down: failed/);
    pty.send('s');
    await pty.until(/› down +✗ failed +stopped-by-user/);
    pty.send('D');
    await pty.until(/down › doctor/);
    await pty.until((seen) => seen.rows.some((row) => /(?:ok|note|warning|problem): /.test(row)));
    pty.send('q');
    expect(await over(pty)).toEqual({ code: '0', terminal: 'same' });

    const again = menu({ args: ['--config', more] });
    await again.until(/helped +✗ failed +helper-failed/, 40_000);
    await focus(again, 'helped');
    again.send('h');
    await again.until(/\[Helper\].*Outcome +helper-failed.*the helper is broken/s);
    again.send('\u001B');
    await again.until(/^› helped +✗/m);
    again.send('\u001B');
    await again.until((seen) => !seen.rows.some((row) => row.includes('Filter')));
    await focus(again, 'docs');
    await again.until(/› docs +▲ needs-auth/);
    again.send('z');
    await again.until('Reset docs?');
    again.send('y');
    await again.until(/docs: needs-auth \(sign-in-required\)/);

    // Signed in from elsewhere: seen here at once; more rights are asked for, and refused for now.
    const begun = await place.json<{ flow: string; url: string }>([
      'login',
      'docs',
      '--start',
      '--json',
      '--config',
      more,
    ]);
    const answer = await fetch(begun.url, { redirect: 'manual' });
    const input = answer.headers.get('location') ?? '';
    expect(await place.run(['login', '--finish', begun.flow, '--config', more], { input })).toMatchObject({ code: 0 });
    await again.until(/› docs +● connected/);
    await place.run(['call', 'docs', 'add', '{"a":1,"b":2}', '--config', more]);
    await again.until(/docs +● connected +asks for/);
    again.send('n');
    await again.until((seen) => seen.rows.some((row) => /› docs +● connected +–/.test(row)));
    again.send('q');
    expect(await over(again)).toEqual({ code: '0', terminal: 'same' });
  });

  test('approves an entry of the project after its whole command was shown', async () => {
    const command = [join(dist, 'testing', 'stdio-server.js'), '--name', 'deploys'];
    const entry = { command: process.execPath, args: command, env: { DEPLOY_TOKEN: '${DEPLOY_TOKEN:-none}' } };
    await writeFile(join(place.project, '.mcp.json'), JSON.stringify({ mcpServers: { deploys: entry } }));
    const pty = menu({ args: ['menu'] });
    await pty.until(/deploys +◌ pending +awaiting-approval/);
    pty.send('a');
    const asked = await pty.until(/It would:.*DEPLOY_TOKEN.*Approve/s);
    expect(asked.rows.join('').replaceAll(/\s+/g, '')).toContain(command.join(' ').replaceAll(/\s+/g, ''));
    // Nobody has read it within half a second.
    pty.send('a');
    await pause(700);
    pty.send('x');
    await pty.until('Reject deploys?');
    pty.send('y');
    await pty.until(/deploys +○ disabled +rejected-by-user/);
    pty.send('a');
    await pty.until(/It would:.*Approve/s);
    await pause(700);
    pty.send('a');
    await pty.until(/deploys +● connected/);
    pty.send('\u0003');
    expect(await over(pty)).toEqual({ code: '0', terminal: 'same' });
  });

  test('goes through sizes without a broken row', async () => {
    const pty = menu();
    await pty.until(/of \d+ connected/, 40_000);
    for (const [columns, rows] of [
      [200, 60],
      [60, 16],
      [40, 10],
      [80, 24],
    ] as const) {
      await pty.resize(columns, rows);
      const seen = await pty.until(
        (now) =>
          now.rows.length === rows &&
          (now.rows[0] ?? '').startsWith(' Holdfast') &&
          / \? help/.test(now.rows.at(-1) ?? ''),
      );
      expect(seen.rows.filter((row) => row.startsWith('› '))).toHaveLength(1);
      expect(seen.rows.findIndex((row) => row.startsWith('› '))).toBe(seen.cursor.row);
    }
    pty.send('q');
    expect(await over(pty)).toEqual({ code: '0', terminal: 'same' });
  });

  test('lends the terminal to an editor, whose Ctrl-C it leaves alone', async () => {
    const editor = join(place.project, 'my-editor');
    await writeFile(editor, '#!/bin/sh\ntrap "echo HEARD" INT\necho "EDITING $1"\nwhile ! read -r word; do :; done\n', {
      mode: 0o755,
    });
    // The shell around it hears the key, too.
    const pty = menu({ env: { EDITOR: editor }, line: (command) => `trap : INT; ${AROUND(command)}` });
    await pty.until(/of \d+ connected/, 40_000);
    await focus(pty, 'gone');
    await pty.until(/› gone +✗ failed/);
    pty.send('i');
    await pty.until((seen) => !seen.alternate && seen.rows.join('').includes(`EDITING ${config}`));
    pty.send('\u0003');
    await pty.until('HEARD');
    await pause(200);
    pty.send('done\r');
    await pty.until((seen) => seen.alternate && seen.rows.join('').includes('gone: edited'));
    pty.send('q');
    expect(await over(pty)).toEqual({ code: '0', terminal: 'same' });
  });

  test('draws with ASCII and without colour where that is asked for', async () => {
    const pty = menu({ args: ['menu', '--ascii', '--config', config], env: { NO_COLOR: '1' } });
    const seen = await pty.until(/of \d+ connected.*local/s, 40_000);
    expect(seen.rows.join('')).toMatch(/^[ -~]*$/);
    expect(seen.coloured).toBe(0);
    pty.send('q');
    await over(pty);
  });

  test('says that the daemon has gone, and starts it again on a key', async () => {
    const pty = menu();
    await pty.until(/of \d+ connected/, 40_000);
    await place.run(['daemon', 'stop']);
    await pty.until('starts the daemon again');
    pty.send('R');
    await pty.until(
      (seen) =>
        /daemon pid|of \d+ connected/.test(seen.rows[0] ?? '') && !seen.rows.join('').includes('starts the daemon'),
    );
    await pty.until(/local +● connected/, 40_000);
    pty.send('q');
    expect(await over(pty)).toEqual({ code: '0', terminal: 'same' });
  });
});

describe('[menu.ends] the terminal is as it was after', () => {
  const CRASH = '--import data:text/javascript,setTimeout(()=>{throw(new(Error)("boom"))},2500)';
  const signalled = (signal: NodeJS.Signals) => async (pty: Pty) => {
    process.kill(Number(await pty.said('PID')), signal);
  };

  test.each<readonly [string, (pty: Pty) => Promise<void>, string]>([
    ['q', async (pty) => pty.send('q'), '0'],
    ['Ctrl-C', async (pty) => pty.send('\u0003'), '0'],
    ['SIGINT', signalled('SIGINT'), '130'],
    ['SIGTERM', signalled('SIGTERM'), '130'],
    ['SIGHUP', signalled('SIGHUP'), '130'],
    ['kill -9, by its guard', signalled('SIGKILL'), '137'],
  ])('%s', async (_, end, code) => {
    const pty = menu();
    await pty.until((seen) => seen.alternate && /local/.test(seen.rows.join('')), 40_000);
    // The guard is begun behind the first list.
    await pause(300);
    await end(pty);
    expect(await over(pty)).toEqual({ code, terminal: 'same' });
  });

  test('an exception that nobody caught, which is told', async () => {
    const pty = menu({ env: { NODE_OPTIONS: CRASH } });
    await pty.until((seen) => seen.alternate);
    expect(await over(pty)).toEqual({ code: '1', terminal: 'same' });
    expect(pty.output.slice(pty.output.lastIndexOf('\u001B[?1049l'))).toContain('boom');
  });

  test('Ctrl-Z, and it comes back whole with fg', async () => {
    const line = (command: string): string =>
      `set -m; before=$(stty -g); ${command}; echo "STOPPED $?"; stty -g >/dev/null; if [ "$(stty -g)" = "$before" ]; then echo "THEN same"; fi; sleep 0.5; fg >/dev/null; echo "CODE $?"; if [ "$(stty -g)" = "$before" ]; then echo "TERMINAL same"; else echo "TERMINAL other"; fi`;
    const pty = menu({ line });
    await pty.until((seen) => seen.alternate && /local/.test(seen.rows.join('')), 40_000);
    pty.send('\u001A');
    expect(Number(await pty.said('STOPPED'))).toBeGreaterThan(128);
    expect(await pty.said('THEN')).toBe('same');
    await pty.until((seen) => seen.alternate && /local/.test(seen.rows.join('')));
    pty.send('q');
    expect(await over(pty)).toEqual({ code: '0', terminal: 'same' });
  });
});

describe('[menu.start] without a terminal', () => {
  test('menu says what to type instead and exits 2', async () => {
    const ran = await place.run(['menu', '--config', config]);
    expect(ran).toMatchObject({ code: 2, stdout: '' });
    expect(ran.stderr).toMatch(/the menu needs a terminal[^]*status --config/);
  });

  test('the program alone is status', async () => {
    const ran = await place.run(['--config', config]);
    expect(ran.code).toBe(0);
    expect(ran.stdout).toMatch(/NAME +STATUS +REASON/);
  });

  test('a terminal that cannot be written over gets status, too', async () => {
    const pty = menu({ env: { TERM: 'dumb' } });
    expect(await over(pty)).toEqual({ code: '0', terminal: 'same' });
    expect(pty.output).toMatch(/NAME +STATUS +REASON/);
  });
});
