/**
 * The port through which requests appear in the traces of whoever traces. Names and attributes are those of the
 * OpenTelemetry conventions for MCP.
 *
 * @module
 */

/** How a server is reached. */
export interface Network {
  readonly transport: 'pipe' | 'tcp';
  readonly address?: string;
  readonly port?: number;
}

/** What a span is about. */
export interface SpanAbout {
  /** `client` = we ask a server; `server` = a client asks us. */
  readonly kind: 'client' | 'server';
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>> | undefined;
  /** The id of the request, where it is known. */
  readonly requestId?: string | number | undefined;
  /** The revision of MCP that is spoken; else that in `params._meta`. */
  readonly protocolVersion?: string | undefined;
  /** The name of the server that is asked. */
  readonly server?: string;
  /** How it is reached; asked for only where somebody traces. */
  readonly network?: () => Network | undefined;
}

/** A span that has begun. */
export interface Span {
  /** What messages that are sent within it carry in `_meta`: `traceparent`, `tracestate`, `baggage`. */
  readonly carried: Readonly<Record<string, string>>;
  /** Ends it; with the type of the error where there was one. */
  end(errorType?: string): void;
}

/** Makes spans. Never throws. */
export interface Tracing {
  /** The parent is the context in `params._meta`, else the active one. */
  begin(about: SpanAbout): Span;
}
