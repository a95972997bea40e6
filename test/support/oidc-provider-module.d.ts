/**
 * The few parts of `oidc-provider` (which ships no types) that the tests touch.
 *
 * @module
 */
declare module 'oidc-provider' {
  import type { IncomingMessage, ServerResponse } from 'node:http';

  interface AccessToken {
    readonly isExpired: boolean;
    readonly scopes: ReadonlySet<string>;
    readonly aud?: string;
  }

  export class Provider {
    constructor(issuer: string, configuration: Readonly<Record<string, unknown>>);
    readonly AccessToken: { find(value: string): Promise<AccessToken | undefined> };
    callback(): (request: IncomingMessage, response: ServerResponse) => Promise<void>;
    on(event: string, heard: () => void): void;
  }
}
