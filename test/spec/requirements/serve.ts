/**
 * Requirements of the gateway as its users meet it: serve, token, install.
 *
 * @module
 */
import type { Requirement } from './requirement.ts';

export const REQUIREMENTS: readonly Requirement[] = [
  {
    id: 'serve.shared',
    source: 'DESIGN §8; MCP, stdio transport',
    behaviour:
      'Any number of clients that start the bridge share the connections of one daemon, each from its own project.',
  },
  {
    id: 'serve.bridge',
    source: 'DESIGN §8',
    behaviour:
      'A bridge outlives the owner of the connections: what was under way is answered honestly, the next call works, and the conversation is begun again without its client.',
  },
  {
    id: 'serve.stdout',
    source: 'MCP 2025-11-25, stdio: the server MUST NOT write anything to stdout that is not a valid MCP message',
    behaviour: 'Standard output holds MCP messages alone; talk goes to stderr, and the end of stdin ends the bridge.',
  },
  {
    id: 'serve.listen',
    source: 'BEHAVIOUR §11',
    behaviour:
      'serve listens on loopback at its documented port or the next free one, says how to use it, is back after a restart of the daemon, and ends with the command.',
  },
  {
    id: 'serve.guards',
    source: 'BEHAVIOUR §11; MCP 2026-07-28, Streamable HTTP, security warning',
    behaviour: 'Every route refuses strangers before anything is read of their request, with 401 or 403.',
  },
  {
    id: 'gateway.limits',
    source: 'DESIGN §8; OWASP API4:2023, unrestricted resource consumption',
    behaviour:
      'What a client may send is bounded in size, depth and time, and how many may be there at once, so that none of them starves the others.',
  },
  {
    id: 'gateway.slow',
    source: 'DESIGN §8',
    behaviour: 'A client that does not read costs a bounded amount of memory, and is cut off.',
  },
  {
    id: 'gateway.alive',
    source: 'DESIGN §8; G14',
    behaviour: 'A silent stream has a comment every 15 s, so that no proxy gives it up.',
  },
  {
    id: 'gateway.pages',
    source: 'BEHAVIOUR §11; Fetch standard, CORS protocol',
    behaviour: 'No web page can read an answer, but for the origins that a person named.',
  },
  {
    id: 'gateway.token-stays',
    source: 'MCP 2026-07-28, security best practices, token passthrough; G27',
    behaviour: 'What a client authenticates with never leaves for a server.',
  },
  {
    id: 'gateway.first',
    source: 'clients that ask once: mcporter 0.12, Codex 0.169',
    behaviour:
      'The first list waits a moment for servers that are met for the first time, and a call of their tools waits for them longer.',
  },
  {
    id: 'serve.rotate',
    source: 'BEHAVIOUR §11',
    behaviour: 'A rotated token counts at once in gateways that run, and the old one is worth nothing.',
  },
  {
    id: 'serve.loop',
    source: 'DESIGN §8',
    behaviour:
      'An entry that leads to the gateway itself is no server of the fleet, whichever client’s file it stands in.',
  },
  {
    id: 'install.dialects',
    source: 'clients’ documentation, 2026',
    behaviour:
      'The entry is written where each client looks for it and in its own words, with the token by reference only.',
  },
  {
    id: 'install.careful',
    source: 'clig.dev: ask consent before changing configuration that is not yours',
    behaviour:
      'Nothing is written before the difference was shown and agreed to; comments, order and foreign fields stay, a backup is made, and what cannot be edited safely is left alone.',
  },
];
