import { describe, expect, test, vi } from 'vitest';
import { systemClock } from '../../../src/base/clock.ts';
import { LightAbortController } from '../../../src/base/light-abort.ts';

describe.each([
  ['of the platform', () => new AbortController()],
  ['that is light', () => new LightAbortController()],
])('an abort controller %s', (_, make) => {
  test('tells every listener once, with the reason on the signal', () => {
    const controller = make();
    const { signal } = controller;
    const heard: unknown[] = [];
    const twice = (): number => heard.push(signal.reason);
    signal.addEventListener('abort', twice);
    signal.addEventListener('abort', twice, { once: true });
    signal.addEventListener('abort', { handleEvent: ({ type }) => heard.push(type) });
    expect(signal.aborted).toBe(false);
    expect(() => signal.throwIfAborted()).not.toThrow();
    const reason = new Error('the client has gone');
    controller.abort(reason);
    controller.abort(new Error('a second one'));
    expect(heard).toEqual([reason, 'abort']);
    expect(signal).toMatchObject({ aborted: true, reason });
    expect(() => signal.throwIfAborted()).toThrow(reason);
  });

  test('calls onabort', () => {
    const controller = make();
    const onabort = vi.fn<() => void>();
    Object.assign(controller.signal, { onabort });
    controller.abort();
    expect(onabort).toHaveBeenCalledOnce();
  });

  test('gives an AbortError where no reason is named', () => {
    const controller = make();
    controller.abort();
    expect(controller.signal.reason).toMatchObject({ name: 'AbortError' });
  });

  test('does not call who was removed, before or by another listener', () => {
    const controller = make();
    const { signal } = controller;
    const never = vi.fn<() => void>();
    const later = vi.fn<() => void>();
    signal.addEventListener('abort', never);
    signal.removeEventListener('abort', never);
    signal.addEventListener('abort', () => signal.removeEventListener('abort', later));
    signal.addEventListener('abort', later);
    signal.addEventListener('click', never);
    controller.abort();
    expect(never).not.toHaveBeenCalled();
    expect(later).not.toHaveBeenCalled();
  });

  test('ends a sleep of the clock', async () => {
    const controller = make();
    const sleep = systemClock.sleep(60_000, controller.signal);
    const reason = new Error('enough');
    controller.abort(reason);
    await expect(sleep).rejects.toBe(reason);
    await expect(systemClock.sleep(60_000, controller.signal)).rejects.toBe(reason);
  });
});

test('a light signal tells the others, too, when a listener throws, and throws it then', () => {
  const controller = new LightAbortController();
  const heard = vi.fn<() => void>();
  controller.signal.addEventListener('abort', () => {
    throw new Error('broken');
  });
  controller.signal.addEventListener('abort', heard);
  expect(() => controller.abort()).toThrow('broken');
  expect(heard).toHaveBeenCalledOnce();
});
