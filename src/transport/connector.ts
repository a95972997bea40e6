/**
 * The connector of the real world: every kind of endpoint behind the one port.
 *
 * @module
 */
import { isRemote } from '../core/entry.ts';
import type { Connector } from '../core/ports.ts';
import type { Http } from '../net/dispatcher.ts';
import { openHttp } from './http.ts';
import { ProcessHost } from './process/host.ts';
import type { HostWorld } from './process/host.ts';
import type { SessionWorld } from './session.ts';
import { openStdio } from './stdio.ts';

/** What a connector is made from. */
export interface ConnectorWorld extends SessionWorld, HostWorld {
  /** The process's HTTP client; the connector closes it. */
  readonly http: Http;
}

/** A connector for stdio, Streamable HTTP and HTTP+SSE. Who creates it closes it. */
export function createConnector(world: ConnectorWorld): Connector {
  const host = new ProcessHost(world);
  const stdioWorld = { ...world, host };
  return {
    open: (request) => (isRemote(request.entry.endpoint) ? openHttp(request, world) : openStdio(request, stdioWorld)),
    async close() {
      await host.close();
      await world.http.close();
    },
  };
}
