/**
 * Requirements of what is seen from outside: figures, health and traces.
 *
 * @module
 */
import type { Requirement } from './requirement.ts';

export const REQUIREMENTS: readonly Requirement[] = [
  {
    id: 'watch.figures',
    source: 'OpenTelemetry conventions for MCP; Prometheus exposition format 0.0.4',
    behaviour:
      'Connections, tries, calls, sessions and sign-ins are counted under stable names, with a bounded number of series whatever comes in.',
  },
  {
    id: 'watch.metrics',
    source: 'Prometheus exposition format 0.0.4; BEHAVIOUR §11',
    behaviour:
      'The gateway tells its figures at /metrics to whoever has the token, with no address and no secret in them.',
  },
  {
    id: 'watch.health',
    source: 'issue 4, part 7',
    behaviour:
      'The gateway says at /healthz in one word, without a token, whether it serves; a server that is down makes it no less healthy.',
  },
  {
    id: 'gateway.chaos',
    source: 'issue 4, what must be seen',
    behaviour:
      'While every server is cut and killed again and again no answer reaches another client, no call is done twice, and what was surely not done is sent again.',
  },
  {
    id: 'watch.traces',
    source: 'OpenTelemetry conventions for MCP; MCP SEP-414; W3C Trace Context',
    behaviour:
      'A trace goes through the gateway and the library to the server in `_meta`, with a span for each side where the host traces.',
  },
];
