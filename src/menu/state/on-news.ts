/**
 * What the menu hears from the fleet and from its own commands.
 *
 * @module
 */
import { reasonOf } from '../../core/reasons.ts';
import type { ActionReport } from '../../core/fleet.ts';
import { sorted } from '../../core/summary.ts';
import type { Msg, Updated } from './messages.ts';
import { idle, topOf } from './model.ts';
import type { Model, Notice } from './model.ts';
import { keep, mapScreens } from './stack.ts';

/** How long the outcome of a command stays on the screen. */
const NOTICE_MS = 15_000;

export type News = Exclude<Msg, { readonly kind: 'key' | 'paste' | 'resize' | 'tick' }>;

function notice(model: Model, level: Notice['level'], text: string): Model {
  return { ...model, notice: { level, text, until: model.now + NOTICE_MS } };
}

function reportText({ snapshot, did }: ActionReport): string {
  const { name, status, reason } = snapshot;
  const now = reason === undefined ? status : `${status} (${reason})`;
  const next = reason !== undefined && status !== 'connected' ? ` — ${reasonOf(reason).remedy}` : '';
  return `${name}: ${[now, ...did].join(' · ')}${next}`;
}

/** Parts of a page that live: what they show is asked for again when something has happened. */
function freshFacts(model: Model): Updated {
  const top = topOf(model);
  if (top.kind === 'tools') return keep(model, { kind: 'ask-facts', name: top.name, what: 'lists' });
  if (top.kind !== 'server') return keep(model);
  const what = ({ log: 'logs', helper: 'helper', tools: 'lists' } as const)[top.tab as 'log' | 'helper' | 'tools'];
  return what === undefined ? keep(model) : keep(model, { kind: 'ask-facts', name: top.name, what });
}

function reported(model: Model, name: string, report: ActionReport): Updated {
  const { snapshot } = report;
  const servers = model.servers?.map((one) => (one.name === snapshot.name ? snapshot : one));
  const level = snapshot.status === 'connected' || snapshot.status === 'disabled' ? 'good' : 'warning';
  const next = notice(idle(model, name), level, reportText(report));
  return freshFacts(servers === undefined ? next : { ...next, servers: sorted(servers) });
}

/** A command that could not: a screen that only waited for it goes. */
function failed(model: Model, { name, text, hint }: Extract<News, { kind: 'failed' }>): Updated {
  const shut = mapScreens(idle(model, name), (screen) => {
    const waits =
      (screen.kind === 'sign-in' && screen.waiting === undefined) ||
      (screen.kind === 'approval' && screen.about === undefined) ||
      (screen.kind === 'doctor' && screen.found === undefined);
    return waits && screen.name === name ? undefined : screen;
  });
  // Most sentences name the server themselves.
  const said = name === '' || text.startsWith(name) ? text : `${name}: ${text}`;
  return keep(notice(shut, 'bad', `${said}${hint === undefined ? '' : ` — ${hint}`}`));
}

/** News of sign-ins belongs to the screen of that flow, wherever it lies. */
function signInNews(
  model: Model,
  msg: Extract<News, { readonly kind: 'login-waits' | 'browser' | 'paste-refused' | 'login-over' }>,
): Updated {
  const changed = mapScreens(model, (screen) => {
    if (screen.kind !== 'sign-in') return screen;
    if (msg.kind === 'login-waits') {
      const isIt = screen.name === msg.waiting.server && screen.waiting === undefined;
      return isIt ? { ...screen, waiting: msg.waiting, stepUp: msg.stepUp } : screen;
    }
    if (msg.kind === 'login-over' && screen.name === msg.name) return undefined;
    if (msg.kind === 'login-over' || screen.waiting?.flow !== msg.flow) return screen;
    return msg.kind === 'browser' ? { ...screen, browser: msg.text } : { ...screen, refused: msg.text, typed: '' };
  });
  return keep(msg.kind === 'login-over' ? idle(changed, msg.name) : changed);
}

/** The next model, and what is to be asked now. */
export function onNews(model: Model, msg: News): Updated {
  switch (msg.kind) {
    case 'link':
      return keep({ ...model, link: msg.link });
    case 'servers':
      return freshFacts({ ...model, servers: sorted(msg.servers), notLoaded: msg.notLoaded });
    case 'facts':
      return keep({
        ...model,
        facts: new Map(model.facts).set(msg.name, { ...model.facts.get(msg.name), ...msg.facts }),
      });
    case 'approval':
      return keep(
        mapScreens(model, (screen) =>
          screen.kind === 'approval' && screen.name === msg.name
            ? { ...screen, about: msg.about, at: model.now }
            : screen,
        ),
      );
    case 'doctor':
      return keep(
        mapScreens(model, (screen) =>
          screen.kind === 'doctor' && screen.name === msg.name ? { ...screen, found: msg.found } : screen,
        ),
      );
    case 'did':
      return reported(model, msg.name, msg.report);
    case 'failed':
      return failed(model, msg);
    case 'said':
      return keep(notice(model, msg.level, msg.text));
    case 'login-waits':
    case 'browser':
    case 'paste-refused':
    case 'login-over':
      return signInNews(model, msg);
  }
}
