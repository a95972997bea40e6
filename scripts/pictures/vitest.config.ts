/**
 * `npm run pictures`: writes the pictures of the page.
 *
 * @module
 */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: { include: ['scripts/pictures/page.ts'], testTimeout: 120_000, hookTimeout: 60_000, pool: 'forks' },
});
