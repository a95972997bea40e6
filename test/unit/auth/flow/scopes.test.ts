/**
 * Which scopes are asked for.
 *
 * @module
 */
import { describe, expect, test } from 'vitest';
import { chooseScopes, missingScopes, splitScopes, type ScopeFacts } from '../../../../src/auth/flow/scopes.ts';

const held = { requested: ['read'], granted: ['read', 'profile'] };

type Facts = Omit<ScopeFacts, 'stepUp'> & { readonly stepUp?: boolean };
type Scopes = readonly string[];

const CASES: [what: string, facts: Facts, scopes: Scopes | undefined, lacking?: Scopes][] = [
  ['nothing is known: the server chooses', {}, undefined],
  ['the resource lists some: all of them', { resource: ['a', 'b'] }, ['a', 'b']],
  ['the challenge names some: those, whatever the resource lists', { challenged: ['x'], resource: ['a'] }, ['x']],
  ['the entry pins some: exactly those', { pinned: ['p'], challenged: ['x'], resource: ['a'] }, ['p'], ['x']],
  ['pinned ones cover the challenge: none is lacking', { pinned: ['p', 'x'], challenged: ['x'] }, ['p', 'x'], []],
  ['the person names some: beside the others', { wanted: ['w'], challenged: ['x'] }, ['x', 'w']],
  ['the person names some beside pinned ones', { wanted: ['x'], pinned: ['p'], challenged: ['x'] }, ['p', 'x'], []],
  [
    'offline_access is listed by the authorization server',
    { resource: ['a'], server: ['a', 'offline_access'] },
    ['a', 'offline_access'],
  ],
  ['offline_access is not listed', { resource: ['a'], server: ['a'] }, ['a']],
  ['offline_access alone would replace the default scopes', { server: ['offline_access'] }, undefined],
  ['pinned scopes get no offline_access', { pinned: ['p'], server: ['offline_access'] }, ['p']],
  ['a login is held: never fewer than before', { challenged: ['x'], held }, ['read', 'x']],
  [
    'a step-up: requested before, granted, challenged',
    { challenged: ['write'], held, stepUp: true },
    ['read', 'profile', 'write'],
  ],
  ['a step-up for what is held already', { challenged: ['read'], held, stepUp: true }, ['read', 'profile']],
  [
    'a step-up does not ask for all that the resource lists',
    { challenged: ['write'], resource: ['a', 'b'], stepUp: true },
    ['write'],
  ],
  [
    'a step-up with pinned scopes says what they lack',
    { pinned: ['read'], challenged: ['read', 'write'], held, stepUp: true },
    ['read'],
    ['write'],
  ],
  ['a step-up that names nothing', { held, stepUp: true }, ['read', 'profile']],
];

describe('[signin.scopes] the scopes of a sign-in', () => {
  test.each(CASES)('%s', (_what, facts, scopes, lacking = []) => {
    expect(chooseScopes({ stepUp: false, ...facts })).toEqual({ scopes, lacking });
  });

  test.each([
    ['all are granted', ['a', 'b'], ['a', 'b'], ['b', 'a'], []],
    ['one is not', ['a', 'b'], ['a', 'b'], ['a'], ['b']],
    ['the server does not say: what was asked for', ['a', 'b'], ['a', 'b'], undefined, []],
    ['the server does not say, and one was not asked for', ['a', 'x'], ['a'], undefined, ['x']],
    ['offline_access is no right at the resource', ['a', 'offline_access'], ['a', 'offline_access'], ['a'], []],
    ['nothing was asked for', [], undefined, ['a'], []],
  ])('missing: %s', (_what, needed, asked, granted, missing) => {
    expect(missingScopes(needed, asked, granted)).toEqual(missing);
  });

  test('a text of scopes is split at any white space, each once', () => {
    expect(splitScopes(' a  b\ta ')).toEqual(['a', 'b']);
  });
});
