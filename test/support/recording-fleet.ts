/**
 * A fleet that writes down what it is asked and answers from a script.
 *
 * @module
 */
import type { Fleet } from '../../src/core/fleet.ts';
import type { Snapshot } from '../../src/core/snapshot.ts';

/** One call, as it arrived. */
export interface Recorded {
  readonly method: string;
  readonly args: readonly unknown[];
}

type Script = { [M in keyof Fleet]?: Fleet[M] };

/** A fleet whose unscripted methods resolve with `undefined`. */
export function recordingFleet(script: Script = {}): { readonly fleet: Fleet; readonly calls: Recorded[] } {
  const calls: Recorded[] = [];
  const fleet = new Proxy({} as Fleet, {
    get(_target, method) {
      // A promise is awaited by asking for this one.
      if (typeof method !== 'string' || method === 'then') return undefined;
      return (...args: unknown[]): unknown => {
        calls.push({ method, args });
        const scripted = script[method as keyof Fleet] as ((...given: unknown[]) => unknown) | undefined;
        return scripted === undefined ? Promise.resolve(undefined) : scripted(...args);
      };
    },
  });
  return { fleet, calls };
}

/** A snapshot of a connected server. */
export function snapshotOf(name: string, more: Partial<Snapshot> = {}): Snapshot {
  return {
    name,
    status: 'connected',
    since: '2026-01-01T00:00:00.000Z',
    signIn: 'none',
    offersOAuth: false,
    transport: 'http',
    source: { client: 'holdfast', scope: 'own', file: '/cfg/servers.json', line: 1, pointer: `mcpServers.${name}` },
    next: ['reconnect'],
    timeline: [],
    ...more,
  };
}
