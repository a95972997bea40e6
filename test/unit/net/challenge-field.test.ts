/**
 * `WWW-Authenticate` as servers send it: the headers of the field, the cases on which other parsers fail, and every way
 * to write one and the same challenge.
 *
 * @module
 */
import { describe, expect, test } from 'vitest';
import { bearerParam, parseChallenges } from '../../../src/net/challenge.ts';

/** Challenges in one line: `scheme{name=value; …}` or `scheme:token68`, a blank between two. */
function shown(header: string | readonly string[]): string {
  return parseChallenges(header)
    .map(({ scheme, token68, params }) => {
      const list = Object.entries(params).map(([name, value]) => `${name}=${value}`);
      const rest = list.length === 0 ? '' : `{${list.join('; ')}}`;
      return `${scheme}${token68 === undefined ? '' : `:${token68}`}${rest}`;
    })
    .join(' ');
}

const META = 'https://mcp.example/.well-known/oauth-protected-resource/mcp';

/** On 8 of 14 such cases the parser of the SDK gives another answer. */
const DECOYS: readonly (readonly [header: string, name: string, expected: string | undefined])[] = [
  ['Bearer error_description="scope=admin error=insufficient_scope", scope="read"', 'scope', 'read'],
  ['Bearer error_description="scope=admin error=insufficient_scope", scope="read"', 'error', undefined],
  ['Bearer realm="error=\\"insufficient_scope\\"", error="invalid_token"', 'error', 'invalid_token'],
  ['Bearer x_error="insufficient_scope"', 'error', undefined],
  ['Bearer xscope=admin, scope=read', 'scope', 'read'],
  ['Bearer not-error="a", error-uri="b"', 'error', undefined],
  [`Basic realm="x", Bearer resource_metadata="${META}"`, 'resource_metadata', META],
  [`Bearer resource_metadata="${META}", Basic realm="x"`, 'resource_metadata', META],
  [`Negotiate, Bearer resource_metadata="${META}"`, 'resource_metadata', META],
  [`NTLM TlRMTVNTUAAB, Bearer resource_metadata="${META}"`, 'resource_metadata', META],
  [`Digest realm="r", qop="auth, auth-int", Bearer resource_metadata="${META}"`, 'resource_metadata', META],
  [`BEARER RESOURCE_METADATA="${META}"`, 'resource_metadata', META],
  ['Bearer error = "invalid_token"', 'error', 'invalid_token'],
  ['Bearer\terror="invalid_token"', 'error', 'invalid_token'],
  ['Bearer   error="invalid_token"', 'error', 'invalid_token'],
  ['Bearer error="needs \\"admin\\""', 'error', 'needs "admin"'],
  ['Bearer error=""', 'error', ''],
  ['Bearer scope="a b" , error="e"', 'error', 'e'],
  ['Basic error="insufficient_scope"', 'error', undefined],
  ['Basic realm="Bearer error=insufficient_scope"', 'error', undefined],
  ['Basic realm=Bearer, error=insufficient_scope', 'error', undefined],
  ['Bearerish error="insufficient_scope"', 'error', undefined],
  ['X-Bearer error="insufficient_scope"', 'error', undefined],
  ['Basic realm="a", error="no", Bearer realm="b"', 'error', undefined],
  ['Bearer realm="b", Basic realm="a", error="no"', 'error', undefined],
  ['Bearer error="first", Bearer error="second"', 'error', 'first'],
  ['Bearer error="first", error="second"', 'error', 'first'],
  ['Bearer realm="unfinished, error="insufficient_scope"', 'error', undefined],
  ['Bearer realm="a;b=c", error="e"', 'error', 'e'],
  ['Bearer realm="\\\\", error="e"', 'error', 'e'],
  ['Bearer realm="\\\\\\", error=\\"no", error="yes"', 'error', 'yes'],
  ['DPoP error="use_dpop_nonce", error_description="x"', 'error', 'use_dpop_nonce'],
  ['dpop algs="ES256 PS256", Bearer scope="s"', 'scope', 's'],
];

/** As servers send them. */
const FIELD: readonly (readonly [what: string, header: string | readonly string[], expected: string])[] = [
  ['a bare Bearer', 'Bearer', 'bearer'],
  ['a Bearer with a blank', 'Bearer ', 'bearer'],
  ['a Bearer with a comma', 'Bearer,', 'bearer'],
  ['an MCP server', `Bearer resource_metadata="${META}"`, `bearer{resource_metadata=${META}}`],
  [
    'one that says why',
    `Bearer error="invalid_request", error_description="No access token was provided in this request", resource_metadata="${META}"`,
    `bearer{error=invalid_request; error_description=No access token was provided in this request; resource_metadata=${META}}`,
  ],
  [
    'one with a realm first',
    `Bearer realm="OAuth", resource_metadata="${META}", error="invalid_token", error_description="Missing or invalid access token"`,
    `bearer{realm=OAuth; resource_metadata=${META}; error=invalid_token; error_description=Missing or invalid access token}`,
  ],
  [
    'one that asks for more rights',
    'Bearer error="insufficient_scope", scope="files:read files:write", resource_metadata="https://h/m", error_description="x"',
    'bearer{error=insufficient_scope; scope=files:read files:write; resource_metadata=https://h/m; error_description=x}',
  ],
  [
    'one without quotes',
    'Bearer error=invalid_token,resource_metadata=https://h/m',
    'bearer{error=invalid_token; resource_metadata=https://h/m}',
  ],
  [
    'Spring Security',
    'Bearer error="invalid_token", error_description="Jwt expired at 2026-01-01T00:00:00Z", error_uri="https://tools.ietf.org/html/rfc6750#section-3.1"',
    'bearer{error=invalid_token; error_description=Jwt expired at 2026-01-01T00:00:00Z; error_uri=https://tools.ietf.org/html/rfc6750#section-3.1}',
  ],
  [
    'Entra',
    'Bearer authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", error="insufficient_claims", claims="eyJhIjoxfQ=="',
    'bearer{authorization_uri=https://login.microsoftonline.com/common/oauth2/authorize; error=insufficient_claims; claims=eyJhIjoxfQ==}',
  ],
  [
    'a Docker registry',
    'Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:a/b:pull,push"',
    'bearer{realm=https://auth.docker.io/token; service=registry.docker.io; scope=repository:a/b:pull,push}',
  ],
  [
    'Google',
    'Bearer realm="https://accounts.google.com/", error="invalid_token"',
    'bearer{realm=https://accounts.google.com/; error=invalid_token}',
  ],
  ['IIS', 'Negotiate, NTLM, Basic realm="host"', 'negotiate ntlm basic{realm=host}'],
  ['IIS, line by line', ['Negotiate', 'NTLM', 'Basic realm="host"'], 'negotiate ntlm basic{realm=host}'],
  ['Kerberos, later', 'Negotiate oYGVMIGSoAMKAQA=', 'negotiate:oYGVMIGSoAMKAQA='],
  [
    'the Digest of RFC 7616',
    'Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=SHA-256, nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"',
    'digest{realm=http-auth@example.org; qop=auth, auth-int; algorithm=SHA-256; nonce=7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v; opaque=FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS}',
  ],
  ['Digest with a flag', 'Digest realm="r", stale=FALSE, nonce="n"', 'digest{realm=r; stale=FALSE; nonce=n}'],
  ['SCRAM', 'SCRAM-SHA-256 realm="r", data=biwsbj11c2Vy', 'scram-sha-256{realm=r; data=biwsbj11c2Vy}'],
  ['HOBA', 'HOBA max-age="180", challenge="16:MTEyMzEyMzEyMw=="', 'hoba{max-age=180; challenge=16:MTEyMzEyMzEyMw==}'],
  ['the Basic of RFC 7617', 'Basic realm="foo", charset="UTF-8"', 'basic{realm=foo; charset=UTF-8}'],
  ['DPoP', 'DPoP algs="ES256 PS256"', 'dpop{algs=ES256 PS256}'],
  ['DPoP beside Bearer', 'Bearer, DPoP algs="ES256"', 'bearer dpop{algs=ES256}'],
  [
    'DPoP that wants a nonce',
    'DPoP error="use_dpop_nonce", error_description="n"',
    'dpop{error=use_dpop_nonce; error_description=n}',
  ],
  ['Hawk', 'Hawk ts="1353832234", tsm="aXB=", error="x"', 'hawk{ts=1353832234; tsm=aXB=; error=x}'],
  ['AWS', 'AWS4-HMAC-SHA256', 'aws4-hmac-sha256'],
  ['a key', 'ApiKey realm="x", header=X-Api-Key', 'apikey{realm=x; header=X-Api-Key}'],
  [
    'GNAP',
    'GNAP as_uri=https://server.example/tx,access=FWWIKYBQ6U56NL1',
    'gnap{as_uri=https://server.example/tx; access=FWWIKYBQ6U56NL1}',
  ],
  ['PrivateToken', 'PrivateToken challenge="abc=", token-key="123="', 'privatetoken{challenge=abc=; token-key=123=}'],
  [
    'a proxy before the server',
    ['Basic realm="proxy"', 'Bearer error="invalid_token"'],
    'basic{realm=proxy} bearer{error=invalid_token}',
  ],
  ['a name of digits', 'Bearer 1=2', 'bearer{1=2}'],
  [
    'a URL with a query',
    'Bearer resource_metadata="https://h/m?a=1&b=2,3"',
    'bearer{resource_metadata=https://h/m?a=1&b=2,3}',
  ],
  ['an address of IPv6', 'Bearer resource_metadata="http://[::1]:80/m"', 'bearer{resource_metadata=http://[::1]:80/m}'],
  [
    'an unquoted address of IPv6',
    'Bearer resource_metadata=http://[::1]:80/m, a=b',
    'bearer{resource_metadata=http://[::1]:80/m; a=b}',
  ],
];

/** One challenge, in every way in which the grammar lets it be written. */
const SCHEMES = ['Bearer', 'bearer', 'BEARER'];
const GAPS = [' ', '  ', '\t', ' \t '];
const EQUALS = ['=', ' =', '= ', ' = ', '\t=\t'];
const COMMAS = [',', ', ', ' ,', ' , ', ', ,', ',,', '\t,\t', ',\r\n '];
const VALUES = ['"a.b"', 'a.b', '"\\a\\.\\b"', '"a\\.b"'];

const WAYS = SCHEMES.flatMap((scheme) => [
  ...GAPS.map((gap) => `${scheme}${gap}error="a.b", scope="s t"`),
  ...EQUALS.map((equals) => `${scheme} error${equals}"a.b", scope${equals}"s t"`),
  ...COMMAS.map((comma) => `${scheme} error="a.b"${comma}scope="s t"`),
  ...VALUES.map((value) => `${scheme} error=${value}, scope="s t"`),
  ...VALUES.flatMap((value) => EQUALS.slice(1).map((equals) => `${scheme} ERROR${equals}${value} ,SCOPE="\\s t"`)),
]);

describe('[net.challenges] WWW-Authenticate of the field', () => {
  test.each(DECOYS)('%s: %s is %s', (header, name, expected) => {
    expect(bearerParam(parseChallenges(header), name)).toBe(expected);
  });

  test.each(FIELD)('%s is read as it was meant', (_what, header, expected) => {
    expect(shown(header)).toBe(expected);
  });

  test.each([...new Set(WAYS)])('%j is one and the same challenge', (header) => {
    expect(shown(header)).toBe('bearer{error=a.b; scope=s t}');
    expect(shown(`Basic realm="error=x", ${header}, Negotiate`)).toBe(
      'basic{realm=error=x} bearer{error=a.b; scope=s t} negotiate',
    );
  });
});
