/**
 * What the answer to the era probe (`server/discover`) says about an endpoint, as one table (MCP 2026-07-28, versioning
 * and Streamable HTTP, backward compatibility).
 *
 * @module
 */
import { safeLine } from '../base/safe-text.ts';
import type { Answer } from '../core/fault.ts';
import type { RpcInBody } from './answer-error.ts';
import { isObject, MODERN_VERSIONS, RPC } from './protocol.ts';

/** What came back on the probe. */
export type ProbeOutcome =
  | { readonly kind: 'result'; readonly result: unknown }
  | { readonly kind: 'rpc'; readonly error: RpcInBody['error'] }
  | { readonly kind: 'answer'; readonly answer: Answer; readonly rpc?: RpcInBody['error'] }
  /** No answer within `eraProbeMs`. */
  | { readonly kind: 'silent' };

/** What to do next. */
export type Verdict =
  /** Go on in the modern era with this `DiscoverResult` and version. */
  | { readonly kind: 'modern'; readonly version: string; readonly discover: unknown }
  /** Ask again, naming this version. */
  | { readonly kind: 'again'; readonly version: string }
  /** Go on with `initialize`. */
  | { readonly kind: 'legacy' }
  /** The answer of the whole try; it says nothing about the era. */
  | { readonly kind: 'answer'; readonly answer: Answer };

/** Statuses that say nothing about the era, beside 5xx and 3xx: credentials, patience, proxies. */
const NO_EVIDENCE: ReadonlySet<number> = new Set([401, 403, 407, 408, 425, 429]);
/** Errors that only a modern server sends. */
const MODERN_CODES: ReadonlySet<number> = new Set([RPC.headerMismatch, RPC.missingCapability, RPC.unsupportedVersion]);

const LEGACY: Verdict = { kind: 'legacy' };

/** Whether a JSON-RPC error is one of those that only a modern server sends. */
export function isModernError(error: RpcInBody['error'] | undefined): boolean {
  return error !== undefined && MODERN_CODES.has(error.code);
}

/** Whether an HTTP status says nothing about the era. */
function noEvidence(status: number): boolean {
  return status < 400 || status > 499 || NO_EVIDENCE.has(status);
}

/** The verdict. `asked` is the version that the probe named, `legacyVersions` are those that `initialize` could settle on. */
export function judgeProbe(outcome: ProbeOutcome, asked: string, legacyVersions: readonly string[]): Verdict {
  switch (outcome.kind) {
    case 'silent':
      return LEGACY;
    case 'result':
      return judgeResult(outcome.result, legacyVersions);
    case 'rpc':
      return judgeRpc(outcome.error, asked, legacyVersions);
    case 'answer': {
      const { answer, rpc } = outcome;
      if (answer.kind === 'not-mcp' || answer.kind === 'protocol') return LEGACY;
      if (answer.kind !== 'http' || noEvidence(answer.status)) return { kind: 'answer', answer };
      return rpc === undefined ? LEGACY : judgeRpc(rpc, asked, legacyVersions);
    }
  }
}

function judgeResult(result: unknown, legacyVersions: readonly string[]): Verdict {
  const supported = isObject(result) ? stringsOf(result['supportedVersions']) : undefined;
  if (supported === undefined) return LEGACY;
  const version = MODERN_VERSIONS.find((ours) => supported.includes(ours));
  if (version !== undefined) return { kind: 'modern', version, discover: result };
  return noModernVersion(supported, legacyVersions);
}

function judgeRpc(error: RpcInBody['error'], asked: string, legacyVersions: readonly string[]): Verdict {
  if (error.code === RPC.unsupportedVersion) {
    const supported = isObject(error.data) ? stringsOf(error.data['supported']) : undefined;
    if (supported === undefined) return LEGACY;
    const shared = MODERN_VERSIONS.filter((ours) => supported.includes(ours));
    // It may name the very version that it refused: another replica will have answered.
    const other = shared.find((ours) => ours !== asked) ?? shared[0];
    return other === undefined ? noModernVersion(supported, legacyVersions) : { kind: 'again', version: other };
  }
  if (!isModernError(error)) return LEGACY;
  return { kind: 'answer', answer: { kind: 'protocol', text: `the server refuses server/discover (${error.code})` } };
}

/** A server that names only versions we cannot speak; one we share by `initialize` is still worth the try. */
function noModernVersion(supported: readonly string[], legacyVersions: readonly string[]): Verdict {
  if (supported.some((version) => legacyVersions.includes(version))) return LEGACY;
  const named = safeLine(supported.slice(0, 8).join(', '));
  return {
    kind: 'answer',
    answer: { kind: 'version', text: `the server speaks ${named === '' ? 'no version' : named}` },
  };
}

function stringsOf(value: unknown): readonly string[] | undefined {
  if (!Array.isArray(value) || !value.every((item) => typeof item === 'string')) return undefined;
  return value;
}

/**
 * Whether a refused `initialize` means that a remembered legacy era proves wrong: a modern error, "no such method", or
 * an HTTP refusal of the request as such.
 */
export function disprovesLegacy(answer: Answer, rpc: RpcInBody['error'] | undefined): boolean {
  if (isModernError(rpc) || rpc?.code === RPC.methodNotFound) return true;
  return answer.kind === 'http' && !noEvidence(answer.status);
}
