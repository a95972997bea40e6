/**
 * Sign-ins that the menu has begun: shown, opened in the browser, followed to their end. The first answer wins, by
 * whatever door it comes.
 *
 * @module
 */
import { parseIso } from '../../base/clock.ts';
import { HoldfastError, messageOf } from '../../base/errors.ts';
import type { ActionReport, Fleet } from '../../core/fleet.ts';
import type { LoginOptions, LoginWaiting } from '../../core/sign-in.ts';
import type { View } from '../../core/view.ts';
import type { Msg } from '../state/messages.ts';
import type { MenuPorts } from './ports.ts';

/** The owner ends a flow by itself at its time; this only bounds an owner that does not. */
const GRACE_MS = 5_000;

/** The fleet and the view that a command goes by. */
export interface Side {
  readonly fleet: Fleet;
  readonly view: View;
}

/** Which sign-in. */
export interface Wish {
  readonly name: string;
  /** More rights for a login that works. */
  readonly stepUp: boolean;
}

const isCode = (error: unknown, code: HoldfastError['code']): boolean =>
  error instanceof HoldfastError && error.code === code;

/** The sign-ins of one menu. */
export class SignIns {
  readonly #ports: MenuPorts;
  readonly #hear: (msg: Msg) => void;
  /** Flows that are followed. */
  readonly #flows = new Set<string>();
  readonly #opened = new Set<string>();

  constructor(ports: MenuPorts, hear: (msg: Msg) => void) {
    this.#ports = ports;
    this.#hear = hear;
  }

  /** Begins one, or takes up the one that waits. `isWanted` tells whether the person still looks at it. */
  async begin({ name, stepUp }: Wish, side: Side, isWanted: () => boolean): Promise<void> {
    const { fleet, view } = side;
    const options: LoginOptions = this.#ports.remoteShell ? { remoteShell: true } : {};
    const started = await (stepUp ? fleet.grantStepUp(name, options, view) : fleet.startLogin(name, options, view));
    if (started.kind === 'done') {
      this.#hear({ kind: 'login-over', name, flow: '' });
      this.#hear({ kind: 'did', name, report: started.report });
      return;
    }
    this.#hear({ kind: 'login-waits', waiting: started, stepUp });
    void this.#follow(name, started, side);
    if (!isWanted() || this.#ports.setting.noBrowser !== undefined) {
      this.#tellForwarding(started);
      return;
    }
    if (this.#opened.has(started.flow))
      this.#hear({ kind: 'browser', flow: started.flow, text: 'It was opened before; o opens it again.' });
    else await this.open(started.flow, started.url);
  }

  /** Opens the address in the browser and says whether that went well. */
  async open(flow: string, url: string): Promise<void> {
    this.#opened.add(flow);
    const isOpen = await this.#ports.openUrl(url);
    const text = isOpen
      ? 'Opened in your browser. If nothing shows, press y to copy the address, or o to open it again.'
      : 'Your browser could not be started. Press y to copy the address, or w to mark it.';
    this.#hear({ kind: 'browser', flow, text });
  }

  /** Takes a pasted address; a wrong one asks once more. */
  async paste(flow: string, text: string, { fleet, view }: Side): Promise<void> {
    try {
      await fleet.finishLogin(flow, text, view);
    } catch (error) {
      // It has ended by another door meanwhile, and is told by whoever follows it.
      if (isCode(error, 'ERR_LOGIN_UNKNOWN')) return;
      if (!isCode(error, 'ERR_USAGE')) throw error;
      const hint = error instanceof HoldfastError ? (error.hint ?? '') : '';
      this.#hear({ kind: 'paste-refused', flow, text: `${messageOf(error)}. ${hint}` });
    }
  }

  /** The person gives it up; the login that there was stays. */
  async cancel(name: string, flow: string, { fleet, view }: Side): Promise<void> {
    this.#flows.delete(flow);
    await fleet.cancelLogin(flow, view).catch(() => undefined);
    this.#hear({ kind: 'said', level: 'warning', text: `${name}: the sign-in was given up; nothing has changed.` });
  }

  #tellForwarding({ flow, redirectUri, listening }: LoginWaiting): void {
    const how = listening ? this.#ports.forwarding(redirectUri) : undefined;
    const { noBrowser = '' } = this.#ports.setting;
    if (how !== undefined) this.#hear({ kind: 'browser', flow, text: `${noBrowser} ${how}`.trim() });
  }

  async #follow(name: string, waiting: LoginWaiting, { fleet, view }: Side): Promise<void> {
    const { flow, expiresAt } = waiting;
    if (this.#flows.has(flow)) return;
    this.#flows.add(flow);
    const timeoutMs = Math.max(0, parseIso(expiresAt) - this.#ports.clock.now()) + GRACE_MS;
    const isLast = (): boolean => this.#flows.delete(flow);
    try {
      const report: ActionReport = await fleet.loginResult(flow, { timeoutMs, view });
      if (!isLast()) return;
      this.#hear({ kind: 'login-over', name, flow });
      this.#hear({ kind: 'did', name, report });
    } catch (error) {
      if (!isLast()) return;
      this.#hear({ kind: 'login-over', name, flow });
      const expired = isCode(error, 'ERR_PENDING');
      const hint = error instanceof HoldfastError ? error.hint : undefined;
      const text = expired ? 'nobody finished the sign-in in time' : messageOf(error);
      this.#hear({ kind: 'failed', name, text, ...(hint === undefined ? {} : { hint }) });
    }
  }
}
