/**
 * Who the authorization server of a server is, who we are there, and what no request of that kind may do.
 *
 * @module
 */
import type { Requirement } from './requirement.ts';

export const REQUIREMENTS: readonly Requirement[] = [
  {
    id: 'security.oauth-bounded',
    source: 'docs/explanation/behaviour.md §11',
    behaviour:
      'Every OAuth request is bounded in time, size and redirects, goes to https or loopback only, and says whether it may have arrived.',
  },
  {
    id: 'security.hosted',
    source: 'docs/explanation/behaviour.md §11',
    behaviour:
      'For a hosted gateway no spelling of a private address is asked, whether a challenge, metadata, an endpoint or a redirect names it.',
  },
  {
    id: 'security.hostile-metadata',
    source: 'docs/explanation/behaviour.md §11',
    behaviour: 'Hostile metadata ends in a typed fault within its limits of time, memory and requests.',
  },
  {
    id: 'discovery.resource-order',
    source: 'RFC 9728 §3.1, §5.1; MCP authorization, Protected Resource Metadata Discovery',
    behaviour: 'Resource metadata is looked for where the challenge says, then at the path, then at the root.',
  },
  {
    id: 'discovery.resource-trouble',
    source: 'issue 3, part 3',
    behaviour:
      'A server error, a time-out or a network error of the resource metadata is a fault that passes, never another authorization server.',
  },
  {
    id: 'discovery.resource-fits',
    source: 'RFC 9728 §3.3; RFC 8707 §2',
    behaviour: 'The resource is the server or a parent of it by path on its origin, and is sent as it is spelled.',
  },
  {
    id: 'discovery.server-order',
    source: 'MCP authorization, Authorization Server Metadata Discovery',
    behaviour: 'Authorization server metadata is looked for at the three places in order, the path inserted.',
  },
  {
    id: 'discovery.issuer',
    source: 'RFC 8414 §3.3',
    behaviour:
      'The issuer of the metadata is exactly the one that was named, or the one that the entry pins; else issuer-mismatch.',
  },
  {
    id: 'discovery.pkce',
    source: 'MCP authorization, Authorization Code Protection',
    behaviour: 'A server that does not promise S256 is not signed in to unless the entry says so.',
  },
  {
    id: 'discovery.several',
    source: 'RFC 9728 §7.6',
    behaviour: 'Of several authorization servers the pinned one is taken, else one that is held, else the first.',
  },
  {
    id: 'discovery.legacy',
    source: 'MCP 2025-03-26, Fallbacks for Servers without Metadata Discovery',
    behaviour:
      'The fixed endpoints are assumed only where surely no metadata exists, and never where the entry forbids it.',
  },
  {
    id: 'discovery.https',
    source: 'OAuth 2.1 §1.5',
    behaviour: 'Metadata and endpoints are https, or http on this machine.',
  },
  {
    id: 'client.order',
    source: 'MCP authorization, Client Registration Approaches',
    behaviour:
      'The configured client is used, else the metadata document, else a registration, else a person is asked.',
  },
  {
    id: 'client.registration',
    source: 'RFC 7591 §2, §3.2.1',
    behaviour: 'A registration says what we are, and its answer is read as servers in the field write it.',
  },
  {
    id: 'client.once',
    source: 'issue 3, part 3',
    behaviour:
      'A registration is kept per issuer and used again; callers at once get one client; an ended one is renewed.',
  },
  {
    id: 'client.refused',
    source: 'issue 3, part 3',
    behaviour:
      'A refused registration asks for a client id in the entry; trouble of the server is a fault that passes.',
  },
  {
    id: 'client.method',
    source: 'RFC 6749 §2.3; RFC 7591 §2',
    behaviour:
      'How the client proves itself is what the entry says, else the registration, else what the server accepts.',
  },
];
