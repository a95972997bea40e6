/**
 * What a server answers to a request that asks for nothing and carries nothing.
 *
 * @module
 */
import type { Challenge } from '../core/fault.ts';
import { parseIso } from '../base/clock.ts';
import { parseChallenges } from '../net/challenge.ts';
import type { Fetch } from '../net/dispatcher.ts';
import { displayUrl } from '../net/redact-url.ts';
import type { Clock } from '../base/clock.ts';
import { errnoWithin } from './network.ts';
import type { Step } from './network.ts';

/** One answer. */
export interface Heard {
  readonly status: number;
  readonly challenges: readonly Challenge[];
  /** Target of a redirect, without its query. */
  readonly location?: string;
  /** How far the clock of this machine is ahead of the server's. */
  readonly aheadMs?: number;
}

/** The harmless request of MCP 2026-07-28; an earlier server answers it with an error, which is an answer too. */
const ASK = JSON.stringify({
  jsonrpc: '2.0',
  id: 1,
  method: 'server/discover',
  params: {
    _meta: {
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientInfo': { name: 'holdfast-doctor', version: '1' },
      'io.modelcontextprotocol/clientCapabilities': {},
    },
  },
});

const HEADERS = {
  'content-type': 'application/json',
  accept: 'application/json, text/event-stream',
  'mcp-protocol-version': '2026-07-28',
  'mcp-method': 'server/discover',
};

function heard(response: Response, url: URL, clock: Clock): Heard {
  const date = parseIso(response.headers.get('date') ?? '');
  const target = response.headers.get('location');
  const isRedirect = response.status >= 300 && response.status < 400 && target !== null;
  return {
    status: response.status,
    challenges: parseChallenges(response.headers.get('www-authenticate')),
    ...(isRedirect && URL.canParse(target, url.href) ? { location: displayUrl(new URL(target, url)) } : {}),
    ...(Number.isNaN(date) ? {} : { aheadMs: clock.now() - date }),
  };
}

/** One POST, at most `ms` long; its body is not read. */
export async function ask(
  url: URL,
  { fetch, clock }: { readonly fetch: Fetch; readonly clock: Clock },
  ms: number,
): Promise<Step<Heard>> {
  const end = new AbortController();
  let isLate = false;
  const timer = clock.after(ms, () => {
    isLate = true;
    end.abort();
  });
  try {
    const response = await fetch(url, {
      method: 'POST',
      body: ASK,
      headers: HEADERS,
      redirect: 'manual',
      signal: end.signal,
    });
    return { ok: true, ...heard(response, url, clock) };
  } catch (error) {
    return { ok: false, errno: isLate ? 'ETIMEDOUT' : errnoWithin(error) };
  } finally {
    timer.cancel();
    end.abort();
  }
}
