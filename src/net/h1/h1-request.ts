/**
 * A lean request over our own connections.
 *
 * @module
 */
import { LeanReader } from '../lean-reader.ts';
import { responseOf } from '../lean-request.ts';
import type { LeanInit, LeanResponse } from '../lean-request.ts';
import type { Flight, Origin } from './origin.ts';
import { ready } from './request-bytes.ts';
import type { Target } from './request-bytes.ts';

/** Sends the request. Rejects with errors of the network, an `H1Error`, or with the reason of the signal. */
export function h1Request(origin: Origin, target: Target, init: LeanInit): Promise<LeanResponse> {
  const { signal } = init;
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(signal.reason as Error);
      return;
    }
    const request = ready(target, init);
    let reader: LeanReader | undefined;
    const cut = (): void => flight?.cut(signal.reason);
    // Before it goes: one that fails at once takes the listener away again.
    signal.addEventListener('abort', cut);
    const flight: Flight | undefined = origin.send(request, {
      head: ({ status, fields }) => {
        reader = new LeanReader({
          pause: () => flight?.pause(),
          resume: () => flight?.resume(),
          abort: (reason) => flight?.cut(reason),
        });
        resolve(responseOf(status, (name) => fields.get(name), reader));
      },
      data: (bytes) => reader?.push(bytes),
      end: () => {
        signal.removeEventListener('abort', cut);
        reader?.end();
      },
      failed: (error) => {
        signal.removeEventListener('abort', cut);
        if (reader === undefined) reject(error);
        else reader.fail(error);
      },
    });
  });
}
