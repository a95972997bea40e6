import { expect, test } from 'vitest';
import { Redactor } from '../../../../src/base/secret.ts';
import { liveToken } from '../../../../src/gateway/guard/live-token.ts';
import { createVirtualClock } from '../../../../src/testing/virtual-clock.ts';

const token = (letter: string): string => `hf_${letter.repeat(43)}`;

test('[serve.rotate] the token is that of the file within 100 ms, the file is read once for each change, and without one nobody gets in', async () => {
  const clock = createVirtualClock();
  const redactor = new Redactor();
  let file: { mark: string; text: string } | undefined = { mark: '1', text: `${token('a')}\n` };
  let reads = 0;
  let looks = 0;
  const now = liveToken({
    clock,
    redactor,
    file: {
      mark() {
        looks += 1;
        return file?.mark;
      },
      text() {
        reads += 1;
        return file?.text;
      },
    },
  });
  for (let request = 0; request < 1_000; request += 1) expect(now()).toBe(token('a'));
  expect([reads, looks]).toEqual([1, 1]);

  file = { mark: '2', text: token('b') };
  await clock.advance(100);
  expect(now()).toBe(token('b'));
  expect(reads).toBe(2);
  expect(redactor.redact(`x ${token('b')}`)).not.toContain(token('b'));

  for (const bad of [undefined, { mark: '3', text: 'short' }, { mark: '4', text: '' }]) {
    file = bad;
    await clock.advance(100);
    expect(now()).not.toBe(token('b'));
    expect(now()).not.toBe(bad?.text);
    expect(now().length).toBeGreaterThan(40);
  }
  file = { mark: '5', text: token('c') };
  await clock.advance(100);
  expect(now()).toBe(token('c'));
});
