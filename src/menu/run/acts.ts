/**
 * Actions of the table → methods of the fleet.
 *
 * @module
 */
import type { ActionId } from '../../core/action-table.ts';
import type { ActionReport, Fleet } from '../../core/fleet.ts';
import type { View } from '../../core/view.ts';

type Act = (fleet: Fleet, name: string, view: View) => Promise<ActionReport>;

/** The actions that are one call and give a report. The others are shown or asked on a screen of their own. */
export const ACTS: Readonly<Partial<Record<ActionId, Act>>> = {
  reconnect: (fleet, name, view) => fleet.reconnect(name, view),
  'retry-now': (fleet, name, view) => fleet.retryNow(name, view),
  stop: (fleet, name, view) => fleet.stopTrying(name, view),
  reset: (fleet, name, view) => fleet.reset(name, {}, view),
  enable: (fleet, name, view) => fleet.enable(name, view),
  disable: (fleet, name, view) => fleet.disable(name, view),
  reject: (fleet, name, view) => fleet.reject(name, view),
  'not-now': (fleet, name, view) => fleet.declineStepUp(name, view),
  'clear-authentication': (fleet, name, view) => fleet.logout(name, {}, view),
};
