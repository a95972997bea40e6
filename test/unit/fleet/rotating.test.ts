/**
 * A server with a helper whose headers are good for a short time only.
 *
 * @module
 */
import { expect, test } from 'vitest';
import type { CallFault } from '../../../src/core/fault.ts';
import { http, rig, script, started } from '../../support/scripted-fleet.ts';

const REJECTED: CallFault = { kind: 'http', sent: 'rejected', answer: http(401), text: '401' };
const DONE = { result: { content: [] } };

test('[call.401-once] the helper runs again for each headers that were good until now, however soon they end', async () => {
  const calls = [REJECTED, DONE, REJECTED, DONE, REJECTED, DONE];
  const about = script(['ok'], { signIn: 'helper', calls });
  const r = rig({ a: about });
  await started(r, 1);
  const before = about.helperRuns;
  for (let ended = 0; ended < 3; ended += 1) {
    await expect(r.fleet.request('a', 'tools/call')).resolves.toEqual(DONE.result);
    await r.clock.advance(1_500);
  }
  expect(about.helperRuns - before).toBe(3);
  expect(await r.fleet.snapshot('a')).toMatchObject({ status: 'connected' });
  await r.fleet.close();
});

test('[call.401-once] a server that refuses every other call runs the helper once a second at most, for which calls wait', async () => {
  const about = script(['ok'], { signIn: 'helper', calls: [] });
  const r = rig({ a: about });
  await started(r, 1);
  const before = about.helperRuns;
  const begun = r.clock.now();
  for (let at = 0; at < 5; at += 1) {
    about.calls = [REJECTED, DONE];
    const call = r.fleet.request('a', 'tools/call');
    await r.clock.advance(1_000);
    expect(await call).toEqual(DONE.result);
    about.calls = [];
    await r.fleet.request('a', 'tools/call');
  }
  expect(r.clock.now() - begun).toBe(5_000);
  expect(about.helperRuns - before).toBe(5);
  await r.fleet.close();
});

test('[call.401-once] a contact of our own that meets the end of good headers renews them as well', async () => {
  const about = script(['ok'], { signIn: 'helper' });
  const r = rig({ a: about });
  await started(r, 1);
  about.calls = [REJECTED, DONE];
  await r.fleet.request('a', 'tools/call');
  await r.clock.advance(2_000);
  const before = about.helperRuns;
  about.calls = [{ kind: 'network', sent: 'maybe', answer: { kind: 'network', errno: 'ECONNRESET' }, text: 'reset' }];
  about.contacts = [http(401), undefined];
  await r.fleet.request('a', 'tools/call').catch(() => undefined);
  await r.clock.advance(100);
  expect(about.helperRuns - before).toBe(1);
  expect(await r.fleet.snapshot('a')).toMatchObject({ status: 'connected' });
  await r.fleet.close();
});

test('[call.401-once] headers of a run that was overtaken by the server are renewed once more', async () => {
  let finish = (): void => {};
  const about = script(['ok'], { signIn: 'helper' });
  const r = rig({ a: about });
  await started(r, 1);
  const { helper } = about;
  about.helper = (fresh) =>
    new Promise((resolve) => {
      finish = () => resolve(helper(fresh));
    });
  const before = about.helperRuns;
  about.calls = [REJECTED];
  const call = r.fleet.request('a', 'tools/call');
  await r.clock.settle();
  // While the helper runs the server still takes the old headers; then it takes neither these nor what the helper read.
  about.calls = [DONE];
  await r.fleet.request('a', 'tools/call');
  about.calls = [REJECTED, DONE];
  finish();
  about.helper = helper;
  await r.clock.advance(1_000);
  expect(await call).toEqual(DONE.result);
  expect(about.helperRuns - before).toBe(2);
  await r.fleet.close();
});
