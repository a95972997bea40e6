/**
 * Tells clients that lists have changed, in the words of their era.
 *
 * @module
 */
import type { ListName } from '../catalogue/catalogue.ts';
import type { Answer } from '../rpc/answer.ts';
import { isObject } from '../rpc/message.ts';
import type { Json } from '../rpc/message.ts';

/** What can be announced to have changed. */
export type Announced = 'tools' | 'prompts' | 'resources';

/** All of it. */
export const KINDS: readonly Announced[] = ['tools', 'prompts', 'resources'];

/** What a list is called where its change is announced: templates are resources. */
const ANNOUNCED: Readonly<Record<ListName, Announced>> = {
  tools: 'tools',
  prompts: 'prompts',
  resources: 'resources',
  resourceTemplates: 'resources',
};

const FILTER_KEYS = {
  tools: 'toolsListChanged',
  prompts: 'promptsListChanged',
  resources: 'resourcesListChanged',
} as const;

/** The notifications for a set of changed lists, each once. */
export function announcementsOf(lists: readonly ListName[]): readonly Announced[] {
  return [...new Set(lists.map((list) => ANNOUNCED[list]))];
}

/** The method that announces a change. */
export function changeMethod(kind: Announced): string {
  return `notifications/${kind}/list_changed`;
}

/** What of a client's `subscriptions/listen` is granted (MCP 2026-07-28, subscriptions): the announcements of lists. */
export function grantedFilter(params: Json | undefined): Readonly<Record<string, true>> {
  const asked = params?.['notifications'];
  if (!isObject(asked)) return {};
  return Object.fromEntries(
    Object.values(FILTER_KEYS)
      .filter((key) => asked[key] === true)
      .map((key) => [key, true as const]),
  );
}

/** The most resources that one stream of announcements may watch. */
const MOST_WATCHED = 200;

/** Begins to watch the resources that a client's `subscriptions/listen` names; those that can be watched, as a part of the filter. */
export async function watchedResources(
  params: Json | undefined,
  watch: (uri: string) => Promise<Answer>,
): Promise<{ readonly resourceSubscriptions?: readonly string[] }> {
  const asked = params?.['notifications'];
  const named: unknown = isObject(asked) ? asked['resourceSubscriptions'] : undefined;
  if (!Array.isArray(named)) return {};
  const uris = named.filter((uri) => typeof uri === 'string').slice(0, MOST_WATCHED);
  const answers = await Promise.all(uris.map(async (uri) => ({ uri, answer: await watch(uri) })));
  return { resourceSubscriptions: answers.filter(({ answer }) => answer.ok).map(({ uri }) => uri) };
}

/** Whether a granted filter wants announcements of this kind. */
export function wants(filter: Readonly<Record<string, true>>, kind: Announced): boolean {
  return filter[FILTER_KEYS[kind]] === true;
}

/** The `_meta` of every message of a subscription. */
export function subscriptionMeta(id: string | number): Json {
  return { 'io.modelcontextprotocol/subscriptionId': id };
}
