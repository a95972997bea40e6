/**
 * How V8 clears away what calls leave behind, in a process of ours that serves many of them.
 *
 * @module
 */
import { setFlagsFromString } from 'node:v8';

/**
 * Sets V8's collector up for calls. For the whole process, so never for the library's host.
 *
 * The thread that makes garbage clears the young part of it alone: a call leaves little behind, and the helpers of V8 cost
 * more to wake than they copy, a tenth of the CPU of a call.
 *
 * The whole heap is collected when it is two and a half times what was left of it. V8's own measure is how busy the
 * collector is: after a rest, in which it shrinks the heap, large calls meet a limit that is so low that their bodies
 * reach it over and over, and the collector that is busy with that keeps the limit low. Such calls then took twice the CPU.
 */
export function collectForCalls(): void {
  setFlagsFromString('--no-parallel-scavenge');
  setFlagsFromString('--heap-growing-percent=150');
}
