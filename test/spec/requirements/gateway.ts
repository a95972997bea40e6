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
];
