/**
 * Forgets the login of an entry, and tells the authorization server where it wants to hear of it (RFC 7009).
 *
 * @module
 */
import type { Credential } from '../../core/credential.ts';
import { faultMessage } from '../../core/classify.ts';
import type { EffectiveEntry, EffectiveRemote } from '../../core/entry.ts';
import type { ForgetAsk } from '../../core/sign-in.ts';
import { reconfigured } from '../client/configured.ts';
import type { DiscoverAbout } from '../discovery/discover.ts';
import type { FlowParts, LoginPlace } from './parts.ts';
import { placeOf, remoteOf } from './place.ts';
import { discoverAbout } from './prepare.ts';

/** More logins than this for one place are a fault of ours; nobody waits for ever. */
const MOST = 20;

/**
 * Forgets; says in words what was done. The lease of the credential keeps a redemption that goes on elsewhere from
 * bringing it back. Errors: `ERR_USAGE` for a process, `ERR_STORE_BUSY`, `ERR_STORE_UNWRITABLE`.
 */
export async function forgetLogin(parts: FlowParts, entry: EffectiveEntry, ask: ForgetAsk): Promise<readonly string[]> {
  const endpoint = remoteOf(entry);
  const place = placeOf(entry, endpoint);
  const did: string[] = [];
  const issuers = new Set<string>();
  const first = await parts.logins.lookup(place);
  if (first !== undefined) issuers.add(first.key.issuer);
  if (ask.keepLogin !== true)
    for (let count = 0, held = first; held !== undefined && count < MOST; count += 1) {
      issuers.add(held.key.issuer);
      did.push(...(await forgetOne(parts, { held, place, oauth: endpoint.oauth }, ask)));
      held = await parts.logins.lookup(place);
    }
  if (ask.client === true)
    did.push(...(await forgetClients(parts, { issuers, wanted: discoverAbout(endpoint, { challenges: [] }) }, ask)));
  return did;
}

async function forgetOne(
  parts: FlowParts,
  about: { readonly held: Credential; readonly place: LoginPlace; readonly oauth: EffectiveRemote['oauth'] },
  ask: ForgetAsk,
): Promise<readonly string[]> {
  const { held, place, oauth } = about;
  return parts.logins.alone(
    held.id,
    async () => {
      // A refresh may have ended just now: its tokens are the ones to revoke.
      const kept = await parts.logins.lookup(place);
      const last = kept?.id === held.id ? kept : held;
      const told = ask.revoke
        ? await tell(parts, { ...last, client: reconfigured(last, oauth) ?? last.client }, ask)
        : [];
      await parts.logins.remove(held.id);
      return [...told, `forgot the sign-in at ${held.key.issuer}`];
    },
    ask.numbers.leaseWaitMs,
  );
}

async function tell(parts: FlowParts, held: Credential, ask: ForgetAsk): Promise<readonly string[]> {
  const { authority, client, tokens, key } = held;
  const outcome = await parts.revoke({ authority, client, tokens, serverUrl: key.serverUrl }, ask);
  if (outcome === 'revoked') return [`revoked it at ${authority.issuer}`];
  if (outcome === 'not-offered')
    return [`${authority.issuer} offers no revocation: it may keep the login until it ends`];
  return [
    `could not revoke it at ${authority.issuer} (${outcome.detail ?? faultMessage(outcome)}): it may keep the login`,
  ];
}

async function forgetClients(
  parts: FlowParts,
  about: { readonly issuers: Set<string>; readonly wanted: DiscoverAbout },
  ask: ForgetAsk,
): Promise<readonly string[]> {
  const { issuers } = about;
  if (issuers.size === 0) {
    const discovery = await parts.discover(about.wanted, ask);
    if (discovery.ok) issuers.add(discovery.found.authority.issuer);
  }
  const did: string[] = [];
  for (const issuer of issuers)
    if (await parts.forgetRegistration(issuer)) did.push(`forgot the client that was registered at ${issuer}`);
  return did;
}
