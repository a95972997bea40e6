/**
 * Addresses that servers want a person to open: read where an error names them, and judged before any client sees them.
 *
 * @module
 */
import { HoldfastError } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';
import { asksForNoPage, isPage, PAGE_REFUSED } from '../../core/page.ts';
import type { AskClient } from '../../core/relay.ts';
import { CODE } from '../rpc/answer.ts';
import { isObject } from '../rpc/message.ts';
import type { Json } from '../rpc/message.ts';

/** Of servers with sessions: a person has to open addresses before the request is sent again (MCP 2025-11-25, elicitation). */
export const URL_WANTED = -32_042;

function namedIn(rpc: unknown): readonly unknown[] {
  const data = isObject(rpc) && rpc['code'] === URL_WANTED ? rpc['data'] : undefined;
  const named = isObject(data) ? data['elicitations'] : undefined;
  return Array.isArray(named) ? named : [];
}

/** The elicitations that such an error names; none for every other error. */
export function pagesIn(rpc: unknown): readonly Json[] {
  return namedIn(rpc).filter((one) => isObject(one));
}

/** Says in the log what was refused. The address is the server's text, and is not repeated. */
export function refusedPage(server: string, logger: Logger): string {
  logger.warn({ server }, `a question is refused: ${PAGE_REFUSED}`);
  return `${server} asks to open what is no page: ${PAGE_REFUSED}.`;
}

/** The error; one of ours instead where it names an address that nobody is to open. */
export function judgedError(error: unknown, server: string, logger: Logger): unknown {
  if (!(error instanceof HoldfastError) || error.code !== 'ERR_RPC') return error;
  if (namedIn(error.data['rpc']).every((one) => isObject(one) && isPage(one['url']))) return error;
  const message = refusedPage(server, logger);
  const data = { ...error.data, rpc: { code: CODE.internal, message } };
  return new HoldfastError('ERR_RPC', message, { ...(error.hint === undefined ? {} : { hint: error.hint }), data });
}

/** Asks, but for what nobody is to open: that is refused as params that are not valid. */
export function judgedAsk(ask: AskClient, server: string, logger: Logger): AskClient {
  return (method, params, signal) => {
    if (!asksForNoPage(method, params)) return ask(method, params, signal);
    refusedPage(server, logger);
    return Promise.resolve({ error: { code: CODE.invalidParams, message: PAGE_REFUSED } });
  };
}
