/**
 * Entries that lead back to the gateway.
 */
import { describe, expect, test } from 'vitest';
import { CLIENT_DIALECTS } from '../../../src/config/install/clients.ts';
import { configRig, PROJECT, viewOf } from '../../support/config-rig.ts';
import { CLIENT_IDS, HTTP_CLIENTS, installRig, PROJECT_CLIENTS, URL_ALL } from '../../support/install-rig.ts';
import type { InstallRequest } from '../../../src/config/install/request.ts';

type Ask = Partial<InstallRequest> & { readonly client: string };

const ASKS: readonly Ask[] = [
  ...CLIENT_IDS.map((client) => ({ client })),
  ...CLIENT_IDS.map((client) => ({ client, server: 'notion' })),
  ...HTTP_CLIENTS.map((client) => ({ client, url: URL_ALL })),
  ...HTTP_CLIENTS.map((client) => ({ client, url: `${URL_ALL}/notion`, server: 'notion' })),
  ...PROJECT_CLIENTS.map((client) => ({ client, scope: 'project' as const })),
];

describe('[serve.loop] Holdfast does not connect to itself:', () => {
  test.each(ASKS)('what it wrote is no server here: %j', async (ask) => {
    for (const program of [{ isOnPath: true }, { isOnPath: false }]) {
      const { file, after, name } = await installRig({ program }).write(ask);
      // The file of a client that is not read here at all is given by name.
      for (const view of [viewOf(), viewOf({ files: [file] })]) {
        const rig = configRig({ [file]: after });
        const { servers, files } = await rig.load(view);
        expect(servers.map((server) => server.name)).not.toContain(name);
        const told = files.filter(({ path }) => path === file).flatMap(({ notes }) => notes ?? []);
        const isRead = view.files !== undefined && after.includes('"mcpServers"');
        if (isRead) expect(told.join('\n')).toContain('own gateway');
      }
    }
  });

  const file = `${PROJECT}/team.json`;
  test.each([
    ['npx', { command: 'npx', args: ['-y', 'holdfast', 'serve', '--stdio'] }],
    ['npx with a version', { command: 'npx', args: ['holdfast@1.2.3', 'serve', '--stdio'] }],
    ['a shim of Windows', { command: 'C:\\npm\\holdfast.cmd', args: ['serve', '--stdio', '--server', 'a'] }],
    [
      'the question of VS Code',
      { type: 'http', url: 'http://[::1]:1/mcp/a', headers: { A: '${input:holdfast-token}' } },
    ],
    ['localhost by name', { type: 'http', url: 'http://localhost:7000/mcp', headers: { A: '${HOLDFAST_TOKEN}' } }],
  ])('an entry by hand through %s is one, too', async (_, entry) => {
    const rig = configRig({ [file]: { mcpServers: { me: entry, other: { command: 'x' } } } });
    const { servers } = await rig.load(viewOf({ files: [file] }));
    expect(servers.map(({ name }) => name)).toEqual(['other']);
  });

  test.each([
    ['another verb', { command: 'holdfast', args: ['demo'] }],
    ['another program', { command: 'serve', args: ['--stdio'] }],
    ['a server beside it', { type: 'http', url: 'http://127.0.0.1:3000/mcp' }],
    [
      'a gateway on another machine',
      { type: 'http', url: 'https://gw.example/mcp', headers: { A: '${HOLDFAST_TOKEN}' } },
    ],
  ])('%s is a server like any other', async (_, entry) => {
    const rig = configRig({ [file]: { mcpServers: { me: entry } } });
    const { servers } = await rig.load(viewOf({ files: [file] }));
    expect(servers.map(({ name }) => name)).toEqual(['me']);
  });

  test('there is something to test', () => {
    expect(CLIENT_DIALECTS.length).toBe(8);
    expect(ASKS.length).toBeGreaterThan(25);
  });
});
