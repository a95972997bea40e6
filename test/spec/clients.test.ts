/**
 * The programs that `npm run clients` tries are those that the documentation names, at the same versions.
 */
import { expect, test } from 'vitest';
import { filesUnder, textOf } from '../support/source-scan.ts';

const PIN = /^const (?:VERSION|V\d) = '([\d.]+)';$/gm;

test('[house.docs] the clients that are tried stand in the guide with their versions', () => {
  const guide = textOf('docs/how-to/use-the-gateway.md');
  const pins = filesUnder('scripts/clients', '.mjs').flatMap((file) =>
    [...textOf(file).matchAll(PIN)].map((match) => match[1] ?? ''),
  );
  expect(pins.length).toBeGreaterThanOrEqual(7);
  expect(pins.filter((version) => !guide.includes(version))).toEqual([]);
});
