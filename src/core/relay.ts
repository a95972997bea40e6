/**
 * What a server asks of a client while it works on one of its requests, on its way back through us (MCP, client features:
 * elicitation, sampling, roots).
 *
 * @module
 */

/** What the client answered: a result, or an error of JSON-RPC. */
export type RelayAnswer =
  | { readonly result: Readonly<Record<string, unknown>> }
  | { readonly error: { readonly code: number; readonly message: string; readonly data?: unknown } };

/** Asks the client. `signal` aborts when the server does not wait for the answer any more. What it throws is told as an error. */
export type AskClient = (
  method: string,
  params: Readonly<Record<string, unknown>>,
  signal: AbortSignal,
) => Promise<RelayAnswer>;

/** The capability of a client that each request of a server needs. */
export const ASKED_OF_CLIENTS: Readonly<Record<string, 'elicitation' | 'sampling' | 'roots'>> = {
  'elicitation/create': 'elicitation',
  'sampling/createMessage': 'sampling',
  'roots/list': 'roots',
};

/**
 * Whether a client of these capabilities may be asked this: servers must not ask for what was not declared (MCP, every
 * feature of clients). A client that names no modes of elicitation is asked by form (MCP 2025-11-25, elicitation,
 * capabilities), and so is meant a question without a mode.
 */
export function mayBeAsked(
  capabilities: Readonly<Record<string, unknown>>,
  method: string,
  params: Readonly<Record<string, unknown>> = {},
): boolean {
  const needed = Object.hasOwn(ASKED_OF_CLIENTS, method) ? ASKED_OF_CLIENTS[method] : undefined;
  const declared = needed === undefined ? undefined : capabilities[needed];
  if (needed !== 'elicitation' || typeof declared !== 'object' || declared === null) return declared !== undefined;
  const opensPages = Object.hasOwn(declared, 'url');
  return params['mode'] === 'url' ? opensPages : Object.hasOwn(declared, 'form') || !opensPages;
}

/** Whether a client can be asked anything at all. */
export function canBeAsked({ elicitation, sampling, roots }: Readonly<Record<string, unknown>>): boolean {
  return elicitation !== undefined || sampling !== undefined || roots !== undefined;
}

const NOTHING: Readonly<Record<string, unknown>> = Object.freeze({});

/**
 * The part of a client's capabilities that can be passed through to a server. That roots have changed is not: whom it
 * concerns is known only while a call is under way, and then the server can ask.
 */
export function relayable(capabilities: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  if (!canBeAsked(capabilities)) return NOTHING;
  const { elicitation, sampling, roots } = capabilities;
  return {
    ...(elicitation === undefined ? {} : { elicitation }),
    ...(sampling === undefined ? {} : { sampling }),
    ...(roots === undefined ? {} : { roots: {} }),
  };
}
