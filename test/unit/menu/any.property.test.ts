/**
 * Whatever happens, in whatever order and size: the menu does not throw, no row is too wide, the focus is seen, and
 * nothing is done to a server that it does not offer.
 *
 * @module
 */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ACTIONS } from '../../../src/core/action-table.ts';
import type { ActionId } from '../../../src/core/action-table.ts';
import type { Snapshot } from '../../../src/core/snapshot.ts';
import { lineWidth } from '../../../src/menu/paint/span.ts';
import { KEYS } from '../../../src/menu/state/keys.ts';
import type { Command, Msg } from '../../../src/menu/state/messages.ts';
import { topOf } from '../../../src/menu/state/model.ts';
import type { Model } from '../../../src/menu/state/model.ts';
import { update } from '../../../src/menu/update.ts';
import { view } from '../../../src/menu/view.ts';
import { SETTING, liveModel, shown } from '../../support/menu/model.ts';
import { APPROVAL, FINDINGS, HELPER, LISTS, LOGS, NOW, ODD, SERVERS, WAITING } from '../../support/menu/servers.ts';

const names = ['notion', 'files', 'deploys', 'github', 'keyed', 'none'];
/** Texts whose width every terminal of today knows. */
const known = fc.oneof(
  fc.string({ maxLength: 30 }),
  fc.constantFrom('日本語', '🎉🎉', '\u001B[2J', 'Z\u0301\u0301\u0301', '\u00ADsoft\u00AD', '\uD800', '🇩🇪🇫🇷', '👩‍👩‍👧‍👦'),
);
const words = fc.oneof(known, fc.string({ unit: 'binary', maxLength: 30 }));
const actions = fc.uniqueArray(fc.constantFrom(...(Object.keys(ACTIONS) as ActionId[])), { maxLength: 9 });

const serverOf = (text: fc.Arbitrary<string>): fc.Arbitrary<Snapshot> =>
  fc
    .record({
      base: fc.constantFrom(...SERVERS, ...ODD),
      message: text,
      detail: text,
      next: actions,
      name: fc.option(text, { nil: undefined }),
    })
    .map(({ base, name, ...rest }) => ({ ...base, ...rest, name: name ?? base.name }));
const server = serverOf(words);

const keys = [...new Set(KEYS.flatMap(({ keys: all }) => all))].filter((key) => key !== 'ctrl-c');
const name = fc.constantFrom(...names);
const message: fc.Arbitrary<Msg> = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom(...keys).map((key) => ({ kind: 'key' as const, key })) },
  {
    weight: 2,
    arbitrary: fc.string({ minLength: 1, maxLength: 1, unit: 'binary' }).map((key) => ({ kind: 'key' as const, key })),
  },
  words.map((text) => ({ kind: 'paste' as const, text })),
  fc
    .record({ columns: fc.integer({ min: 1, max: 210 }), rows: fc.integer({ min: 1, max: 64 }) })
    .map((size) => ({ kind: 'resize' as const, size })),
  fc.integer({ min: 0, max: 1_000_000 }).map((ms) => ({ kind: 'tick' as const, now: NOW + ms })),
  fc
    .uniqueArray(server, { maxLength: 20, selector: (one) => one.name })
    .map((servers) => ({ kind: 'servers' as const, servers, notLoaded: [] })),
  fc.constant({ kind: 'servers' as const, servers: SERVERS, notLoaded: [] }),
  fc.record({ text: words, name }).map((said) => ({ kind: 'failed' as const, ...said })),
  name.map((of) => ({ kind: 'facts' as const, name: of, facts: { lists: LISTS, logs: LOGS, helper: HELPER } })),
  name.map((of) => ({ kind: 'approval' as const, name: of, about: APPROVAL })),
  name.map((of) => ({ kind: 'doctor' as const, name: of, found: FINDINGS })),
  name.map((of) => ({ kind: 'login-waits' as const, waiting: { ...WAITING, server: of }, stepUp: false })),
  name.map((of) => ({ kind: 'login-over' as const, name: of, flow: 'f10' })),
  server.map((snapshot) => ({ kind: 'did' as const, name: snapshot.name, report: { snapshot, did: ['x'] } })),
  fc.constant({ kind: 'link' as const, link: { state: 'lost' as const, text: 'gone' } }),
);

/** Rows in which something is marked as focused. */
function focusIsSeen(model: Model): boolean {
  const top = topOf(model);
  const { lines, cursor } = view(model, model.size);
  const marked = lines.flatMap((line, at) => (line.some(({ focus }) => focus === true) ? [at] : []));
  const typing = 'typing' in top && top.typing;
  const counts = top.kind === 'list' ? (model.servers ?? []).length : 0;
  if (top.kind === 'list' && counts > 0 && top.filter === '')
    return marked.length === 1 && (typing || marked[0] === cursor.row);
  const one = model.servers?.find((each) => 'name' in top && each.name === top.name);
  if (top.kind === 'server' && one !== undefined && one.next.length > 0)
    return marked.length === 1 && marked[0] === cursor.row;
  return marked.length <= 1;
}

function isAllowed(model: Model, command: Command): boolean {
  const next = (of: string): readonly ActionId[] => model.servers?.find((one) => one.name === of)?.next ?? [];
  // Reset is there in every state.
  if (command.kind === 'act') return command.action === 'reset' || next(command.name).includes(command.action);
  if (command.kind === 'approve') return next(command.name).includes('approve');
  if (command.kind === 'edit') return next(command.name).includes('edit');
  if (command.kind === 'begin-login')
    return next(command.name).some((one) => ['authenticate', 're-authenticate', 'grant-access'].includes(one));
  return true;
}

describe('[menu.any] after any messages', () => {
  test('no throw, no row too wide, the focus in sight, and nothing done that was not offered', () => {
    fc.assert(
      fc.property(fc.array(message, { maxLength: 60 }), fc.boolean(), (messages, ascii) => {
        let model = liveModel({ setting: { ...SETTING, ascii } });
        for (const msg of messages) {
          const next = update(model, msg);
          for (const command of next.commands) expect([command, isAllowed(model, command)]).toEqual([command, true]);
          ({ model } = next);
          const { size } = model;
          const { lines, cursor } = view(model, size);
          expect(lines).toHaveLength(size.rows);
          for (const line of lines) {
            expect(lineWidth(line)).toBeLessThanOrEqual(size.columns);
            const text = line.map((one) => one.text).join('');
            expect(text).not.toMatch(/\p{Cc}|\p{Cf}|\p{Cs}/u);
            if (ascii) expect(text).toMatch(/^[ -~]*$/);
          }
          expect(cursor.row).toBeLessThan(size.rows);
          expect(cursor.column).toBeLessThan(size.columns);
          // Where there is room for head, body and keys.
          if (size.rows >= 8 && size.columns >= 20) expect(focusIsSeen(model)).toBe(true);
        }
      }),
      { numRuns: 150 },
    );
  });

  test('a terminal shows the rows that were meant, cell by cell', async () => {
    expect.hasAssertions();
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(serverOf(known), { minLength: 1, maxLength: 8, selector: (one) => one.name }),
        fc.integer({ min: 40, max: 120 }),
        async (servers, columns) => {
          const model = liveModel({ servers, notLoaded: [], size: { columns, rows: 16 } });
          const { rows } = await shown(model);
          const { lines } = view(model, model.size);
          for (const [at, line] of lines.entries()) {
            const meant = line
              .map(({ text }) => text)
              .join('')
              .trimEnd();
            // Marks without a letter before them belong to nothing and are not drawn.
            // What terminals count otherwise is followed by a blank or none; the columns stay.
            if (!/\p{M}/u.test(meant)) expect((rows[at] ?? '').replaceAll(' ', '')).toBe(meant.replaceAll(' ', ''));
          }
        },
      ),
      { numRuns: 40 },
    );
  });
});
