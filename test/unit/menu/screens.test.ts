/**
 * Every screen as text, as a terminal shows it. `HOLDFAST_WRITE_SCREENS=1` writes the pictures anew; read the difference.
 *
 * @module
 */
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Msg } from '../../../src/menu/state/messages.ts';
import type { Model } from '../../../src/menu/state/model.ts';
import { sorted } from '../../../src/core/summary.ts';
import { SETTING, after, liveModel, shown } from '../../support/menu/model.ts';
import { APPROVAL, FINDINGS, HELPER, LISTS, LOGS, NOW, ODD, SERVERS, WAITING } from '../../support/menu/servers.ts';

const FOLDER = join(import.meta.dirname, 'screens');
const WRITES = process.env['HOLDFAST_WRITE_SCREENS'] === '1';

type Steps = readonly (string | Msg)[];
interface Picture {
  readonly from?: Partial<Model>;
  readonly steps?: Steps;
  readonly sizes?: readonly (readonly [number, number])[];
}

const SMALL = [40, 10] as const;
const USUAL = [80, 24] as const;
const LARGE = [200, 60] as const;

const focusOn = (name: string): Partial<Model> => ({
  screens: [{ kind: 'list', filter: '', typing: false, focus: name }],
});
const approvals: Steps = [
  'enter',
  'a',
  { kind: 'approval', name: 'deploys', about: APPROVAL },
  { kind: 'tick', now: NOW + 600 },
];
const signIn: Steps = ['a', { kind: 'login-waits', waiting: WAITING, stepUp: false }];

const PICTURES: Readonly<Record<string, Picture>> = {
  list: { sizes: [USUAL, SMALL, LARGE, [120, 30], [60, 16]] },
  'list-ascii': { from: { setting: { ...SETTING, ascii: true } } },
  'list-opening': { from: { servers: undefined as never, link: { state: 'opening' }, notLoaded: [] } },
  'list-empty': { from: { servers: [], notLoaded: [] } },
  'list-odd': { from: { servers: sorted([...SERVERS, ...ODD]) }, sizes: [[100, 26]] },
  'list-odd-ascii': {
    from: { servers: sorted([...SERVERS, ...ODD]), setting: { ...SETTING, ascii: true } },
    sizes: [[100, 26]],
  },
  'list-filter': { steps: ['/', 'd', 'b'] },
  'list-filter-none': { steps: ['/', 'x', 'y', 'z', 'enter'] },
  'list-lost': { from: { link: { state: 'lost', text: 'The daemon has ended.' } } },
  'list-busy': { from: { busy: new Map([['notion', 'reconnect'] as const]) } },
  'list-notice': {
    from: {
      notice: {
        level: 'bad',
        text: 'notion: the authorization server refused the sign-in (access_denied) — Begin it again, and agree to what it asks for.',
        until: NOW + 1,
      },
    },
    sizes: [USUAL, SMALL],
  },
  'not-loaded': { steps: ['u'] },
  'server-needs-auth': { from: focusOn('notion'), steps: ['enter'], sizes: [USUAL, SMALL, LARGE] },
  'server-retrying': { from: focusOn('flaky'), steps: ['enter'], sizes: [USUAL, SMALL] },
  'server-failed': { from: focusOn('search'), steps: ['enter', 'down'] },
  'server-step-up': { from: focusOn('github'), steps: ['enter', 'tab'], sizes: [USUAL, [120, 30]] },
  'server-connected': { from: focusOn('files'), steps: ['enter'] },
  'server-approval': { from: focusOn('deploys'), steps: ['enter'] },
  'server-off': { from: focusOn('old-db'), steps: ['enter'] },
  'server-odd': { from: { servers: ODD, ...focusOn('evil') }, steps: ['enter'], sizes: [[100, 26], SMALL] },
  'server-tools': {
    from: focusOn('files'),
    steps: ['enter', 'tab', { kind: 'facts', name: 'files', facts: { lists: LISTS } }],
  },
  'server-config': { from: focusOn('notion'), steps: ['enter', 'tab', 'tab', 'tab'] },
  'server-timeline': { from: focusOn('search'), steps: ['enter', 'shift-tab'] },
  'server-log': {
    from: focusOn('local-db'),
    steps: ['l', { kind: 'facts', name: 'local-db', facts: { logs: LOGS } }],
    sizes: [USUAL, SMALL],
  },
  'server-helper': {
    from: focusOn('keyed'),
    steps: ['h', { kind: 'facts', name: 'keyed', facts: { helper: HELPER } }],
  },
  'server-gone': { from: focusOn('notion'), steps: ['enter', { kind: 'servers', servers: [], notLoaded: [] }] },
  tools: { from: focusOn('files'), steps: ['t', { kind: 'facts', name: 'files', facts: { lists: LISTS } }, 'down'] },
  tool: {
    from: focusOn('files'),
    steps: ['t', { kind: 'facts', name: 'files', facts: { lists: LISTS } }, 'down', 'enter'],
  },
  confirm: { from: focusOn('files'), steps: ['d'], sizes: [USUAL, SMALL] },
  approval: { from: focusOn('deploys'), steps: approvals, sizes: [USUAL, SMALL, LARGE] },
  'approval-unread': { from: focusOn('deploys'), steps: [...approvals, 'a'], sizes: [[60, 14]] },
  'sign-in-preparing': { from: focusOn('notion'), steps: ['a'] },
  'sign-in': { from: focusOn('notion'), steps: signIn, sizes: [USUAL, SMALL, LARGE] },
  'sign-in-ssh': {
    from: {
      ...focusOn('notion'),
      setting: {
        ...SETTING,
        noBrowser: 'No browser can be opened from here (an SSH session). Open the address where you have one.',
      },
    },
    steps: signIn,
  },
  'sign-in-pasting': {
    from: focusOn('notion'),
    steps: [...signIn, 'p', { kind: 'paste', text: 'http://localhost:17471/callback?code=secret-code' }],
  },
  'sign-in-refused': {
    from: focusOn('notion'),
    steps: [
      ...signIn,
      {
        kind: 'paste-refused',
        flow: 'f10',
        text: 'the state does not belong to this sign-in. Paste the address of the last page.',
      },
    ],
  },
  'sign-in-device': {
    from: focusOn('notion'),
    steps: [
      'a',
      {
        kind: 'login-waits',
        waiting: { ...WAITING, url: 'https://login.example/device', userCode: 'WDJB-MJHT', listening: false },
        stepUp: false,
      },
    ],
  },
  'step-up': {
    from: focusOn('github'),
    steps: [
      'a',
      {
        kind: 'login-waits',
        waiting: { ...WAITING, server: 'github', scopes: ['repo:read', 'issues:write'] },
        stepUp: true,
      },
    ],
  },
  doctor: { from: focusOn('search'), steps: ['D', { kind: 'doctor', name: 'search', found: FINDINGS }] },
  help: { steps: ['?'], sizes: [USUAL, SMALL, LARGE] },
};

const cases = Object.entries(PICTURES).flatMap(([name, { from, steps = [], sizes = [USUAL] }]) =>
  sizes.map(([columns, rows]) => {
    const file = `${name}${columns === 80 && rows === 24 ? '' : `-${columns}x${rows}`}.txt`;
    return { file, model: after(liveModel({ ...from, size: { columns, rows } }), ...steps).model };
  }),
);

describe('[menu.screens] a picture of the menu', () => {
  test.each(cases)('$file is what a terminal shows', async ({ file, model }) => {
    const { rows, cursor } = await shown(model);
    const picture = `${rows.join('\n')}\n(cursor: row ${cursor.row + 1}, column ${cursor.column + 1})\n`;
    const path = join(FOLDER, file);
    if (WRITES) {
      mkdirSync(FOLDER, { recursive: true });
      writeFileSync(path, picture);
    }
    expect(existsSync(path) ? readFileSync(path, 'utf8') : 'not there: HOLDFAST_WRITE_SCREENS=1 writes it').toBe(
      picture,
    );
    expect(picture).not.toContain('secret-code');
  });

  test('is not kept for a screen that is gone', () => {
    expect(readdirSync(FOLDER).toSorted()).toEqual(cases.map(({ file }) => file).toSorted());
  });

  test('with odd texts stays in its columns on a terminal that counts their cells otherwise', async () => {
    const model = liveModel({ servers: sorted([...SERVERS, ...ODD]), size: { columns: 100, rows: 26 } });
    const { rows } = await shown(model, { old: true });
    const columnOf = (row: string | undefined): number => row?.search(/[▲✗◌●○] [a-z]/) ?? -1;
    const at = columnOf(rows[3]);
    expect(at).toBeGreaterThan(10);
    // Rows with text that takes another width there: what follows stands where it stands in the others.
    for (const row of rows.slice(3, 3 + SERVERS.length + ODD.length)) expect(columnOf(row)).toBeGreaterThan(0);
    for (const row of rows.filter((text) => /^..[a-z-]+ /.test(text) && columnOf(text) > 0))
      expect(columnOf(row)).toBe(at);
  });
});
