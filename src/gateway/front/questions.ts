/**
 * Questions to a client with a session, under ids of our own, and its answers.
 *
 * @module
 */
import type { RelayAnswer } from '../../core/relay.ts';
import { messageText } from '../rpc/answer.ts';
import { isObject } from '../rpc/message.ts';
import type { Id, Json, Message } from '../rpc/message.ts';

type Response = Extract<Message, { readonly kind: 'response' }>;

interface Open {
  readonly resolve: (answer: RelayAnswer) => void;
  readonly reject: (error: Error) => void;
}

/** Sends one message to the client, on the stream where it belongs. */
export type SendText = (text: string) => void;

const GONE = 'the client has gone';

/** What one client is asked. */
export class Questions {
  readonly #open = new Map<Id, Open>();
  #asked = 0;

  /** Asks. Rejects when `signal` aborts, which the client is told, or when the client has gone. */
  ask(
    question: { readonly method: string; readonly params: Json },
    signal: AbortSignal,
    send: SendText,
  ): Promise<RelayAnswer> {
    this.#asked += 1;
    const id = `ask-${this.#asked}`;
    return new Promise((resolve, reject) => {
      const stop = (): void => {
        if (!this.#open.delete(id)) return;
        send(messageText('notifications/cancelled', { requestId: id, reason: 'nobody waits for the answer any more' }));
        reject(signal.reason as Error);
      };
      if (signal.aborted) {
        reject(signal.reason as Error);
        return;
      }
      signal.addEventListener('abort', stop, { once: true });
      const over = (): void => signal.removeEventListener('abort', stop);
      this.#open.set(id, {
        resolve: (answer) => {
          over();
          resolve(answer);
        },
        reject: (error) => {
          over();
          reject(error);
        },
      });
      try {
        send(messageText(question.method, question.params, id));
      } catch (error) {
        this.#open.delete(id);
        over();
        reject(error instanceof Error ? error : new Error(GONE));
      }
    });
  }

  /** Takes an answer of the client; one to a question that is over says nothing. */
  answered({ id, result, error }: Response): void {
    const open = this.#open.get(id);
    this.#open.delete(id);
    if (error !== undefined) open?.resolve({ error: readError(error) });
    else open?.resolve({ result: isObject(result) ? result : {} });
  }

  /** The client has gone. */
  end(): void {
    for (const open of this.#open.values()) open.reject(new Error(GONE));
    this.#open.clear();
  }
}

function readError({ code, message, data }: Json): Extract<RelayAnswer, { readonly error: unknown }>['error'] {
  return {
    code: typeof code === 'number' ? code : -32_603,
    message: typeof message === 'string' ? message : 'the client refused',
    ...(data === undefined ? {} : { data }),
  };
}
