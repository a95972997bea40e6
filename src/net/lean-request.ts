/**
 * One HTTP request without the weight of `fetch` and of streams: a fraction of their garbage, and of their memory for an
 * open stream. No redirects, no cookies; a compressed body is read as text, though none is asked for.
 *
 * @module
 */
import type { Dispatcher } from 'undici';
import { plainBody } from './decoded-body.ts';
import { LeanReader } from './lean-reader.ts';

/** What is sent. */
export interface LeanInit {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Pieces are sent one behind the other. */
  readonly body?: string | readonly Buffer[] | undefined;
  /** Ends the request and its body; they fail with its reason or an abort error. */
  readonly signal: AbortSignal;
}

/** What came back. The body must be read or discarded, else its socket is held. */
export interface LeanResponse {
  readonly status: number;
  /** The value of a header, several lines joined by ", "; names in lower case. */
  header(name: string): string | undefined;
  readonly body: LeanBody;
}

/** A body, read once. Leaving the loop early frees the socket. */
export interface LeanBody extends AsyncIterable<Uint8Array> {
  /** Breaks the body off. */
  discard(): void;
  /** The whole body, where that is quicker than chunk by chunk; `undefined` when it is larger than `limit` bytes. */
  whole?(limit: number): Promise<Uint8Array | undefined>;
  /** The whole body where it has arrived already and is no larger than `limit` bytes. */
  ready?(limit: number): Uint8Array | undefined;
}

type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

/** Where requests for one URL go. */
export interface Route {
  readonly origin: string;
  /** With the query. */
  readonly path: string;
  readonly dispatcher: Dispatcher;
}

/** Sends the request over a dispatcher. Rejects with undici's errors, or with the reason of the signal. */
export function leanRequest({ origin, path, dispatcher }: Route, init: LeanInit): Promise<LeanResponse> {
  const { method, headers, signal } = init;
  const body = typeof init.body === 'object' ? Buffer.concat(init.body) : (init.body ?? null);
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(signal.reason as Error);
      return;
    }
    let controller: Dispatcher.DispatchController | undefined;
    let reader: LeanReader | undefined;
    const cut = (): void => controller?.abort(signal.reason as Error);
    const over = (): void => signal.removeEventListener('abort', cut);
    signal.addEventListener('abort', cut);
    dispatcher.dispatch(
      { origin, path, method, headers, body },
      {
        onRequestStart: (begun) => {
          controller = begun;
          if (signal.aborted) cut();
        },
        onResponseStart: (held, status, given) => {
          // Information, not the answer (RFC 9110 §15.2).
          if (status < 200) return;
          reader = new LeanReader(held);
          resolve(responseOf(status, (name) => joined(given[name]), reader));
        },
        onResponseData: (_, chunk) => reader?.push(chunk),
        onResponseEnd: () => {
          over();
          reader?.end();
        },
        onResponseError: (_, error) => {
          over();
          if (reader === undefined) reject(error);
          else reader.fail(error);
        },
      },
    );
  });
}

function joined(value: Headers[string]): string | undefined {
  return typeof value === 'object' ? value.join(', ') : value;
}

/** A response whose body is read as text, compressed or not. */
export function responseOf(
  status: number,
  header: (name: string) => string | undefined,
  reader: LeanReader,
): LeanResponse {
  const encoding = header('content-encoding');
  return { status, header, body: encoding === undefined ? reader : plainBody(reader, encoding.trim().toLowerCase()) };
}
