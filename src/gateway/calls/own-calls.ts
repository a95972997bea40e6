/**
 * Calls of the gateway's own tools and prompts.
 *
 * @module
 */
import { HoldfastError, messageOf } from '../../base/errors.ts';
import type { Fleet } from '../../core/fleet.ts';
import type { Snapshot } from '../../core/snapshot.ts';
import type { View } from '../../core/view.ts';
import { RECONNECT_TOOL, STATUS_TOOL, authenticateTool, statusText } from '../own/own-tools.ts';
import { success } from '../rpc/answer.ts';
import type { Answer } from '../rpc/answer.ts';
import { isObject } from '../rpc/message.ts';
import type { Caller } from './caller.ts';

/** What the own tools need. */
export interface OwnDeps {
  readonly fleet: Fleet;
  readonly view?: View;
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
  tool(name: string, args: unknown, caller: Caller): Promise<Answer | undefined> | undefined {
    const mayBeOwn = name === STATUS_TOOL || name === RECONNECT_TOOL || name.endsWith(AUTHENTICATE);
    return mayBeOwn ? this.#tool(name, args, caller) : undefined;
  }

  async #tool(name: string, args: unknown, caller: Caller): Promise<Answer | undefined> {
    try {
      const text = await this.#run(name, args, caller);
      return text === undefined ? undefined : told(text);
    } catch (error) {
      const hint = error instanceof HoldfastError && error.hint !== undefined ? ` ${error.hint}` : '';
      return told(`${messageOf(error)}${hint}`, true);
    }
  }

  /** The answer of an own prompt; `undefined` for the name of another one. */
  async prompt(name: string, args: unknown, caller: Caller): Promise<Answer | undefined> {
    if (name !== STATUS_TOOL && name !== RECONNECT_TOOL) return undefined;
    const text = (await this.#run(name, args, caller)) ?? '';
    return success({ messages: [{ role: 'user', content: { type: 'text', text } }] });
  }

  async #run(name: string, args: unknown, caller: Caller): Promise<string | undefined> {
    const { fleet, view } = this.#deps;
    if (name === STATUS_TOOL) return statusText(await fleet.snapshots(view));
    if (name === RECONNECT_TOOL) {
      const { snapshot, did } = await fleet.reconnect(serverOf(args), view);
      return `${statusText([snapshot])}\n${did.map((line) => `  ${line}`).join('\n')}`;
    }
    if (!name.endsWith(AUTHENTICATE)) return undefined;
    const server = (await fleet.snapshots(view)).find((one) => authenticateTool(one.name) === name);
    return server === undefined || server.next[0] === 'reconnect' ? undefined : this.#signIn(server, caller.signal);
  }

  /**
   * Starts the sign-in and gives the link; asked again while it waits, waits along. A link that is told only after the
   * wait is of no use to the person who has to open it.
   */
  async #signIn({ name, signingIn }: Snapshot, signal: AbortSignal): Promise<string> {
    const { fleet, view } = this.#deps;
    const started = await fleet.startLogin(name, {}, view);
    if (started.kind === 'done') return statusText([started.report.snapshot]);
    const { url, flow, userCode } = started;
    const code = userCode === undefined ? '' : ` and type the code ${userCode}`;
    const link = `A person has to open ${url}${code}; then call this tool again: it waits for the end of the sign-in.`;
    if (signingIn?.flow !== flow) return link;
    try {
      const options = { signal, timeoutMs: WAIT_MS, ...(view === undefined ? {} : { view }) };
      return statusText([(await fleet.loginResult(flow, options)).snapshot]);
    } catch (error) {
      if (!(error instanceof HoldfastError) || error.code !== 'ERR_PENDING') throw error;
      return `Nobody has signed in yet. ${link}`;
    }
  }
}

/** Clients give a tool about a minute. */
const WAIT_MS = 45_000;
