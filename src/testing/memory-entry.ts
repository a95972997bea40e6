/**
 * Entries of a memory world, in the words of a configuration file.
 *
 * @module
 */
import type { OAuthSettings, RemoteEndpoint, StdioEndpoint } from '../core/entry.ts';
import type { GatewayRules } from '../core/gateway-rules.ts';
import type { NumberOverrides } from '../core/numbers.ts';

/** An entry as it would stand in a file. */
export interface RawEntry {
  readonly type?: 'http' | 'sse' | 'stdio';
  readonly url?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly headersHelper?: string;
  readonly headersHelperTtlMs?: number;
  readonly oauth?: OAuthSettings;
  readonly command?: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly disabled?: boolean;
  /** Numbers of this server alone. */
  readonly holdfast?: NumberOverrides;
  /** What clients of a gateway see; in a file it stands under `holdfast`, too. */
  readonly gateway?: GatewayRules;
}

/** The endpoint of an entry, or `undefined` when it has neither `url` nor `command`. */
export function endpointOf(raw: RawEntry): StdioEndpoint | RemoteEndpoint | undefined {
  if (typeof raw.command === 'string')
    return { kind: 'stdio', command: raw.command, args: raw.args ?? [], env: raw.env ?? {} };
  if (typeof raw.url !== 'string') return undefined;
  return {
    kind: raw.type === 'http' || raw.type === 'sse' ? raw.type : 'auto',
    url: raw.url,
    headers: raw.headers ?? {},
    ...(raw.headersHelper === undefined ? {} : { headersHelper: raw.headersHelper }),
    ...(raw.headersHelperTtlMs === undefined ? {} : { headersHelperTtlMs: raw.headersHelperTtlMs }),
    ...(raw.oauth === undefined ? {} : { oauth: raw.oauth }),
  };
}
