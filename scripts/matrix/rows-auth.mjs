/**
 * Rows of the fault matrix: 401 and 403.
 *
 * @module
 */
import { connected, needsAuth } from './expect.mjs';
import { helper, http } from './make.mjs';

const STATIC = { headers: { Authorization: 'Bearer stale-token-of-the-matrix' } };

export const AUTH_ROWS = [
  {
    name: '401 + full OAuth',
    peer: true,
    make: (bench) => signIn(bench, {}),
    expect: needsAuth('sign-in-required', { snapshot: { offersOAuth: true, httpStatus: 401 } }),
  },
  {
    name: '401 bare',
    peer: true,
    make: (bench) => http(bench, bench.t.unauthorized()),
    expect: needsAuth('credentials-required', { snapshot: { offersOAuth: false } }),
  },
  {
    name: '401 `WWW-Authenticate: Bearer` (static)',
    peer: true,
    make: (bench) => http(bench, bench.t.unauthorized('Bearer')),
    expect: needsAuth('credentials-required', { snapshot: { offersOAuth: false } }),
  },
  {
    name: '401 bare, metadata at the well-known address',
    make: (bench) => signIn(bench, { challenge: 'bare' }),
    expect: needsAuth('sign-in-required', { snapshot: { offersOAuth: true } }),
  },
  {
    name: '401 with a static header',
    make: (bench) => http(bench, bench.t.unauthorized('Bearer'), STATIC),
    expect: needsAuth('credentials-rejected'),
  },
  {
    name: '401 with a static header, server offers OAuth',
    make: (bench) => signIn(bench, {}, STATIC),
    expect: needsAuth('credentials-rejected', { snapshot: { offersOAuth: true } }),
  },
  {
    name: '401 with a headersHelper',
    make: (bench) => http(bench, bench.t.unauthorized('Bearer'), { headersHelper: helper(bench, { 'X-Key': 'k' }) }),
    // Its probes run the helper, so they keep the longer distance.
    expect: (numbers) => ({
      ...needsAuth('credentials-rejected')(numbers),
      tries: 2,
      next: [numbers.helperGapMs, Math.max(numbers.helperGapMs, numbers.authProbeMs * 1.5)],
    }),
  },
  {
    name: '401 once with a headersHelper, then its new token is good',
    make: (bench) => ({
      ...http(bench, bench.t.requireHeader({ name: 'X-Turn', value: '2' }, bench.t.mcpServer()), {
        headersHelper: helper(bench, { 'X-Turn': 'TURN' }),
      }),
      mend: undefined,
    }),
    // The second contact belongs to the same try, so nothing is waited for.
    expect: connected(1, { tries: 2 }),
  },
  {
    name: '401 with a static header that heals by itself',
    make: (bench) => ({
      ...http(bench, bench.t.firstThen(2, bench.t.unauthorized(), bench.t.mcpServer()), STATIC),
      env: { HOLDFAST_AUTH_PROBE_MS: '800' },
      after: heals,
    }),
    expect: () => ({
      ...needsAuth('credentials-rejected')({ authProbeMs: 800 }),
      after: 'by itself → connected',
    }),
  },
  {
    name: '401 bare that heals by itself',
    make: (bench) => ({
      ...http(bench, bench.t.firstThen(2, bench.t.unauthorized(), bench.t.mcpServer())),
      env: { HOLDFAST_AUTH_PROBE_MS: '800' },
      after: heals,
    }),
    expect: () => ({
      ...needsAuth('credentials-required')({ authProbeMs: 800 }),
      after: 'by itself → connected',
    }),
  },
  {
    name: '403 bare',
    peer: true,
    make: (bench) => http(bench, bench.t.forbidden()),
    expect: needsAuth('forbidden', { snapshot: { httpStatus: 403 } }),
  },
  {
    name: '403 + full OAuth',
    make: (bench) => signIn(bench, { refusal: 403 }),
    expect: needsAuth('sign-in-required'),
  },
  {
    name: '403 insufficient_scope',
    peer: true,
    make: (bench) => {
      const mounted = bench.t.mountSignIn(bench.server, bench.path);
      mounted.set(bench.t.insufficientScope('mcp:write', mounted.resource.url));
      return mountOf(bench, mounted);
    },
    expect: needsAuth('sign-in-required'),
  },
  {
    name: '403 insufficient_scope, no metadata',
    make: (bench) => http(bench, bench.t.insufficientScope('mcp:write')),
    expect: needsAuth('forbidden'),
  },
  {
    name: '403 with a static header',
    make: (bench) => http(bench, bench.t.forbidden(), STATIC),
    expect: needsAuth('credentials-rejected'),
  },
];

/** The mount, in the words of a row; after mending the server answers everybody. */
function mountOf(bench, mounted, extra = {}) {
  return {
    entry: { type: 'http', url: mounted.url, ...extra },
    tries: () => mounted.tries,
    mend: () => mounted.set(bench.t.mcpServer()),
  };
}

function signIn(bench, options, extra) {
  return mountOf(bench, bench.t.mountSignIn(bench.server, bench.path, options), extra);
}

async function heals({ fleet, name, pause }) {
  for (let turn = 0; turn < 100; turn += 1) {
    const { status } = await fleet.snapshot(name);
    if (status === 'connected') return 'by itself → connected';
    await pause(100);
  }
  return `by itself → ${(await fleet.snapshot(name)).status}`;
}
