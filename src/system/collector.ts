/**
 * How V8 clears away what calls leave behind, in a process of ours that serves many of them.
 *
 * @module
 */
import { setFlagsFromString } from 'node:v8';

/**
 * Lets the thread that makes garbage clear the young part of it alone. A call leaves little behind, and the helpers of
 * V8 cost more to wake than they copy: a tenth of the CPU of a call. For the whole process, so never for the library's host.
 */
export function collectAlone(): void {
  setFlagsFromString('--no-parallel-scavenge');
}
