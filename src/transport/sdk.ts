/**
 * The SDK, loaded when the first session is opened: commands that open none do not pay for it.
 *
 * @module
 */
import type * as Sdk from '@modelcontextprotocol/client';
import type { Client, ClientOptions, Implementation } from '@modelcontextprotocol/client';
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

/** A client that keeps no cache and validates no tool output; `roots` are declared where a project is given. */
export async function createClient(info: Implementation, projectRoot: string | undefined): Promise<Client> {
  const { Client: SdkClient } = await loadSdk();
  const client = new SdkClient(info, {
    capabilities: projectRoot === undefined ? {} : { roots: {} },
    jsonSchemaValidator: NO_VALIDATION,
    responseCacheStore: NO_CACHE,
  });
  if (projectRoot !== undefined) client.setRequestHandler('roots/list', () => ({ roots: [rootOf(projectRoot)] }));
  return client;
}
