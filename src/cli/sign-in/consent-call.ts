/**
 * A call that may need more rights: while it waits, the person is shown what the server asks for.
 *
 * @module
 */
import { HoldfastError } from '../../base/errors.ts';
import type { Fleet } from '../../core/fleet.ts';
import type { Snapshot } from '../../core/snapshot.ts';
import { mayAsk } from '../asking.ts';
import { overTime } from '../changes.ts';
import type { Context } from '../context.ts';
import type { Io } from '../io.ts';
import { withRemedy } from '../remedy.ts';
import { shellWord } from '../text/shell.ts';
import { askPerson } from './ask-person.ts';

/** Who may be asked for a consent while a call waits. */
export interface CallAsk {
  readonly interaction: 'none' | 'browser';
  readonly signal: AbortSignal;
}

/** A call that needs no consent is over before this; one that another call has begun is not this call's then. */
const PATIENCE_MS = 400;

interface On {
  readonly name: string;
  readonly context: Context;
  readonly io: Io;
}

/** The first consent that is asked of a person for the server, until `signal` aborts. */
async function consentOf({ name, context }: On, signal: AbortSignal): Promise<Snapshot | undefined> {
  for await (const [snapshot] of overTime(context, [name], signal))
    if (snapshot?.signingIn?.stepUp === true) return snapshot;
  return undefined;
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
    if (signal.aborted) resolve();
  });
}

/** Where the browser will bring the answer, as the address itself says. */
function placeOfAnswer(url: string): { readonly redirectUri?: string; readonly listening?: boolean } {
  const redirectUri = URL.canParse(url) ? new URL(url).searchParams.get('redirect_uri') : null;
  return redirectUri === null ? {} : { redirectUri, listening: true };
}

async function consent<T>(
  snapshot: Snapshot,
  on: On,
  about: { fleet: Fleet; sending: Promise<T>; giveUp: () => void },
) {
  const { signingIn, stepUp, login } = snapshot;
  if (signingIn === undefined) return;
  const view = await on.context.view();
  const asked = await askPerson<unknown>(
    {
      server: snapshot.name,
      ...signingIn,
      ...placeOfAnswer(signingIn.url),
      scopes: stepUp?.scopes ?? [],
      ...(stepUp?.tool === undefined ? {} : { tool: stepUp.tool }),
      ...(login === undefined ? {} : { issuer: login.issuer }),
    },
    on,
    {
      result: (signal) => Promise.race([about.sending.catch(() => undefined), aborted(signal)]),
      paste: async (text) => {
        await about.fleet.finishLogin(signingIn.flow, text, view);
        return undefined;
      },
    },
  );
  if (asked.kind === 'interrupted') about.giveUp();
}

/** How a person grants rights. Of what a server has asked this process for, no other process knows. */
function grantHint(name: string, scopes: readonly string[], context: Context): string {
  const command = `login ${shellWord(name)}`;
  const named = scopes.length === 0 ? '' : ` --scopes ${shellWord(scopes.join(' '))}`;
  const rights = scopes.length === 0 ? '' : ` (${scopes.join(' ')})`;
  const typed = context.ownership() === 'in-process' ? `${command}${named}` : `${command} --step-up`;
  return `Grant the rights${rights}: ${context.typed(typed)}`;
}

/** What a person types, where that helps: pinned scopes have to be changed in the entry first, which the error says itself. */
function hintFor({ code, data }: HoldfastError, { name, context }: On): string | undefined {
  const scopes = Array.isArray(data['missingScopes']) ? data['missingScopes'].map(String) : [];
  if (code === 'ERR_STEP_UP_REQUIRED')
    return data['unpinned'] === undefined ? grantHint(name, scopes, context) : undefined;
  const signIn = ['sign-in-required', 'sign-in-expired', 'step-up-required'].includes(String(data['reason']));
  return code === 'ERR_NEEDS_AUTH' && signIn ? `Sign in: ${context.typed(`login ${shellWord(name)}`)}` : undefined;
}

/** The error with the command that a person types. */
async function withCommand(error: unknown, on: On): Promise<unknown> {
  if (!(error instanceof HoldfastError)) return error;
  const { code, data, message } = error;
  const hint = hintFor(error, on);
  if (hint === undefined) return withRemedy(error, on.context);
  return new HoldfastError(code, message, {
    hint,
    data: { ...data, command: hint.slice(hint.indexOf(': ') + 2) },
    cause: error,
  });
}

/**
 * Sends a request; on a terminal a person is asked for the rights it needs, elsewhere it ends at once with what is
 * missing and the command that grants it.
 */
export async function withConsent<T>(on: On, send: (ask: CallAsk) => Promise<T>): Promise<T> {
  const { context, io } = on;
  const giving = new AbortController();
  const signal = AbortSignal.any([giving.signal, context.signal]);
  if (!mayAsk(context, io)) {
    return send({ interaction: 'none', signal }).catch(async (error: unknown) => {
      throw await withCommand(error, on);
    });
  }
  const fleet = await context.fleet();
  const done = new AbortController();
  const sending = send({ interaction: 'browser', signal }).finally(() => done.abort());
  // One consent at a time, and as many as the fleet asks for.
  const asking = async (): Promise<void> => {
    const shown = new Set<string>();
    await context.clock.sleep(PATIENCE_MS, done.signal).catch(() => undefined);
    while (!done.signal.aborted) {
      const snapshot = await consentOf(on, done.signal);
      const flow = snapshot?.signingIn?.flow;
      if (snapshot === undefined || flow === undefined) return;
      if (shown.has(flow)) await context.clock.sleep(PATIENCE_MS, done.signal).catch(() => undefined);
      else await consent(snapshot, on, { fleet, sending, giveUp: () => giving.abort() });
      shown.add(flow);
    }
  };
  const asked = asking().catch(() => undefined);
  try {
    return await sending;
  } catch (error) {
    throw await withCommand(error, on);
  } finally {
    await asked;
  }
}
