/**
 * `ui`: what the terminal says of the page.
 *
 * @module
 */
import { describe, expect, test } from 'vitest';
import type { OpenedPage, PageRequest } from '../../../src/cli/context.ts';
import { cliRig, OWNER } from '../../support/cli-rig.ts';
import type { CliRig, RigOptions } from '../../support/cli-rig.ts';

interface Seen {
  readonly rig: CliRig;
  readonly requests: PageRequest[];
  readonly openings: (string | undefined)[];
  closed: number;
}

/** A rig whose page runs until it is interrupted, by default as soon as it is open. */
function withPage(options: RigOptions = {}, whenOpen?: (seen: Seen) => void): Seen {
  const requests: PageRequest[] = [];
  const openings: (string | undefined)[] = [];
  const page: OpenedPage = {
    origin: 'http://127.0.0.1:4657',
    port: 4_657,
    owner: OWNER,
    opening: async (server) => {
      openings.push(server);
      if (openings.length === 1) queueMicrotask(() => (whenOpen === undefined ? seen.rig.interrupt() : whenOpen(seen)));
      return { url: `http://127.0.0.1:4657/open?code=c${openings.length}`, validMs: 60_000 };
    },
    ended: new Promise(() => {}),
    close: async () => void (seen.closed += 1),
  };
  const seen: Seen = {
    rig: cliRig({
      ...options,
      page: {
        open: async (request) => {
          requests.push(request);
          return page;
        },
      },
    }),
    requests,
    openings,
    closed: 0,
  };
  return seen;
}

describe('[page.command] ui', () => {
  test('opens the browser where it can, and closes the page with the command', async () => {
    const seen = withPage({ terminal: { isTTY: true }, daemon: true });
    expect(await seen.rig.type('ui')).toBe(0);
    expect(seen.rig.browsed).toEqual(['http://127.0.0.1:4657/open?code=c1']);
    expect(seen.rig.out).toBe('');
    expect(seen.rig.err).toContain('The page is open in your browser: http://127.0.0.1:4657');
    expect(seen.closed).toBe(1);
    expect(seen.requests[0]).toMatchObject({
      owner: 'start',
      ports: expect.arrayContaining([4_657, 4_666]) as unknown,
    });
  });

  test.each<[string, readonly string[], RigOptions]>([
    ['with --print', ['--print'], { terminal: { isTTY: true } }],
    ['with --no-input', ['--no-input'], { terminal: { isTTY: true } }],
    ['over SSH', [], { terminal: { isTTY: true }, env: { SSH_CONNECTION: '1 2 3 4' } }],
    ['where the browser cannot be started', [], { terminal: { isTTY: true }, browser: false }],
  ])('prints the address %s', async (_what, words, options) => {
    const seen = withPage(options);
    await seen.rig.type('ui', ...words);
    expect(seen.rig.out).toBe('http://127.0.0.1:4657/open?code=c1\n');
    expect(seen.rig.err).toContain('opens the page once, within a minute');
  });

  test('says over SSH which port to forward', async () => {
    const seen = withPage({ terminal: { isTTY: true }, env: { SSH_CONNECTION: '1 2 3 4' } });
    await seen.rig.type('ui');
    expect(seen.rig.err).toContain('ssh -L 4657:127.0.0.1:4657 ');
  });

  test('opens the page of one server, at one port', async () => {
    const seen = withPage();
    await seen.rig.type('ui', 'notes', '--port', '0', '--print', '--config', '/a b.json');
    expect(seen.openings).toEqual(['notes']);
    expect(seen.requests[0]).toMatchObject({ ports: [0], owner: 'join', suffix: " --config '/a b.json'" });
  });

  test('gives a new address for every Enter, and ends with Ctrl-C', async () => {
    const seen = withPage({ terminal: { isTTY: true, hidden: ['', '', '\u0003'] } }, () => {});
    expect(await seen.rig.type('ui', '--print')).toBe(0);
    expect(seen.rig.out.match(/code=c\d/g)).toEqual(['code=c1', 'code=c2', 'code=c3']);
    expect(seen.closed).toBe(1);
  });

  test('shows a code beside everything that is agreed to by typing it', async () => {
    const seen = withPage({}, ({ requests, rig }) => {
      requests[0]?.onCode({
        what: 'approve db',
        lines: ['runs: node x.js\u001B[2J'],
        code: '123 456',
        validMs: 180_000,
      });
      rig.interrupt();
    });
    await seen.rig.type('ui', '--print');
    expect(seen.rig.err).toContain('The page asks to approve db:\n  runs: node x.js\n');
    expect(seen.rig.err).toContain('type this code there: 123 456  (good for 3m)');
  });

  test('gives scripts a record', async () => {
    const seen = withPage();
    expect(await seen.rig.json('ui', '--json')).toMatchObject({
      schema: 'ui/v1',
      port: 4_657,
      url: 'http://127.0.0.1:4657/open?code=c1',
    });
    expect(seen.rig.browsed).toEqual([]);
  });

  test('refuses a port that is none', async () => {
    const seen = withPage();
    expect(await seen.rig.type('ui', '--port', '70000')).toBe(2);
    expect(seen.requests).toEqual([]);
  });
});
