/**
 * One sign-in from the shell: begun, shown to the person or handed to a script, and followed to its end.
 *
 * @module
 */
import { parseIso } from '../../base/clock.ts';
import { HoldfastError } from '../../base/errors.ts';
import type { ActionReport } from '../../core/fleet.ts';
import type { LoginOptions, LoginWaiting } from '../../core/sign-in.ts';
import { mayAsk } from '../asking.ts';
import type { Context } from '../context.ts';
import type { Io } from '../io.ts';
import { askPerson } from './ask-person.ts';
import type { Asked } from './ask-person.ts';
import { finishCommand } from './record.ts';

/** What is wanted. */
export interface LoginWish {
  readonly options: LoginOptions;
  /** Consent for the rights that the server asked for. */
  readonly stepUp: boolean;
  /** Begin it and hand it over. */
  readonly startOnly: boolean;
  readonly noBrowser: boolean;
}

/** How far it came. */
export type LoginEnd =
  | { readonly kind: 'done'; readonly report: ActionReport }
  | { readonly kind: 'waiting'; readonly waiting: LoginWaiting }
  | { readonly kind: 'interrupted' };

/** The owner ends a flow by itself at its time; this only bounds an owner that does not. */
const GRACE_MS = 5_000;

async function begun(name: string, wish: LoginWish, context: Context, asks: boolean) {
  const fleet = await context.fleet();
  const view = await context.view();
  // Where this process ends before the person is done, nobody would listen.
  const byHand = !asks && context.ownership() === 'in-process';
  const options: LoginOptions = { ...wish.options, ...(byHand ? { byHand } : {}) };
  return wish.stepUp ? fleet.grantStepUp(name, options, view) : fleet.startLogin(name, options, view);
}

function expired({ server }: LoginWaiting): HoldfastError {
  return new HoldfastError('ERR_LOGIN_FAILED', `${server}: nobody finished the sign-in in time`, {
    hint: 'Begin it again.',
    data: { server, error: 'expired' },
  });
}

async function followed(
  waiting: LoginWaiting,
  wish: LoginWish,
  on: { readonly context: Context; readonly io: Io },
): Promise<Asked<ActionReport>> {
  const { context } = on;
  const { flow, userCode } = waiting;
  const fleet = await context.fleet();
  const view = await context.view();
  const timeoutMs = Math.max(0, parseIso(waiting.expiresAt) - context.clock.now()) + GRACE_MS;
  const paste = (text: string): Promise<ActionReport> => fleet.finishLogin(flow, text, view);
  try {
    return await askPerson(
      { ...waiting, stepUp: wish.stepUp },
      { ...on, noBrowser: wish.noBrowser },
      {
        result: (signal) => fleet.loginResult(flow, { timeoutMs, signal, view }),
        ...(userCode === undefined ? { paste } : {}),
      },
    );
  } catch (error) {
    if (error instanceof HoldfastError && error.code === 'ERR_PENDING') throw expired(waiting);
    throw error;
  }
}

/** Signs in to one server. Errors: those of `Fleet.startLogin`, `ERR_LOGIN_FAILED`. */
export async function signIn(
  name: string,
  wish: LoginWish,
  on: { readonly context: Context; readonly io: Io },
): Promise<LoginEnd> {
  const { context, io } = on;
  const asks = !wish.startOnly && mayAsk(context, io);
  const started = await begun(name, wish, context, asks);
  if (started.kind === 'done') return started;
  if (!asks) return { kind: 'waiting', waiting: started };
  const asked = await followed(started, wish, on);
  if (asked.kind === 'answered') return { kind: 'done', report: asked.value };
  const fleet = await context.fleet();
  // Whether or not it is still there, the person has given it up.
  await fleet.cancelLogin(started.flow, await context.view()).catch(() => undefined);
  return asked;
}

/** The error that hands a sign-in over where nobody can be asked. */
export function handedOver(waiting: LoginWaiting, context: Context): HoldfastError {
  const { server, url, userCode, kind: _, ...rest } = waiting;
  const finish = context.typed(finishCommand(waiting));
  const code = userCode === undefined ? '' : ` (code ${userCode})`;
  const gives = userCode === undefined ? ' (it takes the address that the browser ends on)' : '';
  return new HoldfastError('ERR_NEEDS_AUTH', `${server} needs a person to sign in, and nobody can be asked here`, {
    hint: `Open: ${url}${code}\n  Then: ${finish}${gives}`,
    data: { server, url, ...rest, ...(userCode === undefined ? {} : { userCode }), finish },
  });
}
