/**
 * docs/reference/metrics.md: every figure, from the table.
 *
 * @module
 */
import { BUCKETS, METRICS, OTHER } from '../../src/core/metrics.ts';
import type { Metric } from '../../src/core/metrics.ts';
import { promLabel, promName } from '../../src/gateway/observe/exposition.ts';
import { code, codes, page, table } from './markdown.ts';

/** The page. */
export function metricsPage(): string {
  const rows = Object.values<Metric>(METRICS).map((metric) => [
    code(promName(metric)),
    metric.kind,
    codes(metric.labels.map(promLabel)) || '–',
    metric.what,
    code(metric.name),
  ]);
  return page('Metrics', '`src/core/metrics.ts`', [
    'What `GET /metrics` of the gateway tells, in the text format of Prometheus (0.0.4), to whoever has its token. How to scrape it: [observe](../how-to/observe.md).',
    table(['name', 'kind', 'labels', 'what', 'name in OpenTelemetry'], rows),
    `Names and buckets of \`mcp_*\` are those of the OpenTelemetry conventions for MCP. Bounds of all histograms, in seconds: ${BUCKETS.join(', ')}.`,
    `\`server\` is the name in the configuration; figures of servers that the gateway does not show are left out. \`error_type\` is absent where nothing went wrong; it is \`tool_error\` where the tool itself says that it failed, else the code of the JSON-RPC error or of [the error](library.md). Counting goes on as long as the process that owns the connections lives.`,
    `No figure carries an address, a header, an argument or a person. Of each figure only so many series are told apart (2,000 of a counter, 500 of a histogram); what comes later, a method that the protocol does not know and a label of more than 128 characters are counted under \`${OTHER}\`.`,
    '`GET /healthz` needs no token and tells one word: `{"status":"ok"}` with 200, or with 503 `starting` (no server could be asked yet, and some are tried for the first time) or `failing` (the connections do not answer within a second). A server that is down, or waits for a person, makes the gateway no less healthy: a restart would not help it.',
  ]);
}
