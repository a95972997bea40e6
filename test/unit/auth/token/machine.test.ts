/**
 * Grants without a person.
 *
 * @module
 */
import { describe, expect, test } from 'vitest';
import { isMachineGrant, machineTokens, type MachineAsk } from '../../../../src/auth/token/machine.ts';
import { Secret } from '../../../../src/base/secret.ts';
import { AUTHORITY, CLIENT, json, SERVER, secretClient, tokenRig, type Answering } from '../../../support/token-rig.ts';

const ID_JAG = 'urn:ietf:params:oauth:token-type:id-jag';
const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const provider = {
  issuer: 'https://idp.example',
  tokenEndpoint: 'https://idp.example/token',
  clientId: 'idp-client',
  idToken: new Secret('id-token-secret'),
};
const good = () => json({ access_token: 'at-secret-1', token_type: 'bearer', expires_in: 60 });
const exchanged = (more: object = {}) =>
  json({ access_token: 'id-jag-secret', issued_token_type: ID_JAG, token_type: 'N_A', ...more });

function run(oauth: MachineAsk['oauth'], answer: Answering, more: Partial<MachineAsk> = {}) {
  const rig = tokenRig(answer);
  const about = {
    authority: AUTHORITY,
    client: CLIENT,
    resource: SERVER,
    scopes: ['a', 'b'],
    oauth,
    serverUrl: SERVER,
    ...more,
  };
  return { ...rig, outcome: machineTokens(rig.deps, about, rig.ask) };
}

describe('[token.machine] a machine grant', () => {
  test.each([
    ['client_credentials', true],
    ['jwt_bearer', true],
    ['authorization_code', false],
    ['device_code', false],
    [undefined, false],
  ] as const)('%s: %s', (grant, machine) => {
    expect(isMachineGrant(grant === undefined ? {} : { grant })).toBe(machine);
  });

  test('client credentials are one request for the client itself', async () => {
    const client = secretClient('client_secret_basic', 'id', 'secret-1');
    const { outcome, sent } = run({ grant: 'client_credentials' }, good, { client });
    expect(await outcome).toMatchObject({ kind: 'tokens' });
    expect(sent.map(({ form }) => form)).toEqual([
      { grant_type: 'client_credentials', resource: SERVER, scope: 'a b' },
    ]);
  });

  test('an assertion is presented as it is, and says who asks where there is no client id', async () => {
    const oauth = { grant: 'jwt_bearer', assertion: new Secret('workload.jwt.secret') } as const;
    const { outcome, sent, deps } = run(oauth, good, { client: { ...CLIENT, clientId: '' } });
    expect(await outcome).toMatchObject({ kind: 'tokens' });
    expect(sent.map(({ form }) => form)).toEqual([
      { grant_type: JWT_BEARER, assertion: 'workload.jwt.secret', resource: SERVER, scope: 'a b' },
    ]);
    expect(deps.redactor.redact('workload.jwt.secret')).toBe('[secret]');
  });

  test.each(['invalid_grant', 'invalid_scope', 'unauthorized_client'])('is not tried again after %s', async (error) => {
    const oauth = { grant: 'jwt_bearer', assertion: new Secret('workload.jwt') } as const;
    const { outcome, sent } = run(oauth, () => json({ error }, 400));
    expect(await outcome).toMatchObject({ kind: 'refused', error });
    expect(sent).toHaveLength(1);
  });

  test.each([{ grant: 'jwt_bearer' }, { grant: 'authorization_code' }, {}] as const)(
    'that is not complete sends nothing: %j',
    async (oauth) => {
      const { outcome, sent } = run(oauth, good);
      expect(await outcome).toMatchObject({ kind: 'transient', sent: 'no', fault: { reason: 'config-invalid' } });
      expect(sent).toHaveLength(0);
    },
  );
});

describe('[token.machine] enterprise-managed authorization', () => {
  const oauth = { grant: 'jwt_bearer', identityProvider: provider } as const;
  const client = secretClient('client_secret_basic', 'id', 'secret-1');
  const both: Answering = ({ url }) => (url === provider.tokenEndpoint ? exchanged() : good());

  test('exchanges the identity at its provider, then presents the assertion to the authorization server', async () => {
    const { outcome, sent, deps } = run(oauth, both, { client });
    expect(await outcome).toMatchObject({ kind: 'tokens' });
    expect(sent.map(({ url, form }) => ({ url, form }))).toEqual([
      {
        url: provider.tokenEndpoint,
        form: {
          grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
          requested_token_type: ID_JAG,
          subject_token: 'id-token-secret',
          subject_token_type: 'urn:ietf:params:oauth:token-type:id_token',
          audience: AUTHORITY.issuer,
          resource: SERVER,
          scope: 'a b',
          client_id: 'idp-client',
        },
      },
      {
        url: AUTHORITY.tokenEndpoint,
        form: { grant_type: JWT_BEARER, assertion: 'id-jag-secret', resource: SERVER, scope: 'a b' },
      },
    ]);
    expect(deps.redactor.redact('id-jag-secret id-token-secret')).toBe('[secret] [secret]');
  });

  test('shows the secret of the client to the authorization server alone', async () => {
    const { outcome, sent } = run(oauth, both, { client });
    await outcome;
    expect(sent.map(({ headers }) => 'authorization' in headers)).toEqual([false, true]);
  });

  test('says that it was the provider who refused', async () => {
    const { outcome, sent } = run(oauth, () => json({ error: 'invalid_grant', error_description: 'old' }, 400));
    expect(await outcome).toEqual({
      kind: 'refused',
      error: 'invalid_grant',
      status: 400,
      description: 'the identity provider refused: old',
    });
    expect(sent).toHaveLength(1);
  });

  test.each([
    ['another kind of token', exchanged({ issued_token_type: 'urn:ietf:params:oauth:token-type:access_token' })],
    ['no token', exchanged({ access_token: '' })],
    ['HTML', new Response('<html>')],
    ['503', new Response('', { status: 503 })],
  ])('stops at %s', async (_, answer) => {
    const { outcome, sent } = run(oauth, () => answer.clone());
    expect((await outcome).kind).toBe('transient');
    expect(sent).toHaveLength(1);
  });

  test('an assertion that is configured wins over a provider', async () => {
    const { outcome, sent } = run({ ...oauth, assertion: new Secret('own.assertion') }, good);
    await outcome;
    expect(sent.map(({ form }) => form['assertion'])).toEqual(['own.assertion']);
  });
});
