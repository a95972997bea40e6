/**
 * By what a gateway of ours is known again by the owner of its connections: without it, an entry that leads back to the
 * gateway would offer the gateway's tools to itself, and those again, without end.
 *
 * @module
 */

/** The experimental capability of MCP that carries the mark: `{ "holdfast/gateway": { "mark": "…" } }`. */
export const OWN_GATEWAY = 'holdfast/gateway';

/** The capability. */
export function ownMark(mark: string | undefined): Readonly<Record<string, unknown>> {
  return mark === undefined ? {} : { experimental: { [OWN_GATEWAY]: { mark } } };
}
