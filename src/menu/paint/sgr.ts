/**
 * Roles as attributes of a terminal (ECMA-48 SGR): the eight colours of every theme, never a background.
 *
 * @module
 */
import type { Role, Span } from './span.ts';

const COLOURS: Readonly<Partial<Record<Role, string>>> = {
  good: '32',
  warning: '33',
  bad: '31',
  connected: '32',
  pending: '33',
  'needs-auth': '35',
  failed: '31',
};
const WEIGHTS: Readonly<Partial<Record<Role, string>>> = { strong: '1', title: '1', key: '1', dim: '2', disabled: '2' };

/** The parameters of a span; the empty string for none. `NO_COLOR` takes the colours and leaves the weights. */
export function sgrOf({ role = 'plain', focus }: Span, color: boolean): string {
  // An inverse colour would be a bar of it.
  if (focus === true) return WEIGHTS[role] === '1' ? '1;7' : '7';
  return [WEIGHTS[role], color ? COLOURS[role] : undefined].filter((code) => code !== undefined).join(';');
}
