/**
 * Writes the pictures of the page into `docs/pictures/`: real servers, a real browser, nothing painted.
 *
 * @module
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { launchBrowser } from '../../test/support/browser.ts';
import { startPageWorld } from '../../test/support/page-world.ts';
import { ROOT } from '../../test/support/source-scan.ts';

const FOLDER = join(ROOT, 'docs', 'pictures');
const WIDE = { width: 1_180, height: 860 };
const NARROW = { width: 390, height: 844 };

async function shoot(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: join(FOLDER, `page-${name}.png`) });
}

test('the pictures of the page', async () => {
  await mkdir(FOLDER, { recursive: true });
  const [world, { browser }] = await Promise.all([startPageWorld(), launchBrowser()]);
  try {
    const terminal = await world.ui();
    const page = await browser.newPage({ viewport: WIDE, reducedMotion: 'reduce' });
    const goTo = (path: string): Promise<unknown> => page.goto(`${terminal.origin}${path}`);
    await page.goto(terminal.opening);
    for (const [name, status] of [
      ['not-started', 'failed'],
      ['heals', 'connected'],
      ['crashes', 'connected'],
    ] as const)
      await page.locator(`#server-${name} .badge`, { hasText: status }).waitFor({ timeout: 30_000 });
    await shoot(page, 'light');
    await page.emulateMedia({ colorScheme: 'dark' });
    await shoot(page, 'dark');
    await goTo('/servers/crashes');
    await shoot(page, 'server-dark');
    await page.emulateMedia({ colorScheme: 'light' });
    await goTo('/servers/not-started');
    await shoot(page, 'server');
    await goTo('/servers/database/approve');
    await page.locator('button', { hasText: 'Show a code' }).click();
    await page.locator('#code').waitFor();
    await shoot(page, 'approve');
    await goTo('/servers/notes');
    await page.locator('[data-action="authenticate"]').click();
    await page.locator('#sign-in').waitFor();
    await shoot(page, 'sign-in');
    await page.setViewportSize(NARROW);
    await goTo('/');
    await shoot(page, 'narrow');
    await page.emulateMedia({ colorScheme: 'dark' });
    await goTo('/servers/old-key');
    await shoot(page, 'narrow-dark');
    expect(await page.title()).toContain('old-key');
  } finally {
    await browser.close();
    await world.close();
  }
});
