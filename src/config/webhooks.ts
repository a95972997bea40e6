/**
 * The `webhooks` of our own file, and of files that a person named.
 *
 * @module
 */
import { getNodeValue } from 'jsonc-parser';
import type { Node } from 'jsonc-parser';
import { Secret } from '../base/secret.ts';
import type { Redactor } from '../base/secret.ts';
import { EVENT_NAMES } from '../core/events.ts';
import type { Files } from '../core/machine.ts';
import { CALLS_FOR_PERSON } from '../core/webhook.ts';
import type { Webhook, WebhookList, WebhookSource } from '../core/webhook.ts';
import { ioWords } from './io-error.ts';
import { Lines } from './lines.ts';
import { splitMark, treeOf } from './syntax.ts';
import { expand } from './variables.ts';

/** From where webhooks are read. */
export interface WebhookAsk {
  readonly files: Pick<Files, 'readText'>;
  readonly paths: readonly string[];
  /** Values for `${NAME}`. */
  readonly variables: Readonly<Record<string, string>>;
  readonly redactor: Redactor;
}

/** The fields of one webhook, for the schema too. */
export const WEBHOOK_FIELDS: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  url: { description: 'where to POST; https, or http on this machine', type: 'string' },
  events: {
    description: `which events; "*" = all; default: ${CALLS_FOR_PERSON.join(', ')}`,
    type: 'array',
    items: { enum: [...EVENT_NAMES, '*'] },
  },
  servers: { description: 'only events of these servers', type: 'array', items: { type: 'string' } },
  secret: { description: 'signs every delivery; write ${NAME} and export the variable', type: 'string' },
};

type Read = { readonly ok: true; readonly hook: Webhook } | { readonly ok: false; readonly problem: string };

const bad = (problem: string): Read => ({ ok: false, problem });
const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((one) => typeof one === 'string');

function shapeProblem(fields: Readonly<Record<string, unknown>>): string | undefined {
  const strange = Object.keys(fields).find((key) => !Object.hasOwn(WEBHOOK_FIELDS, key));
  if (strange !== undefined) return `there is no field "${strange}"`;
  const { url, events, servers, secret } = fields;
  if (typeof url !== 'string') return 'url is missing';
  if (events !== undefined && !isTexts(events)) return 'events must be a list of names';
  if (servers !== undefined && !isTexts(servers)) return 'servers must be a list of names';
  if (secret !== undefined && typeof secret !== 'string') return 'secret must be a text';
  const names: ReadonlySet<string> = new Set([...EVENT_NAMES, '*']);
  const unknown = (events ?? []).find((name) => !names.has(name));
  return unknown === undefined ? undefined : `there is no event "${unknown}"`;
}

function urlProblem(text: string): string | undefined {
  if (!URL.canParse(text)) return 'url is no URL';
  const { protocol, hostname, username, password } = new URL(text);
  if (username !== '' || password !== '') return 'url must not hold a user or password';
  const isLocal = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(hostname);
  if (protocol === 'https:' || (protocol === 'http:' && isLocal)) return undefined;
  return 'url must be https (http only on this machine)';
}

function readOne(value: unknown, source: WebhookSource, { variables, redactor }: WebhookAsk): Read {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return bad('it must be an object');
  const fields = value as Readonly<Record<string, unknown>>;
  const shape = shapeProblem(fields);
  if (shape !== undefined) return bad(shape);
  const { url, events, servers, secret } = fields as {
    url: string;
    events?: Webhook['events'];
    servers?: readonly string[];
    secret?: string;
  };
  const address = expand(url, variables);
  if (!address.ok) return bad(`the variable ${address.missing} of url is not set`);
  const wrong = urlProblem(address.text);
  if (wrong !== undefined) return bad(wrong);
  const key = secret === undefined ? undefined : expand(secret, variables);
  if (key?.ok === false) return bad(`the variable ${key.missing} of secret is not set`);
  if (key?.text.trim() === '') return bad('secret is empty');
  redactor.add(key?.text, ...address.values);
  return {
    ok: true,
    hook: {
      url: address.text,
      events: events ?? CALLS_FOR_PERSON,
      ...(servers === undefined ? {} : { servers }),
      ...(key === undefined ? {} : { secret: new Secret(key.text) }),
      written: url,
      source,
    },
  };
}

/** What stands under `webhooks`, and the text that it stands in; no node where nothing does. */
function nodeIn(
  text: string,
): { readonly node: Node | undefined; readonly body: string } | { readonly problem: string } {
  const { body } = splitMark(text);
  const tree = treeOf(body);
  if (!tree.ok) return { problem: tree.problem };
  // Of two members of one name the last counts, as for every reader of JSON.
  const member = tree.root.children?.findLast(({ children }) => children?.[0]?.value === 'webhooks');
  return { node: member?.children?.[1], body };
}

async function readFile(path: string, ask: WebhookAsk): Promise<WebhookList> {
  const none = (text?: string): WebhookList => ({
    hooks: [],
    problems: text === undefined ? [] : [{ file: path, line: 0, pointer: '', index: 0, text }],
  });
  let text: string | undefined;
  try {
    text = await ask.files.readText(path);
  } catch (error) {
    return none(ioWords(error));
  }
  if (text === undefined) return none();
  const found = nodeIn(text);
  if ('problem' in found) return none(found.problem);
  const { node, body } = found;
  if (node === undefined) return none();
  if (node.type !== 'array') return none('webhooks must be a list');
  const lines = new Lines(body);
  const read = (node.children ?? []).map((one, index) => {
    const source = { file: path, line: lines.at(one.offset).line, pointer: `webhooks[${index}]`, index };
    return { source, ...readOne(getNodeValue(one), source, ask) };
  });
  return {
    hooks: read.flatMap((one) => (one.ok ? [one.hook] : [])),
    problems: read.flatMap((one) => (one.ok ? [] : [{ ...one.source, text: one.problem }])),
  };
}

/** The webhooks of the files. One that is wrong does not hide the others. Never throws. */
export async function readWebhooks(ask: WebhookAsk): Promise<WebhookList> {
  const lists = await Promise.all(ask.paths.map((path) => readFile(path, ask)));
  return { hooks: lists.flatMap(({ hooks }) => hooks), problems: lists.flatMap(({ problems }) => problems) };
}
