/**
 * Every action can be taken: its method, its verb and its route exist, or all three are not built yet.
 *
 * @module
 */
import { describe, expect, test } from 'vitest';
import { COMMANDS } from '../../src/cli/commands.ts';
import { ACTIONS } from '../../src/core/actions.ts';
import type { ActionId, ActionRow } from '../../src/core/actions.ts';
import { ROUTES } from '../../src/daemon/protocol.ts';
import type { Route } from '../../src/daemon/protocol.ts';

/** What comes with signing in: listed, so that an action that loses its way is not taken for one of these. */
const NOT_BUILT: readonly ActionId[] = [
  'authenticate',
  're-authenticate',
  'clear-authentication',
  'grant-access',
  'not-now',
];

const routes = new Map<string, Route>(Object.entries(ROUTES));
const actions = Object.entries(ACTIONS) as [ActionId, ActionRow][];
const built = actions.filter(([id]) => !NOT_BUILT.includes(id));
const commandOf = (row: ActionRow): (typeof COMMANDS)[number] | undefined =>
  COMMANDS.find(({ name }) => name === row.verb.split(' ')[0]);

describe('[actions.reachable] the action', () => {
  test.each(built)('%s has its method, its route and its verb', (_id, row) => {
    const route = routes.get(row.method ?? '');
    expect(`${route?.http} ${route?.path}`).toBe(row.route);
    expect(commandOf(row)).toBeDefined();
    expect(commandOf(row)?.kind).not.toBe('later');
  });

  test.each(NOT_BUILT)('%s is not built yet, and the shell says so', (id) => {
    const row: ActionRow = ACTIONS[id];
    expect(routes.has(row.method ?? '')).toBe(false);
    expect(commandOf(row)?.kind).toBe('later');
  });

  test('that changes something is never a GET', () => {
    const reading = new Set<ActionId>(['details', 'logs', 'show-helper', 'doctor']);
    for (const [id, { route }] of actions) expect(route.startsWith('GET ')).toBe(reading.has(id));
  });
});
