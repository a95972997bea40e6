/**
 * Lets a server ask the person through the program that uses us, in both eras.
 *
 * @module
 */
import { ProtocolError, ProtocolErrorCode } from '@modelcontextprotocol/client';
import type { Client, ClientCapabilities } from '@modelcontextprotocol/client';
import type { Logger } from '../base/logger.ts';
import { safeText } from '../base/safe-text.ts';
import { asksForNoPage, PAGE_REFUSED } from '../core/page.ts';
import type { Elicit, Elicitation, ElicitationAnswer } from '../core/elicitation.ts';

/** Who is asked, and on whose behalf. */
export interface Asking {
  readonly elicit: Elicit;
  readonly server: string;
  readonly logger: Logger;
  /** Does the asking; the silence of the server is not counted meanwhile. */
  readonly whileAsking: <T>(ask: () => Promise<T>) => Promise<T>;
}

/** What is declared where somebody can be asked. Defaults of a form are filled in by the SDK (SEP-1034). */
export const ELICITATION: NonNullable<ClientCapabilities['elicitation']> = { form: { applyDefaults: true }, url: {} };

/** The answer, unless nobody waits for it any more: a program that goes on asking must not keep the call from ending. */
async function heard<T>(answer: T | Promise<T>, signal: AbortSignal): Promise<T> {
  let stop: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = (): void => reject(signal.reason as Error);
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([answer, aborted]);
  } finally {
    if (stop !== undefined) signal.removeEventListener('abort', stop);
  }
}

/** Answers `elicitation/create`, whether it comes as a request (earlier era) or inside a result (modern). */
export function answerElicitations(client: Client, { elicit, server, logger, whileAsking }: Asking): void {
  client.setRequestHandler('elicitation/create', async ({ method, params }, { mcpReq }) => {
    if (asksForNoPage(method, params)) {
      logger.warn({ server }, `a question is refused: ${PAGE_REFUSED}`);
      throw new ProtocolError(ProtocolErrorCode.InvalidParams, PAGE_REFUSED);
    }
    const common = { server, message: safeText(params.message) };
    const asked: Elicitation =
      params.mode === 'url'
        ? { ...common, mode: 'url', url: params.url }
        : { ...common, mode: 'form', requestedSchema: params.requestedSchema };
    let answer: ElicitationAnswer;
    try {
      answer = await whileAsking(() => heard(elicit(asked, mcpReq.signal), mcpReq.signal));
    } catch (error) {
      if (mcpReq.signal.aborted) throw error;
      logger.warn({ server, error: String(error) }, 'nobody could be asked');
      return { action: 'cancel' as const };
    }
    if (answer.action !== 'accept') return { action: answer.action };
    if (params.mode === 'url') return { action: 'accept' as const };
    const content = Object.entries(answer.content ?? {}).map(([name, value]) => [
      name,
      typeof value === 'object' ? [...value] : value,
    ]);
    return { action: 'accept' as const, content: Object.fromEntries(content) as Record<string, string> };
  });
}
