/**
 * Rules of the MCP specification that the transports keep.
 *
 * @module
 */
import type { Requirement } from './requirement.ts';

export const REQUIREMENTS: readonly Requirement[] = [
  {
    id: 'transport.era-by-body',
    source: 'MCP 2026-07-28, Streamable HTTP, backward compatibility',
    behaviour: 'The era of an HTTP endpoint is probed by the body of the answer, never by 401, 403 or 5xx.',
  },
  {
    id: 'transport.era-remembered',
    source: 'MCP 2026-07-28, versioning',
    behaviour: 'The era is remembered by endpoint and probed again when it proves wrong.',
  },
  {
    id: 'transport.era-stdio',
    source: 'MCP 2026-07-28, stdio',
    behaviour:
      'stdio opens with the earlier era by default; with auto, silence or any other error falls back to initialize, a modern error does not.',
  },
  {
    id: 'transport.unsupported-version',
    source: 'MCP 2026-07-28, versioning',
    behaviour: 'On -32022 a version both know is taken from data.supported, else version-unsupported is told.',
  },
  {
    id: 'transport.meta',
    source: 'MCP 2026-07-28, basic, _meta',
    behaviour:
      'Every modern request carries version, capabilities and client info in _meta, and the same version in its header.',
  },
  {
    id: 'transport.initialize',
    source: 'MCP 2025-11-25, lifecycle',
    behaviour:
      'A legacy session opens with initialize, then notifications/initialized; an unsupported version ends it.',
  },
  {
    id: 'transport.http-headers',
    source: 'MCP 2025-11-25, Streamable HTTP',
    behaviour:
      'Each POST accepts JSON and event streams; after initialize it names the negotiated version and the session.',
  },
  {
    id: 'transport.session-404',
    source: 'MCP 2025-11-25, Streamable HTTP, session management',
    behaviour: 'A lost session (404) is renewed once by one shared initialize and the rejected call sent once more.',
  },
  {
    id: 'transport.session-400',
    source: 'MCP 2025-11-25, Streamable HTTP, session management',
    behaviour: 'A 400 of a server that says it has no such session is renewed like a 404.',
  },
  {
    id: 'transport.session-delete',
    source: 'MCP 2025-11-25, Streamable HTTP, session management',
    behaviour: 'Leaving a session sends DELETE; 405 is a legal answer.',
  },
  {
    id: 'transport.get-optional',
    source: 'MCP 2025-11-25, Streamable HTTP, listening',
    behaviour: '405 or 404 on the optional GET stream is no fault.',
  },
  {
    id: 'transport.server-requests',
    source: 'MCP 2025-11-25, Streamable HTTP',
    behaviour:
      'Requests of the server are answered: ping with an empty result, what is not offered with method not found.',
  },
  {
    id: 'transport.sse',
    source: 'MCP 2024-11-05, HTTP with SSE',
    behaviour: 'HTTP+SSE waits for the endpoint event under the deadline and refuses an endpoint on another origin.',
  },
  {
    id: 'transport.stdio-lines',
    source: 'MCP 2025-11-25, stdio',
    behaviour: 'One message per line; stray stdout lines are counted, never fatal.',
  },
  {
    id: 'transport.stdio-close',
    source: 'MCP 2025-11-25, lifecycle, shutdown',
    behaviour: 'Close is the end of stdin, then TERM and KILL to the whole process group.',
  },
  {
    id: 'transport.stdio-orphans',
    source: 'MCP 2025-11-25, lifecycle, shutdown',
    behaviour: 'kill -9 of the owner leaves no process behind.',
  },
  {
    id: 'transport.stdio-stderr',
    source: 'MCP 2025-11-25, stdio',
    behaviour: 'stderr is always drained into a bounded ring and is no sign of a fault.',
  },
  {
    id: 'transport.cancel',
    source: 'MCP 2026-07-28, cancellation',
    behaviour: 'Cancellation closes the stream in the modern era and sends notifications/cancelled in the earlier one.',
  },
  {
    id: 'transport.progress',
    source: 'MCP 2025-11-25, progress',
    behaviour: 'Progress reaches the caller and resets the idle limit; the whole limit stays.',
  },
  {
    id: 'transport.paging',
    source: 'MCP 2026-07-28, pagination',
    behaviour: 'Lists follow cursors until none comes; an empty string is a cursor.',
  },
  {
    id: 'transport.list-changed',
    source: 'MCP 2025-11-25, tools, list changed',
    behaviour: 'list_changed is always honoured: the list is read again.',
  },
  {
    id: 'transport.bounded',
    source: 'docs/architecture.md §5',
    behaviour: 'A message, a stderr, a metadata document is bounded in bytes.',
  },
  {
    id: 'net.challenges',
    source: 'RFC 9110 §11.6.1',
    behaviour: 'WWW-Authenticate is parsed as RFC 9110 says: several challenges, quoted strings, token68.',
  },
  {
    id: 'net.retry-after',
    source: 'RFC 9110 §10.2.3',
    behaviour: 'Retry-After is read as seconds or as an HTTP date.',
  },
  {
    id: 'net.advertises',
    source: 'MCP 2026-07-28, authorization, discovery',
    behaviour:
      'A sign-in is advertised by resource_metadata, by resource metadata, by authorization-server metadata or by the entry.',
  },
  {
    id: 'net.proxy',
    source: 'docs/architecture.md §5',
    behaviour: 'Proxy and CA settings are honoured in every phase.',
  },
  {
    id: 'transport.real-servers',
    source: 'issue: what must be seen',
    behaviour: 'The published example servers are connected, listed, called, killed and back, over every transport.',
  },
];
