/**
 * Calls of the gateway's own tools and prompts.
 *
 * @module
 */
import { HoldfastError } from '../../base/errors.ts';
import { safeLine } from '../../base/safe-text.ts';
import { problemsOf } from '../../core/config-model.ts';
import type { Fleet } from '../../core/fleet.ts';
import type { View } from '../../core/view.ts';
import { RECONNECT_TOOL, STATUS_TOOL, statusText } from '../own/own-tools.ts';
import { authenticateTool } from '../own/sign-in-tools.ts';
import { success } from '../rpc/answer.ts';
import type { Answer } from '../rpc/answer.ts';
import { isObject } from '../rpc/message.ts';
import type { Json } from '../rpc/message.ts';
import type { CatalogueKeeper } from '../catalogue/keeper.ts';
import type { Caller } from './caller.ts';
import type { Persons } from './persons.ts';
import { stepAfter, wordsOf } from './refusal.ts';

/** What the own tools need. */
export interface OwnDeps {
  readonly fleet: Fleet;
  readonly keeper: Pick<CatalogueKeeper, 'current'>;
  readonly persons: Persons;
  readonly view?: View;
  /** The one server of the endpoint, which has nothing of ours but its sign-in. */
  readonly only?: string;
}

/** What the names of the tools end with that sign in. */
const AUTHENTICATE = '__authenticate';

const told = (text: string, isError = false): Answer =>
  success({ content: [{ type: 'text', text }], ...(isError ? { isError } : {}) });

function serverOf(args: unknown): string {
  const server = isObject(args) ? args['server'] : undefined;
  if (typeof server === 'string' && server !== '') return server;
  throw new HoldfastError('ERR_USAGE', 'the argument "server" is missing', {
    hint: `See ${STATUS_TOOL} for the names.`,
  });
}

/** The gateway's own tools and prompts. */
export class OwnCalls {
  readonly #deps: OwnDeps;

  constructor(deps: OwnDeps) {
    this.#deps = deps;
  }

  /** The answer of an own tool; `undefined` for the name of another one. */
  tool(name: string, params: Json, caller: Caller): Promise<Answer | undefined> | undefined {
    return this.#isGeneral(name) || name.endsWith(AUTHENTICATE) ? this.#tool(name, params, caller) : undefined;
  }

  /** Whether a name is that of a tool and prompt for all servers. */
  #isGeneral(name: string): boolean {
    return this.#deps.only === undefined && (name === STATUS_TOOL || name === RECONNECT_TOOL);
  }

  async #tool(name: string, params: Json, caller: Caller): Promise<Answer | undefined> {
    try {
      if (name.endsWith(AUTHENTICATE)) return await this.#authenticate(name, params, caller);
      const text = await this.#run(name, params['arguments']);
      return text === undefined ? undefined : told(text);
    } catch (error) {
      return told(wordsOf(error, await stepAfter(this.#deps, error)), true);
    }
  }

  /** The answer of an own prompt; `undefined` for the name of another one. */
  async prompt(name: string, args: unknown): Promise<Answer | undefined> {
    if (!this.#isGeneral(name)) return undefined;
    const text = (await this.#run(name, args)) ?? '';
    return success({ messages: [{ role: 'user', content: { type: 'text', text } }] });
  }

  async #run(name: string, args: unknown): Promise<string | undefined> {
    const { fleet, view } = this.#deps;
    if (name === STATUS_TOOL) return this.#status();
    if (name === RECONNECT_TOOL) {
      const { snapshot, did } = await fleet.reconnect(serverOf(args), view);
      return `${statusText([snapshot])}\n${did.map((line) => `  ${line}`).join('\n')}`;
    }
    return undefined;
  }

  async #status(): Promise<string> {
    const { fleet, view, keeper } = this.#deps;
    const [servers, { leftOut }, problems] = await Promise.all([
      fleet.snapshots(view),
      keeper.current(),
      fleet.sources(view).then(
        ({ files }) => problemsOf(files),
        () => [],
      ),
    ]);
    const unread = problems.map((text) => `- not readable: ${safeLine(text, 400)}`);
    const missing = leftOut.filter(({ hidden }) => hidden !== true).slice(0, MOST_TOLD);
    const lines = missing.map(({ server, item, why }) => `- ${server}: "${safeLine(item, 100)}": ${why}`);
    // That there is no server is not known while a file cannot be read.
    const known = servers.length === 0 && unread.length > 0 ? [] : [statusText(servers)];
    return [...known, ...unread, ...(lines.length === 0 ? [] : ['Left out:', ...lines])].join('\n');
  }

  async #authenticate(name: string, params: Json, caller: Caller): Promise<Answer | undefined> {
    const { fleet, view, persons, only } = this.#deps;
    const server = (await fleet.snapshots(view)).find(
      (one) => authenticateTool(one.name) === name && (only === undefined || one.name === only),
    );
    if (server === undefined || server.next[0] === 'reconnect') return undefined;
    const asked = await persons.signIn(server, params, caller);
    return asked.kind === 'answer' ? asked.answer : told(statusText([await fleet.snapshot(server.name, view)]));
  }
}

/** Of what is left out so much is told. */
const MOST_TOLD = 20;
