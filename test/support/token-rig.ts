/**
 * Token requests without sockets: a function answers each form, and every form is kept.
 *
 * @module
 */
import { Redactor, Secret } from '../../src/base/secret.ts';
import type { Authority, ClientIdentity } from '../../src/core/credential.ts';
import { resolveNumbers } from '../../src/core/numbers.ts';
import type { OAuthAsk } from '../../src/auth/deps.ts';
import type { PostDeps } from '../../src/auth/token/form-post.ts';
import { createVirtualClock, type VirtualClock } from '../../src/testing/virtual-clock.ts';

export const SERVER = 'https://mcp.example/mcp';

export const AUTHORITY: Authority = {
  issuer: 'https://as.example',
  tokenEndpoint: 'https://as.example/token',
  revocationEndpoint: 'https://as.example/revoke',
  deviceAuthorizationEndpoint: 'https://as.example/device',
  by: 'metadata',
};

export const CLIENT: ClientIdentity = { clientId: 'client-1', method: 'none', kind: 'configured' };

/** One form as it went out. */
export interface SentForm {
  readonly url: string;
  readonly method: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly form: Readonly<Record<string, string>>;
  readonly raw: string;
  /** Milliseconds since the rig was made. */
  readonly at: number;
}

export interface TokenRig {
  readonly deps: PostDeps & { readonly clock: VirtualClock };
  readonly ask: OAuthAsk;
  readonly sent: readonly SentForm[];
  readonly abort: AbortController;
}

/** Answers one form; may throw, or never answer. */
export type Answering = (form: SentForm, count: number) => Response | Promise<Response>;

/** A JSON answer. */
export function json(body: unknown, status = 200, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json', ...headers } });
}

export function tokenRig(answer: Answering): TokenRig {
  const clock = createVirtualClock();
  const began = clock.monotonic();
  const sent: SentForm[] = [];
  const abort = new AbortController();
  return {
    sent,
    abort,
    ask: { numbers: resolveNumbers(), signal: abort.signal },
    deps: {
      clock,
      redactor: new Redactor(),
      fetch: async (url, init = {}) => {
        const raw = init.body as string;
        const form = {
          url: String(url),
          method: init.method,
          headers: init.headers as Record<string, string>,
          form: Object.fromEntries(new URLSearchParams(raw)),
          raw,
          at: clock.monotonic() - began,
        };
        sent.push(form);
        return answer(form, sent.length);
      },
    },
  };
}

/** A client with a secret. */
export function secretClient(method: ClientIdentity['method'], id: string, secret: string): ClientIdentity {
  return { clientId: id, clientSecret: new Secret(secret), method, kind: 'configured' };
}

/** The error of a system call, as `fetch` throws it. */
export function networkError(code: string): Error {
  return new TypeError('fetch failed', { cause: Object.assign(new Error(code), { code }) });
}
