/**
 * An HTTP client without sockets: a function answers each request, and every request is kept.
 *
 * @module
 */
import type { Http } from '../../src/net/dispatcher.ts';
import type { LeanInit, LeanResponse } from '../../src/net/lean-request.ts';

/** One request as it would have gone out. */
export interface SentRequest extends LeanInit {
  readonly url: URL;
  /** The body, parsed. */
  readonly message: { readonly id?: unknown; readonly method?: string; readonly params?: unknown } | undefined;
}

/** What `http.request` and `viaProxy` need to be for a session. */
export interface FakeHttp extends Pick<Http, 'request' | 'viaProxy'> {
  readonly sent: readonly SentRequest[];
}

/** Answers one request; may throw, or never answer. */
export type Responder = (request: SentRequest) => LeanResponse | Promise<LeanResponse>;

/** A client whose answers come from `respond`. An aborted request rejects as a real one does. */
export function fakeHttp(respond: Responder): FakeHttp {
  const sent: SentRequest[] = [];
  return {
    sent,
    viaProxy: () => false,
    request(url, init) {
      const message =
        init.body === undefined ? undefined : (JSON.parse(init.body.toString()) as SentRequest['message']);
      const request = { ...init, url, message };
      sent.push(request);
      return new Promise((resolve, reject) => {
        const abort = (): void => reject(init.signal.reason as Error);
        if (init.signal.aborted) abort();
        init.signal.addEventListener('abort', abort, { once: true });
        const over = (): void => init.signal.removeEventListener('abort', abort);
        Promise.resolve(request).then(respond).finally(over).then(resolve, reject);
      });
    },
  };
}

/** A response whose body is these chunks; it stays open when `open` is set, until it is discarded. */
export function response(
  status: number,
  headers: Readonly<Record<string, string>> = {},
  chunks: string | readonly string[] = [],
  open = false,
): LeanResponse {
  const parts = typeof chunks === 'string' ? [chunks] : chunks;
  let close = (): void => {};
  const closed = new Promise<void>((resolve) => {
    close = resolve;
  });
  return {
    status,
    header: (name) => headers[name],
    body: {
      async *[Symbol.asyncIterator]() {
        for (const part of parts) yield Buffer.from(part);
        if (open) await closed;
      },
      discard: () => close(),
    },
  };
}

/** A JSON response. */
export function json(value: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): LeanResponse {
  return response(status, { 'content-type': 'application/json', ...headers }, JSON.stringify(value));
}

/** A system error as undici throws it. */
export function systemError(code: string): Error {
  return Object.assign(new Error(`it failed with ${code}`), { code });
}
