/**
 * Whose a question is that names no request: of the only client that has requests under way where it was asked. Of several
 * clients it is nobody's, because the answer of one must not reach another.
 *
 * @module
 */
import type { RawRequest } from '../link.ts';
import type { Asking } from './relays.ts';

const AMBIGUOUS = {
  code: -32_603,
  message: 'several clients have calls under way here, and the question does not say whose it is',
} as const;
const NOBODY: Asking = {
  capabilities: { elicitation: {}, sampling: {}, roots: {} },
  ask: () => Promise.resolve({ error: AMBIGUOUS }),
};

/** Who is asked; `undefined` where no request is under way whose client could be asked. */
export function onlyAsking(requests: Iterable<RawRequest>): Asking | undefined {
  let found: RawRequest | undefined;
  for (const request of requests) {
    if (request.asking === undefined) continue;
    if (found !== undefined && (found.client === undefined || found.client !== request.client)) return NOBODY;
    found = request;
  }
  return found?.asking;
}
