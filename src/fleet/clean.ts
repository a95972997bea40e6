/**
 * Text from outside before anything is made of it: no secret, no control character, and cut only after that, because a
 * secret at the edge would stay in part.
 *
 * @module
 */
import { safeText } from '../base/safe-text.ts';
import type { Redactor } from '../base/secret.ts';
import type { Fault } from '../core/fault.ts';

const LONGEST = 1_000;

/** The text, at most `limit` characters of it (default 1000). */
export function clean(redactor: Redactor, text: string, limit = LONGEST): string {
  // Twice: a secret may be split by what is stripped, or hold some of it.
  const whole = redactor.redact(safeText(redactor.redact(text), text.length));
  return safeText(whole, limit);
}

/** Scopes as a server names them. */
export function cleanScopes(redactor: Redactor, scopes: readonly string[]): readonly string[] {
  return [...new Set(scopes.map((scope) => clean(redactor, scope)))];
}

/** The fault with every text of it cleaned. Done once, where a fault comes in. */
export function cleanFault(redactor: Redactor, fault: Fault): Fault {
  const { detail, exit, redirectTo, missingScopes } = fault;
  const lines = (texts: readonly string[]): readonly string[] => texts.map((text) => clean(redactor, text));
  return {
    ...fault,
    ...(detail === undefined ? {} : { detail: clean(redactor, detail) }),
    ...(exit === undefined ? {} : { exit: { ...exit, stderr: lines(exit.stderr) } }),
    ...(redirectTo === undefined ? {} : { redirectTo: clean(redactor, redirectTo) }),
    ...(missingScopes === undefined ? {} : { missingScopes: cleanScopes(redactor, missingScopes) }),
  };
}
