/**
 * The buttons of a server: one for each action of its snapshot, in that order, and no other.
 *
 * @module
 */
import type { ActionId } from '../../core/action-table.ts';
import type { Snapshot } from '../../core/snapshot.ts';
import { actionLabel } from '../../core/telling.ts';
import { html } from '../html.ts';
import type { Html, Part } from '../html.ts';
import { hiddenCsrf } from './layout.ts';

/** The address of a server's page, and of what belongs to it. */
export function serverPath(name: string, more = ''): string {
  return `/servers/${encodeURIComponent(name)}${more}`;
}

/** Actions that a screen of their own asks for: they show something first, or cannot be undone. */
const LINKS: Partial<Readonly<Record<ActionId, string>>> = {
  approve: '/approve',
  edit: '/edit',
  reset: '/reset',
  'clear-authentication': '/clear-authentication',
  doctor: '/doctor',
  'show-helper': '#helper',
  logs: '#log',
  details: '',
};

/** Whether a click asks for a screen instead of doing it. */
export function isLink(action: ActionId): boolean {
  return LINKS[action] !== undefined;
}

/** How it is shown. */
export interface ButtonStyle {
  readonly csrf: string;
  readonly isFirst?: boolean;
  /** The list to go to afterwards, with its filter; default: the page of the server. */
  readonly back?: string;
}

/** One action. The name of the server is said to those who cannot see where the button stands. */
export function actionButton(action: ActionId, snapshot: Snapshot, style: ButtonStyle): Html {
  const { csrf, isFirst = false, back } = style;
  const label = actionLabel(action, snapshot);
  const name = html`<span class="unseen"> ${snapshot.name}</span>`;
  const look = isFirst ? 'button first' : 'button';
  const to = action === 'logs' && snapshot.signIn !== 'stdio' ? '#timeline' : LINKS[action];
  if (to !== undefined)
    return html`<a class="${look}" href="${serverPath(snapshot.name, to)}" data-action="${action}"
      >${label}${DOTS.has(action) && '…'}${name}</a
    >`;
  return html`<form method="post" action="${serverPath(snapshot.name, `/${action}`)}" data-act="">
    ${hiddenCsrf(csrf)}${back !== undefined && html`<input type="hidden" name="back" value="${back}" />`}
    <button class="${look}" data-action="${action}">${label}${name}</button>
  </form>`;
}

/** What asks once more before it does anything. */
const DOTS: ReadonlySet<ActionId> = new Set<ActionId>(['approve', 'edit', 'reset', 'clear-authentication']);

/** Every action of the snapshot but the page itself. */
export function actionBar(snapshot: Snapshot, csrf: string): Part {
  const actions = snapshot.next.filter((action) => action !== 'details');
  return html`<ul class="actions" aria-label="Actions for ${snapshot.name}">
    ${actions.map((action, index) => html`<li>${actionButton(action, snapshot, { csrf, isFirst: index === 0 })}</li>`)}
  </ul>`;
}
