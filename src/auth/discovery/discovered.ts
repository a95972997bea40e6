/**
 * What discovery finds: the authorization server of an MCP server, and the resource that tokens are asked for.
 *
 * @module
 */
import type { Authority } from '../../core/credential.ts';
import type { Fault } from '../../core/fault.ts';

/** A server's way to sign in. */
export interface Discovered {
  readonly authority: Authority;
  /** The `resource` parameter (RFC 8707), exactly as the resource metadata spells it; `undefined` where there is none. */
  readonly resource: string | undefined;
  /** `scopes_supported` of the resource metadata. */
  readonly resourceScopes?: readonly string[];
  /** `scope` of the challenge that asked for the sign-in. */
  readonly challengedScopes?: readonly string[];
  /** The server takes tokens bound to a key alone (RFC 9449): its metadata says so, or it challenges for DPoP and not for Bearer. */
  readonly bindsTokens?: true;
}

/** A way to sign in, or why there is none: a fault of the network is never "the server is its own authorization server". */
export type Discovery =
  | { readonly ok: true; readonly found: Discovered }
  | { readonly ok: false; readonly fault: Fault };
