/**
 * `holdfast doctor` as a process, with something really broken for every check it has.
 *
 * @module
 */
import { execFile } from 'node:child_process';
import { chmod, cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { createServer as createTls } from 'node:https';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CHECKS } from '../../src/core/doctor-checks.ts';
import type { Finding } from '../../src/core/fleet.ts';
import { mcpServer, mountSignIn, startAuthServer, startFaultServer, status } from '../../src/testing/index.ts';
import type { FaultServer } from '../../src/testing/index.ts';
import { selfSignedCertificate } from '../../src/testing/self-signed.ts';
import { builtDist } from '../support/build.ts';
import { makePlace } from '../support/cli.ts';
import type { Place } from '../support/cli.ts';

interface Report {
  readonly schema: string;
  readonly findings: readonly Finding[];
}

let servers: FaultServer;
let place: Place;
const open: Server[] = [];
/** Everything that was found, over all runs. */
const all: Finding[] = [];

async function listen(server: Server): Promise<number> {
  open.push(server);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return (server.address() as AddressInfo).port;
}

async function closedPort(): Promise<number> {
  const server = createServer();
  const port = await listen(server);
  await new Promise((resolve) => {
    server.close(resolve);
  });
  return port;
}

async function examine(args: readonly string[] = [], env: Record<string, string> = {}): Promise<readonly Finding[]> {
  const ran = await place.run(['doctor', '--json', ...args], { env });
  const report = JSON.parse(ran.stdout) as Report;
  expect(report.schema).toBe('doctor/v1');
  all.push(...report.findings);
  return report.findings;
}

const http = (path: string, behaviour: Parameters<FaultServer['mount']>[1]): object => ({
  type: 'http',
  url: servers.mount(path, behaviour).url,
});
const ownFolder = (): string => join(place.home, '.config', 'holdfast');

/** A home in which nearly everything is wrong. */
async function spoil(): Promise<Record<string, string>> {
  const tls = await listen(createTls(selfSignedCertificate(Date.now(), true), (_request, response) => response.end()));
  const taken = await listen(createServer());
  const plain = join(place.home, 'not-a-program.sh');
  await writeFile(plain, 'echo\n', { mode: 0o644 });
  const signIn = mountSignIn(servers, '/signs');
  signIn.authorizationServer.set(status(404));
  const mcpServers = {
    tls: { type: 'http', url: `https://127.0.0.1:${tls}/mcp` },
    tcp: { type: 'http', url: `http://127.0.0.1:${await closedPort()}/mcp` },
    // No name may be so long: nobody has to be asked.
    dns: { type: 'http', url: `https://${'x'.repeat(64)}.invalid/mcp` },
    gone: http('/gone', status(404)),
    helped: { ...http('/helped', mcpServer()), headersHelper: 'echo "no ticket" >&2; exit 3' },
    absent: { command: 'no-such-program-here' },
    forbidden: { command: plain },
    pasted: { ...http('/pasted', mcpServer()), headers: { 'X-Key': '${PASTED}' } },
    unset: { ...http('/unset', mcpServer()), headers: { 'X-Key': '${NOT_SET_HERE}' } },
    clear: { ...http('/clear', mcpServer()), headers: { Authorization: 'Bearer in-clear-in-the-file' } },
    signs: { type: 'http', url: signIn.url, oauth: { callbackPort: taken } },
    double: http('/double', mcpServer()),
  };
  await mkdir(ownFolder(), { recursive: true });
  await writeFile(join(ownFolder(), 'servers.json'), JSON.stringify({ mcpServers, webhooks: [{ url: 'ftp://x' }] }), {
    mode: 0o644,
  });
  await writeFile(join(place.home, '.claude.json'), JSON.stringify({ mcpServers: { double: { command: 'true' } } }));
  await writeFile(join(place.project, '.mcp.json'), '{ "mcpServers": { "half": ');
  return { PASTED: 'secret\u200Bvalue' };
}

beforeAll(async () => {
  servers = await startFaultServer();
  place = await makePlace();
});
afterAll(async () => {
  await place.run(['daemon', 'stop']);
  await place.remove();
  await servers.close();
  for (const server of open) {
    server.closeAllConnections();
    server.close();
  }
});

describe('in a home where nearly everything is wrong, doctor', () => {
  let findings: readonly Finding[];
  beforeAll(async () => {
    // Short waits between the tries: everything settles, however busy the machine is.
    const quick = { HOLDFAST_STARTUP_DELAY_MS: '50', HOLDFAST_RESPAWN_DELAY_MS: '50' };
    findings = await examine(['--no-daemon', '--wait', '30s'], { ...(await spoil()), ...quick });
  }, 60_000);

  test.each<[string, Finding['level'], string | undefined, RegExp]>([
    ['doctor.server', 'problem', 'gone', /failed · http-404/],
    ['doctor.config-file', 'problem', undefined, /\.mcp\.json:1:/],
    ['doctor.config-duplicate', 'note', 'double', /not loaded: .*\.config\/holdfast\/servers\.json/],
    ['doctor.config-variable', 'note', undefined, /NOT_SET_HERE is not set \(unset\)/],
    ['doctor.config-entry', 'note', 'clear', /Authorization stands in the file in clear/],
    ['doctor.characters', 'warning', undefined, /the value of PASTED has a zero width space \(U\+200B\) at place 7/],
    ['doctor.file-modes', 'warning', undefined, /servers\.json holds secrets and has the mode 0644/],
    ['doctor.dns', 'problem', 'dns', /the name x+\.invalid has no address \(ENOTFOUND\)/],
    ['doctor.tcp', 'problem', 'tcp', /nobody listens at 127\.0\.0\.1:\d+ \(ECONNREFUSED\)/],
    ['doctor.tls', 'problem', 'tls', /the certificate is not accepted \([A-Z_]+, made by /],
    ['doctor.http', 'problem', 'gone', /HTTP 404 to a request without credentials/],
    ['doctor.sign-in', 'problem', 'signs', /steps 1 and 2, the metadata: auth-server-misconfigured/],
    ['doctor.callback-port', 'problem', undefined, /port \d+ cannot be used \(EADDRINUSE\) \(signs\)/],
    ['doctor.helper', 'problem', 'helped', /the headersHelper ended with 3: no ticket/],
    ['doctor.command', 'problem', 'absent', /no-such-program-here is not in the PATH/],
    ['doctor.command', 'problem', 'forbidden', /not-a-program\.sh may not be executed/],
    ['doctor.webhooks', 'problem', undefined, /webhooks\[0\]: url must be https/],
    ['doctor.daemon', 'note', undefined, /no daemon runs/],
  ])('%s: says %s of %s', (id, level, server, text) => {
    const check = id.slice('doctor.'.length);
    const rows = findings.filter((one) => one.check === check && one.server === server && one.level === level);
    expect(rows.map((one) => one.text).join('\n')).toMatch(text);
  });
});

describe('with one thing wrong, doctor', () => {
  const only = async (entry: object): Promise<readonly string[]> => {
    const file = join(place.project, 'one.json');
    await writeFile(file, JSON.stringify({ mcpServers: { one: entry } }), { mode: 0o600 });
    return ['--no-daemon', '--config', file, '--wait', '0s'];
  };
  const good = (): object => http('/good', mcpServer());
  const texts = (findings: readonly Finding[], check: string, level: Finding['level']): string =>
    findings
      .filter((one) => one.check === check && one.level === level)
      .map((one) => one.text)
      .join('\n');

  test('[doctor.clock] sees that the clock is ten minutes ahead of the server', async () => {
    const late = http('/late', (exchange) => {
      exchange.response.setHeader('date', new Date(Date.now() - 600_000).toUTCString());
      exchange.response.writeHead(405).end();
    });
    expect(texts(await examine(await only(late)), 'clock', 'warning')).toMatch(/10 min ahead of the servers/);
  });

  test('[doctor.http] sends no user and password of an address, and no header of the entry', async () => {
    const mount = servers.mount('/open', mcpServer());
    const url = mount.url.replace('//', '//me:hidden@');
    const findings = await examine(await only({ type: 'http', url, headers: { 'X-Key': 'hidden' } }));
    expect(texts(findings, 'http', 'ok')).toMatch(/^HTTP \d+ to a request without credentials$/);
    const asked = mount.hits().filter(({ body }) => body.includes('holdfast-doctor'));
    expect(asked).toHaveLength(1);
    expect(JSON.stringify(asked)).not.toMatch(/hidden|authorization/i);
  });

  test('[doctor.proxy] [doctor.certificates] sees a proxy that is gone, and certificates that are not there or not checked', async () => {
    const findings = await examine(await only(good()), {
      HTTPS_PROXY: `http://user:hidden@127.0.0.1:${await closedPort()}`,
      NODE_EXTRA_CA_CERTS: join(place.home, 'no-such.pem'),
      NODE_TLS_REJECT_UNAUTHORIZED: '0',
    });
    expect(texts(findings, 'proxy', 'problem')).toMatch(/HTTPS_PROXY: nobody answers at http:\/\/127.*ECONNREFUSED/);
    expect(texts(findings, 'proxy', 'problem')).not.toContain('hidden');
    expect(texts(findings, 'certificates', 'problem')).toMatch(/no certificate is checked/);
    expect(texts(findings, 'certificates', 'problem')).toMatch(/no-such\.pem does not exist/);
  });

  test('[doctor.state-folder] sees that nothing can be remembered', async () => {
    const file = join(place.home, 'a-file');
    await writeFile(file, '');
    const findings = await examine(await only(good()), { HOLDFAST_STATE_DIR: join(file, 'state') });
    expect(texts(findings, 'state-folder', 'problem')).toMatch(/cannot be written \(ENOTDIR\)/);
  });

  test.each([
    ['open', 'warning', /step 5, the login: none is held/, 4],
    ['none', 'problem', /step 4, the client: \S+ registers no clients by itself/, 3],
  ] as const)(
    '[doctor.sign-in] walks the chain step by step where registration is %s',
    async (registration, level, text, steps) => {
      const world = await startAuthServer({ resources: { '/mcp': {} }, registration });
      try {
        const words = [...(await only({ type: 'http', url: world.url })).slice(0, -1), '20s'];
        const findings = (await examine(words)).filter(({ check }) => check === 'sign-in');
        expect(findings.map((one) => one.text.split(/[:,]/)[0])).toEqual([1, 2, 3, 4, 5].map((step) => `step ${step}`));
        expect(findings.filter((one) => one.level === 'ok')).toHaveLength(steps);
        expect(texts(findings, 'sign-in', level)).toMatch(text);
      } finally {
        await world.close();
      }
    },
  );

  test('[doctor.store] sees a login that cannot be read', async () => {
    const folder = join(place.home, '.local', 'state', 'holdfast', 'credentials');
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await writeFile(join(folder, `${'ab'.repeat(32)}.json`), 'rubbish', { mode: 0o600 });
    // The server is awaited: its login is looked for on the way.
    const findings = await examine([...(await only(good())).slice(0, -1), '20s']);
    expect(texts(findings, 'store', 'warning')).toMatch(/abab/);
  });

  test('[doctor.versions] [doctor.daemon] sees a daemon of another version, then a socket that others can reach', async () => {
    const dist = await builtDist();
    const old = join(dirname(dist), `dist-old-${process.pid}`);
    try {
      await cp(dist, old, { recursive: true });
      const version = join(old, 'version.js');
      await writeFile(version, (await readFile(version, 'utf8')).replace(/'\d+\.\d+\.\d+[^']*'/, "'0.0.9'"));
      await promisify(execFile)(process.execPath, [join(old, 'bin.js'), 'daemon', 'start'], {
        cwd: place.project,
        env: place.env,
      });
      const words = (await only(good())).filter((word) => word !== '--no-daemon');
      expect(texts(await examine(words), 'versions', 'warning')).toMatch(/the daemon is 0\.0\.9/);
      const folder = join(place.env['XDG_RUNTIME_DIR'] ?? '', 'holdfast');
      await chmod(folder, 0o777);
      expect(texts(await examine(words), 'daemon', 'problem')).toMatch(/has the mode 0777/);
      await chmod(folder, 0o700);
    } finally {
      await place.run(['daemon', 'stop']);
      await rm(old, { recursive: true, force: true });
    }
  });
});

test('[doctor.remedy] every finding that is not ok has its check and its remedy, and every check was seen to fail', () => {
  const bad = all.filter(({ level }) => level !== 'ok');
  expect(bad.filter(({ hint, check }) => check === undefined || hint === undefined || hint === '')).toEqual([]);
  expect(new Set(bad.map(({ check }) => check))).toEqual(new Set(Object.keys(CHECKS)));
});
