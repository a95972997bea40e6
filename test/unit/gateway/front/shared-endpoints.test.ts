import { expect, test, vi } from 'vitest';
import type { Endpoints } from '../../../../src/gateway/front/endpoints.ts';
import { SharedEndpoints } from '../../../../src/gateway/front/shared-endpoints.ts';

test('[gateway.catalogue] conversations with equal views share their lists, which end with the last of them', () => {
  const shared = new SharedEndpoints();
  const closed = vi.fn<() => void>();
  const make = vi.fn<() => Endpoints>(() => ({ close: closed }) as unknown as Endpoints);
  const one = shared.take('a', make);
  const two = shared.take('a', make);
  const other = shared.take('b', make);
  expect(two.endpoints).toBe(one.endpoints);
  expect(other.endpoints).not.toBe(one.endpoints);
  one.release();
  expect(closed).not.toHaveBeenCalled();
  two.release();
  expect(closed).toHaveBeenCalledTimes(1);
  expect(shared.take('a', make).endpoints).not.toBe(one.endpoints);
  expect(make).toHaveBeenCalledTimes(3);
});
