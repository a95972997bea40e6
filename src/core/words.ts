/**
 * The words that describe a server: status, phase, sign-in model, era (BEHAVIOUR §1).
 *
 * @module
 */

/** Five words, never more. Everything finer is in typed fields beside the word. */
export type Status = 'connected' | 'pending' | 'needs-auth' | 'failed' | 'disabled';

/** Every status, in the order in which a reader looks for them. */
export const STATUSES: readonly Status[] = ['needs-auth', 'failed', 'pending', 'connected', 'disabled'];

/** Why the server is being contacted. */
export type Phase = 'startup' | 'reconnect' | 'manual' | 'probe';

/** How a server signs in, as far as its entry says. */
export type SignInModel = 'none' | 'headers' | 'helper' | 'oauth' | 'stdio';

/** The protocol era of an endpoint: `modern` is 2026-07-28 and later (stateless), `legacy` is up to 2025-11-25. */
export type Era = 'legacy' | 'modern';
