/**
 * What the official conformance suite and real authorization servers hold us to, and what our own stand-ins promise.
 *
 * @module
 */
import type { Requirement } from './requirement.ts';

export const REQUIREMENTS: readonly Requirement[] = [
  {
    id: 'transport.elicitation',
    source: 'MCP 2025-11-25 and 2026-07-28, client, elicitation',
    behaviour:
      'A server may ask a person through the program that uses the library, in both eras; where nobody can be asked, nothing is declared.',
  },
  {
    id: 'conformance.client',
    source: 'the official conformance suite, 0.2.0-alpha.12',
    behaviour:
      'Both frozen sets of client requirements (2025-11-25: 18, 2026-07-28: 32) and all 48 client scenarios pass through the public library.',
  },
  {
    id: 'oauth.real-server',
    source: 'issue: what must be seen',
    behaviour:
      'At a real authorization server, through a real browser, a login is made, renewed with rotation, widened and revoked.',
  },
  {
    id: 'discovery.dpop',
    source: 'RFC 9449 §7.1, RFC 9728 §2',
    behaviour:
      'Tokens are bound to a key where the entry asks for it, or where the server takes no others; else they are not.',
  },
  {
    id: 'testing.auth-server',
    source: 'issue: what must be seen',
    behaviour:
      'The authorization server of the tests refuses what is wrong (PKCE, redirect, audience, spent tokens) and fails only as told.',
  },
  {
    id: 'testing.browser',
    source: 'docs/decisions/020-browser.md',
    behaviour: 'The test command finds or brings a real Chromium; without one it fails.',
  },
  {
    id: 'testing.store',
    source: 'src/core/store.ts',
    behaviour: 'The store and the lease of the tests keep the promises of their ports.',
  },
  {
    id: 'conformance.gateway',
    source: 'the official suite, server sets 2025-11-25 and 2026-07-28',
    behaviour:
      'The official server suite passes through the gateway in front of a server that has all that it asks, and the merged endpoint differs in names only.',
  },
];
