/**
 * A request to a server as meters and traces see it: from the question to the answer, waits and repetitions included.
 *
 * @module
 */
import { OTHER } from '../core/metrics.ts';
import { TOOL_ERROR, errorTypeOf, methodLabel, withContext } from '../core/watching.ts';
import type { Meter } from '../core/meter.ts';
import type { Network } from '../core/tracing.ts';
import type { Binding } from './binding.ts';
import type { FleetDeps } from './deps.ts';

/** A request, as far as it is looked at. */
export interface Watchable {
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>> | undefined;
  /** Hears that the tool itself says that it failed. */
  readonly onToolError?: () => void;
}

/** How a server is reached, as far as its entry says. */
function networkOf({ connection }: Binding): Network | undefined {
  const endpoint = connection?.entry.endpoint;
  if (endpoint === undefined) return undefined;
  if (endpoint.kind === 'stdio') return { transport: 'pipe' };
  if (!URL.canParse(endpoint.url)) return { transport: 'tcp' };
  const { hostname, port, protocol } = new URL(endpoint.url);
  return { transport: 'tcp', address: hostname, port: Number(port || (protocol === 'https:' ? 443 : 80)) };
}

function count(
  meter: Meter,
  server: string,
  { method, params, seconds, errorType }: Watchable & { readonly seconds: number; readonly errorType: string },
): void {
  const labels = { server, 'mcp.method.name': methodLabel(method), 'error.type': errorType };
  meter.observe('clientOperations', labels, seconds);
  if (method !== 'tools/call') return;
  const tool = params?.['name'];
  const outcome = errorType === '' ? 'ok' : errorType === TOOL_ERROR ? TOOL_ERROR : 'error';
  meter.count('toolCalls', { server, 'gen_ai.tool.name': typeof tool === 'string' ? tool : OTHER, outcome });
}

/** Does the work, and tells whoever watches. Errors: those of `find` and of the work. */
export async function watched<A extends Watchable, T>(
  deps: FleetDeps,
  find: () => Binding,
  asked: A,
  work: (asked: A) => Promise<T>,
): Promise<T> {
  const { clock, meter, tracing } = deps;
  if (meter === undefined && tracing === undefined) return work(asked);
  const { method, params } = asked;
  const binding = find();
  const server = binding.name;
  const startedAt = clock.monotonic();
  const span = tracing?.begin({ kind: 'client', method, params, server, network: () => networkOf(binding) });
  let errorType = '';
  const onToolError = (): void => {
    errorType = TOOL_ERROR;
  };
  const carrying = span === undefined ? params : withContext(params, span.carried);
  try {
    return await work({ ...asked, params: carrying, onToolError });
  } catch (error) {
    errorType = errorTypeOf(error);
    throw error;
  } finally {
    span?.end(errorType === '' ? undefined : errorType);
    const seconds = (clock.monotonic() - startedAt) / 1_000;
    if (meter !== undefined) count(meter, server, { method, params, seconds, errorType });
  }
}
