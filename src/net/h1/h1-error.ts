/**
 * What goes wrong below an HTTP message, under the codes that undici gives the same things: whatever sends a request, its
 * failure is told apart in one way.
 *
 * @module
 */

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
