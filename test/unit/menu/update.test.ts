/**
 * What keys and news do to the menu.
 *
 * @module
 */
import { describe, expect, test } from 'vitest';
import { ACTIONS } from '../../../src/core/action-table.ts';
import type { ActionId } from '../../../src/core/action-table.ts';
import type { Snapshot } from '../../../src/core/snapshot.ts';
import { KEYS, QUICK, keyName } from '../../../src/menu/state/keys.ts';
import type { Command, Msg } from '../../../src/menu/state/messages.ts';
import { topOf } from '../../../src/menu/state/model.ts';
import type { Model, ScreenKind } from '../../../src/menu/state/model.ts';
import { after, liveModel } from '../../support/menu/model.ts';
import { APPROVAL, LISTS, NOW, SERVERS, WAITING } from '../../support/menu/servers.ts';
import { snapshotOf } from '../../support/recording-fleet.ts';

const listAt = (name: string, more: Partial<Model> = {}): Model =>
  liveModel({ screens: [{ kind: 'list', filter: '', typing: false, focus: name }], ...more });

/** A list of one server with these actions. */
const offering = (...next: readonly ActionId[]): Model =>
  liveModel({ servers: [snapshotOf('one', { next })], notLoaded: [] });

const waits: Msg = { kind: 'login-waits', waiting: WAITING, stepUp: false };

describe('[menu.actions] an action', () => {
  const does: readonly (readonly [ActionId, readonly string[], readonly Command[]])[] = [
    ['reconnect', [], [{ kind: 'act', name: 'one', action: 'reconnect' }]],
    ['retry-now', [], [{ kind: 'act', name: 'one', action: 'retry-now' }]],
    ['stop', [], [{ kind: 'act', name: 'one', action: 'stop' }]],
    ['enable', [], [{ kind: 'act', name: 'one', action: 'enable' }]],
    ['not-now', [], [{ kind: 'act', name: 'one', action: 'not-now' }]],
    ['disable', ['y'], [{ kind: 'act', name: 'one', action: 'disable' }]],
    ['reset', ['left', 'enter'], [{ kind: 'act', name: 'one', action: 'reset' }]],
    ['clear-authentication', ['y'], [{ kind: 'act', name: 'one', action: 'clear-authentication' }]],
    ['reject', ['y'], [{ kind: 'act', name: 'one', action: 'reject' }]],
    ['disable', ['n'], []],
    ['disable', ['enter'], []],
    ['disable', ['escape'], []],
    ['approve', [], [{ kind: 'ask-approval', name: 'one' }]],
    ['authenticate', [], [{ kind: 'begin-login', name: 'one', stepUp: false }]],
    ['re-authenticate', [], [{ kind: 'begin-login', name: 'one', stepUp: false }]],
    ['grant-access', [], [{ kind: 'begin-login', name: 'one', stepUp: true }]],
    ['edit', [], [{ kind: 'edit', name: 'one', file: '/cfg/servers.json', line: 1 }]],
    ['logs', [], []],
    ['show-helper', [], [{ kind: 'ask-facts', name: 'one', what: 'helper' }]],
    ['doctor', [], [{ kind: 'ask-doctor', name: 'one' }]],
  ];

  test.each(does)('%s by its letter, then %j', (action, then, commands) => {
    expect(after(offering(action), QUICK[action] ?? '', ...then).commands).toEqual(commands);
  });

  test.each(does)('%s by its number on the page, then %j', (action, then, commands) => {
    expect(after(offering(action), 'enter', '1', ...then).commands).toEqual(commands);
  });

  test.each(does)('%s by Enter on the page, then %j', (action, then, commands) => {
    expect(after(offering('details', action), 'enter', 'down', 'enter', ...then).commands).toEqual(commands);
  });

  test('of the table can be begun, each one', () => {
    expect(new Set([...does.map(([action]) => action), 'details'])).toEqual(new Set(Object.keys(ACTIONS)));
  });

  test('that a server does not offer is not done, whatever key is pressed', () => {
    const keys = [...new Set([...Object.values(QUICK), '1', '2', '9'])].filter((key) => key !== QUICK.reset);
    for (const key of keys) expect([key, after(offering(), key).commands]).toEqual([key, []]);
    for (const key of keys) expect([key, after(offering(), 'enter', key).commands]).toEqual([key, []]);
  });

  test('to reset is there in every state, from the list and from the page, and asks first', () => {
    const reset: Command = { kind: 'act', name: 'one', action: 'reset' };
    for (const keys of [['z'], ['enter', 'z']]) {
      const asked = after(offering('enable', 'details'), ...keys);
      expect([topOf(asked.model).kind, asked.commands]).toEqual(['confirm', []]);
      expect(after(asked.model, 'y').commands).toEqual([reset]);
      expect(after(asked.model, 'enter').commands).toEqual([]);
    }
  });

  test('that shows the log shows the stderr of a process, and else the history', () => {
    const one = (signIn: Snapshot['signIn']): Model =>
      liveModel({ servers: [snapshotOf('one', { signIn, next: ['logs'] })] });
    expect(topOf(after(one('headers'), 'l').model)).toMatchObject({ kind: 'server', tab: 'timeline' });
    const { model, commands } = after(one('stdio'), 'l');
    expect(topOf(model)).toMatchObject({ kind: 'server', tab: 'log' });
    expect(commands).toEqual([{ kind: 'ask-facts', name: 'one', what: 'logs' }]);
  });

  test('is not begun twice while it is being done', () => {
    const { commands } = after(offering('reconnect'), 'r', 'r', 'enter', '1');
    expect(commands).toHaveLength(1);
  });

  test('that was agreed to too late is not done', () => {
    const news: Msg = {
      kind: 'servers',
      servers: [snapshotOf('one', { status: 'disabled', next: ['enable'] })],
      notLoaded: [],
    };
    const { model, commands } = after(offering('disable'), 'd', news, 'y');
    expect(commands).toEqual([]);
    expect(model.notice?.text).toContain('changed meanwhile');
  });

  test('says what it did and in which state the server is', () => {
    const snapshot = snapshotOf('one', { status: 'failed', reason: 'refused', next: ['reconnect'] });
    const { model } = after(offering('reconnect'), 'r', {
      kind: 'did',
      name: 'one',
      report: { snapshot, did: ['re-read /f'] },
    });
    expect(model.busy.size).toBe(0);
    expect(model.notice).toMatchObject({ level: 'warning' });
    expect(model.notice?.text).toMatch(/^one: failed \(refused\) · re-read \/f — Start the server/);
    expect(model.servers).toEqual([snapshot]);
  });

  test('that could not be done says why, and what to do', () => {
    const { model } = after(offering('reconnect'), 'r', {
      kind: 'failed',
      name: 'one',
      text: 'no daemon',
      hint: 'Start it.',
    });
    expect(model.notice).toMatchObject({ level: 'bad', text: 'one: no daemon — Start it.' });
    expect(model.busy.size).toBe(0);
  });
});

describe('[menu.list] the list', () => {
  const order = [
    'deploys',
    'keyed',
    'notion',
    'gone',
    'local-db',
    'search',
    'flaky',
    'files',
    'github',
    'wiki',
    'old-db',
  ];

  test('has those first that need a person', () => {
    const { model } = after(liveModel({ servers: [] }), { kind: 'servers', servers: SERVERS, notLoaded: [] });
    expect(model.servers?.map(({ name }) => name)).toEqual(order);
  });

  test('keeps the focus on a server that moves', () => {
    const healed = SERVERS.map((one): Snapshot => (one.name === 'notion' ? { ...one, status: 'connected' } : one));
    const { model } = after(liveModel(), 'down', 'down', { kind: 'servers', servers: healed, notLoaded: [] }, 'enter');
    expect(topOf(model)).toMatchObject({ kind: 'server', name: 'notion' });
  });

  test.each([
    ['f', ['files', 'flaky']],
    ['needs-auth', ['keyed', 'notion']],
    ['stdio', ['deploys', 'local-db', 'files']],
    ['failed claude', ['gone', 'local-db', 'search']],
  ])('filtered by %j has only what has these words', (filter, names) => {
    const keys = Array.from(filter, (letter) => (letter === ' ' ? 'space' : letter));
    const { model } = after(liveModel(), '/', ...keys);
    const list = model.screens[0];
    expect(list.filter).toBe(filter);
    const focused = after(model, 'enter', 'enter').model;
    if (filter !== 'f') expect(topOf(focused)).toMatchObject({ name: names[0] });
  });

  test('gives the letters of a filter to no action', () => {
    const { model, commands } = after(listAt('files'), '/', 'd', 'r', 'q', 'escape');
    expect(commands).toEqual([]);
    expect(model.screens).toEqual([{ kind: 'list', filter: '', typing: false, focus: 'files' }]);
  });

  test('a paste is no row of keys', () => {
    expect(after(liveModel(), { kind: 'paste', text: 'rdyq\r' }).commands).toEqual([]);
    expect(after(liveModel(), '/', { kind: 'paste', text: 'no\u001Btion\n' }).model.screens[0]).toMatchObject({
      filter: 'notion',
    });
  });
});

describe('[menu.sign-in] a sign-in', () => {
  const begun = (): Model => after(listAt('notion'), 'a', waits).model;

  test.each<readonly [string, readonly Command[]]>([
    ['o', [{ kind: 'open-browser', flow: 'f10', url: WAITING.url }]],
    ['y', [{ kind: 'copy', text: WAITING.url }]],
    ['w', [{ kind: 'show-plain', text: WAITING.url }]],
    ['x', [{ kind: 'cancel-login', name: 'notion', flow: 'f10' }]],
    ['escape', []],
    ['r', []],
    ['d', []],
  ])('takes %j', (key, commands) => {
    expect(after(begun(), key).commands).toEqual(commands);
  });

  test.each<readonly [string, readonly (string | Msg)[]]>([
    ['pasted into the field', ['p', { kind: 'paste', text: ' http://localhost:1/callback?code=c \n' }, 'enter']],
    ['pasted without a field', [{ kind: 'paste', text: 'http://localhost:1/callback?code=c' }, 'enter']],
    ['typed', ['p', ...Array.from('http://localhost:1/callback?code=x'), 'backspace', 'c', 'enter']],
  ])('takes an address that is %s', (_, steps) => {
    const { commands } = after(begun(), ...steps);
    expect(commands).toEqual([
      { kind: 'paste', name: 'notion', flow: 'f10', text: 'http://localhost:1/callback?code=c' },
    ]);
  });

  test('with a code to type takes no address', () => {
    const model = after(listAt('notion'), 'a', {
      kind: 'login-waits',
      waiting: { ...WAITING, userCode: 'AB' },
      stepUp: false,
    }).model;
    expect(after(model, 'p', { kind: 'paste', text: 'x' }, 'enter').commands).toEqual([]);
  });

  test('that is over goes from the screen', () => {
    expect(topOf(after(begun(), { kind: 'login-over', name: 'notion', flow: 'f10' }).model).kind).toBe('list');
  });

  test('that could not begin goes from the screen and says why', () => {
    const { model } = after(listAt('notion'), 'a', { kind: 'failed', name: 'notion', text: 'no metadata' });
    expect(topOf(model).kind).toBe('list');
    expect(model.notice?.text).toBe('notion: no metadata');
  });

  test('news of another flow changes nothing on it', () => {
    const model = begun();
    expect(after(model, { kind: 'browser', flow: 'other', text: 'x' }).model.screens).toEqual(model.screens);
    expect(after(model, { kind: 'paste-refused', flow: 'other', text: 'x' }).model.screens).toEqual(model.screens);
  });
});

describe('[menu.approval] an approval', () => {
  const asked = (rows: number): Model =>
    after(
      listAt('deploys', { size: { columns: 60, rows } }),
      'a',
      { kind: 'approval', name: 'deploys', about: APPROVAL },
      { kind: 'tick', now: NOW + 500 },
    ).model;

  test('names the hash that was shown', () => {
    expect(after(asked(40), 'a').commands).toEqual([{ kind: 'approve', name: 'deploys', hash: 'sha256:4f0c2a9d' }]);
  });

  test('waits until the text has been on the screen to its end', () => {
    const one = after(asked(14), 'a');
    expect(one.commands).toEqual([]);
    const all = after(one.model, 'end', 'right', 'enter');
    expect(all.commands).toEqual([{ kind: 'approve', name: 'deploys', hash: 'sha256:4f0c2a9d' }]);
  });

  test('is not given before the text is there', () => {
    expect(after(listAt('deploys'), 'a', 'a', 'enter').commands).toEqual([{ kind: 'ask-approval', name: 'deploys' }]);
  });

  test('is not given by a key that was pressed before it was there, nor by Enter alone', () => {
    const shown: Msg = { kind: 'approval', name: 'deploys', about: APPROVAL };
    const { model, commands } = after(
      listAt('deploys', { size: { columns: 80, rows: 40 } }),
      'enter',
      'enter',
      shown,
      'a',
    );
    expect(commands).toEqual([{ kind: 'ask-approval', name: 'deploys' }]);
    expect(after(model, { kind: 'tick', now: NOW + 1_000 }, 'enter').commands).toEqual([]);
  });

  test('asks before it rejects', () => {
    const { model, commands } = after(asked(40), 'x');
    expect(commands).toEqual([]);
    expect(after(model, 'y').commands).toEqual([{ kind: 'act', name: 'deploys', action: 'reject' }]);
  });
});

describe('the pages', () => {
  test('Tab goes round the parts of a server, and asks for what they show', () => {
    const { model, commands } = after(listAt('keyed'), 'enter', 'tab', 'tab', 'tab', 'tab', 'tab', 'tab');
    expect(topOf(model)).toMatchObject({ tab: 'overview' });
    expect(commands).toEqual(['lists', 'helper'].map((what) => ({ kind: 'ask-facts', name: 'keyed', what })));
  });

  test('what lives is asked for again when something has happened', () => {
    const model = after(listAt('files'), 'l').model;
    const { commands } = after(model, { kind: 'servers', servers: SERVERS, notLoaded: [] });
    expect(commands).toEqual([{ kind: 'ask-facts', name: 'files', what: 'logs' }]);
  });

  test('the tools of a server are browsed and filtered', () => {
    const lists: Msg = { kind: 'facts', name: 'files', facts: { lists: LISTS } };
    const { model } = after(listAt('files'), 't', lists, '/', 'u', 'p', 'd', 'enter', 'enter');
    expect(topOf(model)).toMatchObject({ kind: 'tool', tool: 'update_page' });
    expect(topOf(after(model, 'escape', 'escape').model)).toMatchObject({ kind: 'tools', filter: '' });
  });

  test('a daemon that went away is started again on a key', () => {
    const lost = liveModel({ link: { state: 'lost', text: 'gone' } });
    expect(after(lost, 'R').commands).toEqual([{ kind: 'open-link' }]);
    expect(after(liveModel(), 'R').commands).toEqual([]);
  });

  test('what a command said goes with time, and with the next screen', () => {
    const { model } = after(offering('reconnect'), { kind: 'said', level: 'good', text: 'done' });
    expect(model.notice).toMatchObject({ text: 'done', until: NOW + 15_000 });
    expect(after(model, 'down').model.notice).toBeDefined();
    expect(after(model, 'enter').model.notice).toBeUndefined();
  });
});

describe('[menu.keys] the key table', () => {
  const kinds: readonly ScreenKind[] = [
    'list',
    'server',
    'tools',
    'tool',
    'confirm',
    'approval',
    'sign-in',
    'doctor',
    'not-loaded',
    'help',
  ];

  test('gives every screen a way back, a way out and the help', () => {
    for (const [key, command] of [
      ['q', 'quit'],
      ['ctrl-c', 'quit'],
      ['ctrl-z', 'suspend'],
      ['ctrl-l', 'redraw'],
    ] as const)
      expect(after(liveModel(), key).commands).toEqual([{ kind: command }]);
    expect(KEYS.filter(({ intent, on }) => ['back', 'help', 'quit'].includes(intent) && on === undefined)).toHaveLength(
      3,
    );
  });

  test.each(kinds)('has no key twice on %s', (kind) => {
    const rows = KEYS.filter(({ on }) => on?.includes(kind) === true);
    const keys = rows.flatMap(({ keys: all }) => all);
    expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([]);
  });

  test('names keys as people read them', () => {
    expect(['up', 'ctrl-c', 'shift-tab', 'page-down', 'q', '?'].map(keyName)).toEqual([
      '↑',
      'Ctrl-C',
      'Shift-Tab',
      'PgDn',
      'q',
      '?',
    ]);
  });
});
