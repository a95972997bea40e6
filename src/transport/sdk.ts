/**
 * The SDK, loaded when the first session is opened: commands that open none do not pay for it.
 *
 * @module
 */
import type * as Sdk from '@modelcontextprotocol/client';
import type { Client, ClientCapabilities, ClientOptions, Implementation } from '@modelcontextprotocol/client';
import type { Asking } from './asking.ts';
import { answerElicitations, ELICITATION } from './asking.ts';
import { rootOf } from './roots.ts';

let loading: Promise<typeof Sdk> | undefined;

/** The SDK's module; loaded once. */
export function loadSdk(): Promise<typeof Sdk> {
  loading ??= import('@modelcontextprotocol/client');
  return loading;
}

/** Keeps nothing: lists are kept once, by the session. */
const NO_CACHE: NonNullable<ClientOptions['responseCacheStore']> = {
  get: () => undefined,
  set: () => 0,
  delete: () => {},
  evict: () => {},
  clear: () => {},
};
/** Results are passed on as they came, so nothing is compiled. */
const NO_VALIDATION: NonNullable<ClientOptions['jsonSchemaValidator']> = {
  getValidator: () => (data) => ({ valid: true, data: data as never, errorMessage: undefined }),
};

/** What a server may want of us. */
export interface ClientServices {
  /** `roots` are declared where it is given. */
  readonly projectRoot?: string | undefined;
  /** Elicitation is declared where it is given. */
  readonly asking?: Asking | undefined;
  /** Everything that can be relayed is declared: clients come later, with calls, and each can something else. */
  readonly relays?: boolean | undefined;
}

/** What is declared for these services. */
export function capabilitiesOf({ projectRoot, asking, relays = false }: ClientServices): ClientCapabilities {
  return {
    ...(relays ? { elicitation: { form: {}, url: {} }, sampling: {} } : {}),
    ...(projectRoot === undefined && !relays ? {} : { roots: {} }),
    ...(asking === undefined ? {} : { elicitation: ELICITATION }),
  };
}

/** Questions that belong to no call of a client that could be asked. */
function answerForNobody(client: Client): void {
  client.setRequestHandler('elicitation/create', () => ({ action: 'cancel' }));
}

/** A client that keeps no cache and validates no tool output. */
export async function createClient(info: Implementation, services: ClientServices): Promise<Client> {
  const { projectRoot, asking, relays } = services;
  const { Client: SdkClient } = await loadSdk();
  const client = new SdkClient(info, {
    capabilities: capabilitiesOf(services),
    jsonSchemaValidator: NO_VALIDATION,
    responseCacheStore: NO_CACHE,
  });
  if (projectRoot !== undefined) client.setRequestHandler('roots/list', () => ({ roots: [rootOf(projectRoot)] }));
  if (asking !== undefined) answerElicitations(client, asking);
  else if (relays === true) answerForNobody(client);
  return client;
}
