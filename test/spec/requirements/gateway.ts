/**
 * Requirements of the gateway.
 *
 * @module
 */
import type { Requirement } from './requirement.ts';

export const REQUIREMENTS: readonly Requirement[] = [
  {
    id: 'gateway.names',
    source: 'MCP 2026-07-28, tools; G17',
    behaviour:
      'A tool is `server__tool`, always the same, at most 64 characters of A-Za-z0-9_-, and no other tool has that name.',
  },
  {
    id: 'gateway.uris',
    source: 'DESIGN §8; RFC 3986 §3.1',
    behaviour: 'A resource is `server+uri`, and comes back to its server and its uri whatever they are.',
  },
  {
    id: 'gateway.catalogue',
    source: 'DESIGN §8',
    behaviour:
      'The merged lists have what is fit to be listed of every server; the rest is left out by name, with the reason.',
  },
  {
    id: 'gateway.guard',
    source: 'BEHAVIOUR §11; MCP 2026-07-28, Streamable HTTP, security warning',
    behaviour: 'Only programs of this machine that know the token get in, and no web page that was not named.',
  },
  {
    id: 'gateway.messages',
    source: 'JSON-RPC 2.0 §4–5',
    behaviour: 'What a client sends is read once, within bounds, and what is wrong with it is said in its own terms.',
  },
  {
    id: 'gateway.modern',
    source: 'MCP 2026-07-28, basic and Streamable HTTP; G5–G7',
    behaviour:
      'A stateless request is known by its body; missing fields, other versions and headers that differ are refused.',
  },
  {
    id: 'gateway.eras',
    source: 'DESIGN §8; G4',
    behaviour: 'Clients of both eras see and call the tools of every server at one endpoint, and hear of changes.',
  },
  {
    id: 'gateway.front',
    source: 'MCP, Streamable HTTP; G1–G10',
    behaviour: 'The endpoint keeps legacy sessions apart, and answers what it refuses with the status of the protocol.',
  },
  {
    id: 'gateway.token',
    source: 'BEHAVIOUR §11',
    behaviour:
      'The token of the gateway is made at its first use, readable by its owner alone, and stays until it is rotated.',
  },
  {
    id: 'gateway.warm',
    source: 'DESIGN §8; BEHAVIOUR §5.2',
    behaviour:
      'The last good lists outlive the process, are shown and marked before the server answers, and go at a reset.',
  },
  {
    id: 'gateway.rules',
    source: 'DESIGN §8',
    behaviour:
      'An entry says by globs which of its tools, prompts and resources clients see, tools and prompts also under which names; what is hidden cannot be used, and a change is announced and needs no new connection.',
  },
  {
    id: 'gateway.uri-rules',
    source: 'DESIGN §8; RFC 3986 §6.2.2',
    behaviour:
      'A URI is judged by its own text, listed or not, and another spelling of a hidden one leads nowhere: it can be neither read, watched nor completed.',
  },
  {
    id: 'gateway.hot-path',
    source: 'DESIGN §8; issue 4, part 5',
    behaviour:
      'A call enters nothing of the SDK; its result, and large arguments, go on as they came; a list is written once.',
  },
];
