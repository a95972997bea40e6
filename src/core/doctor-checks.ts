/**
 * The table of what `doctor` looks at.
 *
 * @module
 */

/** Every check, and what it looks at. */
export const CHECKS = {
  versions: 'Node, this program and the daemon: versions that work together',
  daemon: 'the daemon and its socket: whether it answers and is yours alone',
  server: 'the state of a server, as its owner knows it',
  'config-file': 'the configuration files that are read, and what is wrong in them',
  'config-duplicate': 'entries that are not loaded, and which one wins',
  'config-variable': 'variables that entries name and nobody has set',
  'config-entry': 'what is odd or risky in an entry: no type, white space, a secret in clear, http',
  characters: 'characters that cannot be seen, in values of variables, headers and addresses',
  'file-modes': 'files with secrets that other users could read',
  'state-folder': 'whether what is remembered can be written',
  store: 'where logins lie, and whether they are encrypted',
  proxy: 'the proxy settings, and whether the proxy answers',
  certificates: 'further certificate authorities, and whether certificates are checked at all',
  clock: 'the clock of this machine, against that of the servers',
  dns: 'whether the name of a server has an address',
  tcp: 'whether its port can be reached',
  tls: 'whether its certificate is good, and for how long',
  http: 'what it answers to a request without credentials',
  'sign-in': 'the way to a sign-in, step by step: metadata, authorization server, PKCE, registration, login',
  'callback-port': 'the port on which the answer of a sign-in is expected',
  helper: 'the last run of a headersHelper',
  command: 'whether the command of a local server is found and may be run',
  webhooks: 'the webhooks of our own file',
} as const;

/** Id of a check; part of `doctor --json`. */
export type CheckId = keyof typeof CHECKS;
