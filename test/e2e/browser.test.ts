/**
 * The browser of the tests is a real one.
 *
 * @module
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from '../support/browser.ts';
import type { LaunchedBrowser } from '../support/browser.ts';

let launched: LaunchedBrowser;
beforeAll(async () => {
  launched = await launchBrowser();
});
afterAll(() => launched?.browser.close());

test('[testing.browser] the test command has a Chromium that loads pages, runs scripts and submits forms', async () => {
  const page = await launched.browser.newPage();
  await page.route('http://page.test/**', (route) => {
    const query = new URL(route.request().url()).searchParams.get('word');
    const form = '<form><input name="word"><button>send</button></form><p></p>';
    const script = `<script>document.querySelector('p').textContent = '${query ?? ''}'.toUpperCase()</script>`;
    return route.fulfill({ contentType: 'text/html', body: `<!doctype html>${form}${script}` });
  });
  await page.goto('http://page.test/');
  await page.fill('input', 'hello');
  await page.click('button');
  await page.waitForURL(/word=hello/);
  expect(await page.textContent('p')).toBe('HELLO');
  expect(Number(launched.version.split('.')[0])).toBeGreaterThan(100);
});
