/**
 * What the server answered on connect: status, reason, retried.
 *
 * @module
 */
import type { Requirement } from './requirement.ts';

export const REQUIREMENTS: readonly Requirement[] = [
  {
    id: 'connect.step-up',
    source: 'docs/explanation/behaviour.md §3a',
    behaviour: '403 insufficient_scope with a token held asks for more rights and is not retried.',
  },
  {
    id: 'connect.401-headers',
    source: 'docs/explanation/behaviour.md §3a',
    behaviour: '401 while the entry sends headers is needs-auth, credentials-rejected, not retried quickly.',
  },
  {
    id: 'connect.403-headers',
    source: 'docs/explanation/behaviour.md §3a',
    behaviour: '403 while the entry sends headers is needs-auth, credentials-rejected, not retried quickly.',
  },
  {
    id: 'connect.helper-rejected',
    source: 'docs/explanation/behaviour.md §3a',
    behaviour: '401 or 403 with helper output runs the helper again once, then is needs-auth, credentials-rejected.',
  },
  {
    id: 'connect.offers-sign-in-too',
    source: 'docs/explanation/behaviour.md §3a',
    behaviour:
      'A server that rejects headers and advertises OAuth is still credentials-rejected; sign-in is offered in addition.',
  },
  {
    id: 'connect.401-token',
    source: 'docs/explanation/behaviour.md §3a',
    behaviour: '401 while an OAuth token is held is needs-auth, sign-in-expired.',
  },
  {
    id: 'connect.401-sign-in',
    source: 'docs/explanation/behaviour.md §3a',
    behaviour: '401 with nothing sent by a server that advertises OAuth is needs-auth, sign-in-required.',
  },
  {
    id: 'connect.403-sign-in',
    source: 'docs/explanation/behaviour.md §3a',
    behaviour: '403 with nothing sent by a server that advertises OAuth is needs-auth, sign-in-required.',
  },
  {
    id: 'connect.401-bare',
    source: 'docs/explanation/behaviour.md §3a',
    behaviour: '401 with nothing sent and no sign-in advertised is needs-auth, credentials-required.',
  },
  {
    id: 'connect.403-bare',
    source: 'docs/explanation/behaviour.md §3a',
    behaviour:
      'Any other 403 is needs-auth, forbidden, and the sentence names a firewall or proxy as a possible cause.',
  },
  {
    id: 'connect.refused',
    source: 'docs/explanation/behaviour.md §3a',
    behaviour: 'A refused connection is retried quickly, then failed, refused.',
  },
  {
    id: 'connect.reset',
    source: 'docs/explanation/behaviour.md §3a',
    behaviour: 'A connection closed without an answer is retried quickly, then failed, reset.',
  },
  {
    id: 'connect.timeout',
    source: 'docs/explanation/behaviour.md §3a',
    behaviour: 'A server that does not answer in time is retried quickly, then failed, timeout.',
  },
  {
    id: 'connect.dns',
    source: 'docs/explanation/behaviour.md §3a',
    behaviour: 'A name that does not resolve is retried quickly, then failed, dns.',
  },
  {
    id: 'connect.proxy',
    source: 'docs/explanation/behaviour.md §3a',
    behaviour: 'A proxy that cannot be used is retried quickly, then failed, proxy.',
  },
  {
    id: 'connect.tls',
    source: 'docs/explanation/behaviour.md §3a',
    behaviour: 'A TLS certificate error is failed, tls, and not retried quickly.',
  },
  {
    id: 'connect.408-425',
    source: 'docs/explanation/behaviour.md §3a',
    behaviour: '408 and 425 are treated as a time-out.',
  },
  {
    id: 'connect.5xx',
    source: 'docs/explanation/behaviour.md §3a',
    behaviour: '5xx except 501 is retried quickly, then failed, http-5xx.',
  },
  {
    id: 'connect.429',
    source: 'docs/explanation/behaviour.md §3a',
    behaviour: '429 is retried, never before its Retry-After.',
  },
  {
    id: 'connect.429-short',
    source: 'docs/explanation/behaviour.md §3a',
    behaviour: 'A Retry-After of at most 30 s is waited in pending.',
  },
  {
    id: 'connect.429-long',
    source: 'docs/explanation/behaviour.md §3a',
    behaviour: 'A longer Retry-After is failed with nextRetryAt, at most one hour ahead.',
  },
  {
    id: 'connect.404-410',
    source: 'docs/explanation/behaviour.md §3a',
    behaviour: '404 and 410 at the configured url are failed, http-404.',
  },
  {
    id: 'connect.earlier-revision',
    source: 'docs/explanation/behaviour.md §3a',
    behaviour: '400, 404 or 405 to a modern request without a modern error body falls back to the earlier revision.',
  },
  {
    id: 'connect.sse-only-without-type',
    source: 'docs/explanation/behaviour.md §3a',
    behaviour: 'The fallback to HTTP+SSE is tried only where the entry has no type.',
  },
  {
    id: 'connect.first-error-told',
    source: 'docs/explanation/behaviour.md §3a',
    behaviour: 'When every transport refuses, the error of the first one is told.',
  },
  {
    id: 'connect.other-4xx',
    source: 'docs/explanation/behaviour.md §3a',
    behaviour: 'Other 4xx and 501 are failed, http-4xx.',
  },
  {
    id: 'connect.redirected',
    source: 'docs/explanation/behaviour.md §3a',
    behaviour:
      'A redirect to another origin is not followed and is failed, redirected, with the url to put into the entry.',
  },
  {
    id: 'connect.not-mcp',
    source: 'docs/explanation/behaviour.md §3a',
    behaviour: 'A 200 with HTML or another body that is not MCP is failed, not-mcp.',
  },
  {
    id: 'connect.protocol',
    source: 'docs/explanation/behaviour.md §3a',
    behaviour: 'A broken protocol is failed, protocol-error; no common version is failed, version-unsupported.',
  },
  {
    id: 'connect.spawn-not-found',
    source: 'docs/explanation/behaviour.md §3a',
    behaviour: 'A command that does not exist is failed, spawn-not-found.',
  },
  {
    id: 'connect.spawn-denied',
    source: 'docs/explanation/behaviour.md §3a',
    behaviour: 'A command that may not be executed is failed, spawn-denied.',
  },
  {
    id: 'connect.exited',
    source: 'docs/explanation/behaviour.md §3a',
    behaviour: 'A process that ended is respawned, then failed, exited, with code or signal and its last stderr lines.',
  },
  {
    id: 'connect.crash-loop',
    source: 'docs/explanation/behaviour.md §3a',
    behaviour: 'Five deaths in 60 s are a crash-loop, started again every five minutes.',
  },
  {
    id: 'connect.variable-missing',
    source: 'docs/explanation/behaviour.md §3a',
    behaviour:
      'A variable without value and default is failed, variable-missing; nothing is sent; the other entries work.',
  },
  {
    id: 'connect.config-invalid',
    source: 'docs/explanation/behaviour.md §3a',
    behaviour:
      'An entry that is not valid is failed, config-invalid, with file, line and JSON path; nothing is sent; the other entries work.',
  },
  {
    id: 'connect.one-deadline',
    source: 'docs/explanation/behaviour.md §4',
    behaviour: 'One connect try, era probe and fallbacks included, stands under one deadline.',
  },
];
