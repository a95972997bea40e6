/**
 * Requirements of what the gateway passes between clients and servers.
 *
 * @module
 */
import type { Requirement } from './requirement.ts';

export const REQUIREMENTS: readonly Requirement[] = [
  {
    id: 'gateway.faults',
    source: 'DESIGN §8; BEHAVIOUR §3b, §6',
    behaviour:
      'A server that refuses, hangs, wants credentials, forgets its sessions, restarts or is killed harms no other one, and is found again.',
  },
];
