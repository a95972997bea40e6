/**
 * A request that is passed on with its result unread: everything that makes a call of it is that of `calls.ts`.
 *
 * @module
 */
import { mayBeToolError } from '../core/watching.ts';
import { perform } from './calls.ts';
import { watched } from './watched.ts';
import type { FleetForward } from '../core/fleet.ts';
import type { Forwarded, ForwardRequest } from '../core/forward.ts';
import type { Session } from '../core/ports.ts';
import type { Binding } from './binding.ts';
import type { Asked, Outcome } from './calls.ts';
import type { FleetDeps } from './deps.ts';
import type { LazyLimit } from './limit.ts';

/** Passes one request on; see `Fleet.request` for its errors. */
export function forward(deps: FleetDeps, find: () => Binding, request: FleetForward): Promise<Forwarded> {
  const { method, params } = request;
  return watched<Asked, Forwarded>(deps, find, { method, params, call: request }, (asked) => {
    const carrying = asked.params === params ? request : { ...request, params: asked.params };
    return perform(deps, find, asked, {
      send: (session, limit) => pass(session, carrying, limit),
      isToolError: ({ result }) => isToolError(result),
    });
  });
}

function pass(session: Session, request: ForwardRequest, limit: LazyLimit): Promise<Outcome<Forwarded>> {
  return session.forward?.({ ...request, timeoutMs: limit.leftMs }) ?? ask(session, request, limit);
}

/** A session that has no quicker way is asked as usual. */
async function ask(session: Session, request: ForwardRequest, limit: LazyLimit): Promise<Outcome<Forwarded>> {
  const { method, params, onNotification } = request;
  const outcome = await session.request(method, params, {
    signal: limit.signal,
    timeoutMs: limit.leftMs,
    ...(onNotification === undefined
      ? {}
      : { onProgress: (progress) => onNotification('notifications/progress', { ...progress }) }),
  });
  if (!outcome.ok) return outcome;
  return { ok: true, result: { result: Buffer.from(JSON.stringify(outcome.result ?? {})), asksForInput: false } };
}

/** Looked for before it is read: most results say nothing of the kind anywhere. */
function isToolError(result: Uint8Array): boolean {
  const bytes = Buffer.from(result.buffer, result.byteOffset, result.byteLength);
  if (!mayBeToolError(bytes)) return false;
  try {
    return (JSON.parse(bytes.toString('utf8')) as { readonly isError?: unknown }).isError === true;
  } catch {
    return false;
  }
}
