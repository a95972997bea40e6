/**
 * What goes wrong below an HTTP message, under the codes that undici gives the same things: whatever sends a request, its
 * failure is told apart in one way.
 *
 * @module
 */
import { errnoOf } from '../../base/errors.ts';

/** `HPE_…` = the bytes are no HTTP; `UND_ERR_SOCKET` = the server closed the connection without a whole answer. */
export type H1Code =
  | 'HPE_INVALID_RESPONSE'
  | 'UND_ERR_SOCKET'
  | 'UND_ERR_HEADERS_OVERFLOW'
  | 'UND_ERR_INVALID_ARG'
  | 'UND_ERR_DESTROYED';

/** A request that failed. Its text never quotes what was sent or what came. */
export class H1Error extends Error {
  override readonly name = 'H1Error';
  readonly code: H1Code;

  constructor(code: H1Code, text: string) {
    super(text);
    this.code = code;
  }
}

/**
 * A socket failed, with the code of its cause. The same code may come before anything was sent and after it: a TLS alert, a
 * network that is down.
 */
export class SocketError extends Error {
  override readonly name = 'SocketError';
  readonly code: string | undefined;
  /** `no` = it was never open for the request. */
  readonly sent: 'no' | 'maybe';

  constructor(cause: unknown, sent: 'no' | 'maybe') {
    super(sent === 'no' ? 'the connection could not be opened' : 'the connection broke', { cause });
    this.code = errnoOf(cause);
    this.sent = sent;
  }
}
