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
  {
    id: 'gateway.relay',
    source: 'MCP, client features: elicitation, sampling, roots; G38',
    behaviour:
      'What a server asks while it works on a request reaches the client of that request and no other, in words of its era; a server is not told of more than that client can.',
  },
  {
    id: 'gateway.opens',
    source: 'MCP 2025-11-25 and 2026-07-28, client, elicitation: URL mode, safe URL handling',
    behaviour:
      'A server that wants a person to open what is neither http nor https, or holds a user or password, is refused: the address reaches no client, whatever way it came.',
  },
  {
    id: 'gateway.rounds',
    source: 'MCP 2026-07-28, multi-round-trip requests; G12',
    behaviour:
      'The state that a stateless client carries between rounds is encrypted, authenticated, bound to its request and short-lived; a changed one is refused.',
  },
  {
    id: 'gateway.news',
    source: 'MCP, resources and logging; G13',
    behaviour:
      'Updated resources reach those who watch them, log messages those who chose their level, over reconnects too.',
  },
  {
    id: 'gateway.person',
    source: 'DESIGN §8; MCP, elicitation, URL mode; G31',
    behaviour:
      'A server that needs a person keeps its tools listed; a call asks the client to open the address where it can and goes on after the sign-in, else it says what is wrong with the link; a tool signs in and waits.',
  },
  {
    id: 'gateway.unread',
    source: 'DESIGN §8; BEHAVIOUR §6',
    behaviour:
      'A call of a server whose lists nobody knows is not called unknown: the server is contacted, and what keeps it from being asked is the answer.',
  },
  {
    id: 'gateway.rate-limit',
    source: 'MCP, server/tools, security considerations (every revision; 2026-07-28 as well); G20',
    behaviour:
      'An entry says how often its tools may be called; a call too many, of whichever client and endpoint, is not sent, says when to try again, and is counted; a changed number counts at once.',
  },
  {
    id: 'gateway.ids',
    source: 'JSON-RPC 2.0 §4; DESIGN §8',
    behaviour: 'Clients that use the same ids at the same time never see each other’s answers, progress or questions.',
  },
];
