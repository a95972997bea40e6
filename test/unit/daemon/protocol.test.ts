/**
 * The route table is whole: what one face can do, all can do.
 *
 * @module
 */
import { describe, expect, test } from 'vitest';
import { ACTIONS } from '../../../src/core/actions.ts';
import type { ActionRow } from '../../../src/core/actions.ts';
import { RemoteFleet } from '../../../src/daemon/client.ts';
import { HANDLERS } from '../../../src/daemon/handlers.ts';
import { ROUTES, match, pathOf } from '../../../src/daemon/protocol.ts';
import type { Route } from '../../../src/daemon/protocol.ts';
import { LocalFleet } from '../../../src/fleet/local-fleet.ts';

const routes = Object.entries(ROUTES) as [string, Route][];
const rows = Object.entries(ACTIONS) as [string, ActionRow][];
const methodsOf = (type: { prototype: object }): string[] =>
  Object.getOwnPropertyNames(type.prototype).filter((name) => name !== 'constructor');

describe('[daemon.remote-fleet] the control API', () => {
  /** What only the process that owns the fleet asks for. */
  const OWNERS = new Set(['figures', 'refresh', 'forward', 'attach', 'listen', 'gatewayRules']);

  test('has a route, a remote method and an answer for every method of the local fleet', () => {
    const local = methodsOf(LocalFleet).filter((name) => !OWNERS.has(name));
    expect(routes.map(([method]) => method).toSorted()).toEqual(local.toSorted());
    expect(methodsOf(RemoteFleet)).toEqual(expect.arrayContaining(local));
    const answered = [...Object.keys(HANDLERS), 'events', 'request', 'close'];
    expect(answered.toSorted()).toEqual(local.toSorted());
  });

  test.each(rows)('reaches the action %s where the table of actions says', (_id, row) => {
    const { method } = row;
    if (method === undefined) return;
    const known = routes.find(([name]) => name === method)?.[1];
    expect(`${known?.http} ${known?.path}`).toBe(row.route);
  });

  test('gives every route to one method only', () => {
    const keys = routes.map(([, route]) => `${route.http} ${route.path}`);
    expect(new Set(keys).size).toBe(keys.length);
  });

  test('changes nothing by GET', () => {
    const read = routes.filter(([, route]) => route.http === 'GET').map(([method]) => method);
    expect(read.toSorted()).toEqual(
      [
        'owner',
        'snapshots',
        'snapshot',
        'events',
        'settled',
        'approval',
        'sources',
        'logs',
        'helperRun',
        'doctor',
        'lists',
        'loginResult',
        'credentials',
      ].toSorted(),
    );
  });
});

describe('a path', () => {
  test.each([
    'plain',
    'with space',
    'a/b',
    '..',
    '.',
    '',
    '%2e',
    '100%',
    'name?x=1',
    'name#x',
    ':name',
    '$&',
    'ünï/cödé',
    '服务器',
    'reconnect',
  ])('carries the server name %j there and back', (name) => {
    const found = match('POST', pathOf(ROUTES.reconnect, name));
    expect(found).toMatchObject({ method: 'reconnect', name });
    expect(match('GET', pathOf(ROUTES.snapshot, name))).toMatchObject({ method: 'snapshot', name });
  });

  test('carries the id of a sign-in in the place of a name', () => {
    expect(match('POST', pathOf(ROUTES.finishLogin, 'f/1'))).toMatchObject({ method: 'finishLogin', name: 'f/1' });
    expect(match('GET', pathOf(ROUTES.loginResult, ':flow'))).toMatchObject({ method: 'loginResult', name: ':flow' });
  });

  test.each([
    ['GET', '/', []],
    ['GET', '/v1', []],
    ['GET', '/v1/servers/', 'snapshot'],
    ['GET', '/v1/servers/%zz', []],
    ['GET', '/v1/servers/a/reconnect', ['POST']],
    ['DELETE', '/v1/servers', ['GET', 'POST']],
    ['GET', '/v1/../v1/servers', []],
    ['GET', '/v1/daemon?x=1', 'daemon'],
    ['POST', '/v1/servers/a/b/reconnect', []],
  ])('%s %s is matched part by part', (http, url, expected) => {
    const found = match(http, url);
    if (typeof expected === 'string') expect(found).toMatchObject({ method: expected });
    else expect(found).toEqual({ allowed: expected });
  });
});
