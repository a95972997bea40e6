/**
 * The client that the conformance suite drives: a thin adapter over the public library. Every connection, sign-in,
 * retry and answer is Holdfast's; this file only plays the person (follows the sign-in address) and the host (calls
 * the tools, loads a skill).
 *
 * @module
 */
import { createHoldfast, HoldfastError } from 'holdfast';
import { loadSkills } from './skills.mjs';

const SERVER = 'suite';
const url = process.argv.at(-1);
const scenario = process.env['MCP_CONFORMANCE_SCENARIO'] ?? '';
const context = JSON.parse(process.env['MCP_CONFORMANCE_CONTEXT'] ?? '{}');

/** The `oauth` settings that a person would write into the entry, from what the suite tells. */
function oauthSettings() {
  const { client_id: clientId, client_secret: clientSecret } = context;
  const known = { ...(clientId && { clientId }), ...(clientSecret && { clientSecret }) };
  switch (scenario) {
    case 'auth/basic-cimd':
      return { clientMetadataUrl: 'https://conformance-test.local/client-metadata.json' };
    case 'auth/client-credentials-basic':
      return { ...known, grant: 'client_credentials' };
    case 'auth/client-credentials-jwt':
      return {
        ...known,
        grant: 'client_credentials',
        tokenEndpointAuthMethod: 'private_key_jwt',
        privateKey: context.private_key_pem,
        signingAlgorithm: context.signing_algorithm,
      };
    case 'auth/enterprise-managed-authorization':
      return {
        ...known,
        grant: 'jwt_bearer',
        identityProvider: {
          issuer: context.idp_issuer,
          tokenEndpoint: context.idp_token_endpoint,
          clientId: context.idp_client_id,
          idToken: context.idp_id_token,
        },
      };
    case 'auth/wif-jwt-bearer':
      return { ...known, grant: 'jwt_bearer', assertion: context.valid_jwt };
    default:
      return known;
  }
}

const oauth = oauthSettings();
const fleet = await createHoldfast({
  servers: { [SERVER]: { type: 'http', url, ...(Object.keys(oauth).length > 0 && { oauth }) } },
  onElicit: () => ({ action: 'accept', content: {} }),
});

/** What a browser does with a sign-in address when the person agrees: it follows the redirects, to our listener at last. */
async function follow(address) {
  let next = address;
  for (let step = 0; step < 10 && next !== undefined; step += 1) {
    const answer = await fetch(next, { redirect: 'manual' });
    await answer.body?.cancel();
    const location = answer.headers.get('location');
    next = location === null ? undefined : new URL(location, next).href;
  }
}

/** Signs in as `holdfast login` does. */
async function signIn() {
  const started = await fleet.startLogin(SERVER);
  if (started.kind === 'done') return;
  await follow(started.url);
  await fleet.loginResult(started.flow, { timeoutMs: 15_000 });
}

// A call that needs more rights waits, and says by an event where the person can grant them.
const end = new AbortController();
async function grantRights() {
  for await (const event of fleet.events(end.signal)) if (event.event === 'auth.url') await follow(event.url);
}

/** One request; where the server wants a sign-in first, once more after it. */
async function ask(method, params) {
  try {
    return await fleet.request(SERVER, method, params, { interaction: 'url', timeoutMs: 20_000 });
  } catch (error) {
    if (!(error instanceof HoldfastError) || error.code !== 'ERR_NEEDS_AUTH') throw error;
    await signIn();
    return fleet.request(SERVER, method, params, { interaction: 'url', timeoutMs: 20_000 });
  }
}

/** Arguments for the tools that the suite knows; `json_schema_echo` is to give back a schema as we were given it. */
function argumentsFor(name, tools) {
  if (name === 'add_numbers') return { a: 5, b: 3 };
  if (name !== 'json_schema_echo') return {};
  return { schema: tools.find((tool) => tool.name === 'json_schema_2020_12_tool').inputSchema };
}

/** One use of something that the server has listed. What the server itself answers with an error is its own affair. */
async function use(method, params) {
  try {
    await ask(method, params);
  } catch (error) {
    if (!(error instanceof HoldfastError) || error.code !== 'ERR_RPC') throw error;
    console.error(`${method}: ${error.message}`);
  }
}

/** Uses everything that is listed, once. */
async function useAll() {
  const { tools, prompts, resources } = await fleet.lists(SERVER);
  const calls = context.toolCalls ?? tools.map(({ name }) => ({ name, arguments: argumentsFor(name, tools) }));
  for (const call of calls) await use('tools/call', call);
  for (const { name } of prompts) await use('prompts/get', { name });
  for (const { uri } of resources) await use('resources/read', { uri });
}

/** As long as the server asks for it: it may name another authorization server right after the first sign-in. */
async function connect() {
  for (let time = 0; time < 3; time += 1) {
    const [server] = await fleet.settled({ timeoutMs: 15_000 });
    if (server?.status !== 'needs-auth') return;
    await signIn();
  }
}

async function run() {
  await connect();
  if (scenario.startsWith('sep-2640-')) {
    await loadSkills(ask, { read: scenario !== 'sep-2640-client-no-prefetch' });
    return;
  }
  const granting = grantRights();
  await useAll();
  end.abort();
  await granting;
}

try {
  await run();
} catch (error) {
  const { code, message, hint, data } = error instanceof HoldfastError ? error : { message: String(error?.stack) };
  console.error(JSON.stringify({ code, message, hint, data }, null, 2));
  process.exitCode = 1;
} finally {
  end.abort();
  await fleet.close();
}
