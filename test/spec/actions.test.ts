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

const routes = new Map<string, Route>(Object.entries(ROUTES));
const actions = Object.entries(ACTIONS) as [ActionId, ActionRow][];
const commandOf = (row: ActionRow): (typeof COMMANDS)[number] | undefined =>
  COMMANDS.find(({ name }) => name === row.verb.split(' ')[0]);

describe('[actions.reachable] the action', () => {
  test.each(actions)('%s has its method, its route and its verb', (_id, row) => {
    const route = routes.get(row.method ?? '');
    expect(`${route?.http} ${route?.path}`).toBe(row.route);
    expect(commandOf(row)).toBeDefined();
  });

  test('that changes something is never a GET', () => {
    const reading = new Set<ActionId>(['details', 'logs', 'show-helper', 'doctor']);
    for (const [id, { route }] of actions) expect(route.startsWith('GET ')).toBe(reading.has(id));
  });
});
