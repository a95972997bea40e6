/**
 * The command of a local server on the page.
 *
 * @module
 */
import { expect, test } from 'vitest';
import { pageCommand } from '../../../src/page-command.ts';

test.each([
  [['npx', '-y', '@x/server', '--root', '/a b'], 'npx -y @x/server --root "/a b"'],
  [['run', '--api-key', 'hunter2', '--verbose'], 'run --api-key [hidden] --verbose'],
  [['run', '--token=hunter2'], 'run "--token=[hidden]"'],
  [['run', 'DB_PASSWORD=hunter2', 'x'], 'run "DB_PASSWORD=[hidden]" x'],
  [['run', '--no-auth', '--port', '80'], 'run --no-auth --port 80'],
  [['run', 'https://me:hunter2@a.example/?k=hunter2'], 'run https://a.example/?…'],
  [['run', 'sk-hunter2'], 'run sk-h…'],
])('%j is shown as %s', (words, shown) => {
  expect(pageCommand(words)).toBe(shown);
});
