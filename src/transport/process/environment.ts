/**
 * The environment of a server process: a short list of what every program needs, then what the entry says.
 *
 * @module
 */
import type { Secret } from '../../base/secret.ts';
import type { EffectiveStdio } from '../../core/entry.ts';

/** Variables of the owner that every process gets; all others stay with the owner, because many are secrets. */
const INHERITED: ReadonlySet<string> = words(`
  HOME LOGNAME SHELL TERM USER LANG LANGUAGE TMPDIR TZ
  SSH_AUTH_SOCK DISPLAY XAUTHORITY WAYLAND_DISPLAY DBUS_SESSION_BUS_ADDRESS
  HTTP_PROXY HTTPS_PROXY ALL_PROXY NO_PROXY http_proxy https_proxy all_proxy no_proxy
  NODE_EXTRA_CA_CERTS NODE_USE_SYSTEM_CA SSL_CERT_FILE SSL_CERT_DIR
  REQUESTS_CA_BUNDLE CURL_CA_BUNDLE GIT_SSL_CAINFO
`);
const INHERITED_BY_PREFIX = /^(?:LC|XDG)_/;
const INHERITED_ON_WINDOWS: ReadonlySet<string> = words(`
  ALLUSERSPROFILE APPDATA COMMONPROGRAMFILES COMPUTERNAME COMSPEC HOMEDRIVE HOMEPATH
  LOCALAPPDATA NUMBER_OF_PROCESSORS OS PATHEXT PROCESSOR_ARCHITECTURE PROGRAMDATA
  PROGRAMFILES PROGRAMFILES(X86) PROGRAMW6432 SYSTEMDRIVE SYSTEMROOT TEMP TMP
  USERDOMAIN USERNAME USERPROFILE WINDIR
`);

function words(text: string): ReadonlySet<string> {
  return new Set(text.trim().split(/\s+/));
}

/** Variables as Node gives them. */
export type Environment = Readonly<Record<string, string | undefined>>;

function isInherited(name: string, windows: boolean): boolean {
  if (INHERITED.has(name) || INHERITED_BY_PREFIX.test(name)) return true;
  return windows && (INHERITED.has(name.toUpperCase()) || INHERITED_ON_WINDOWS.has(name.toUpperCase()));
}

/** The part of the owner's environment that processes get. Exported shell functions are left out. */
export function baseEnvironment(env: Environment, windows: boolean): Record<string, string> {
  const base: Record<string, string> = {};
  for (const [name, value] of Object.entries(env))
    if (value !== undefined && !value.startsWith('()') && isInherited(name, windows)) base[name] = value;
  return base;
}

/** Whose environment is made. */
export interface EnvironmentOf {
  readonly endpoint: Pick<EffectiveStdio, 'env' | 'path'>;
  /** The owner's environment. */
  readonly env: Environment;
  readonly windows: boolean;
  readonly projectRoot?: string | undefined;
}

/** The whole environment of one process. The entry's own variables win over everything. */
export function serverEnvironment({ endpoint, env, windows, projectRoot }: EnvironmentOf): Record<string, string> {
  const whole = baseEnvironment(env, windows);
  whole['PATH'] = endpoint.path;
  if (projectRoot !== undefined) {
    whole['CLAUDE_PROJECT_DIR'] = projectRoot;
    whole['HOLDFAST_PROJECT_DIR'] = projectRoot;
  }
  for (const [name, value] of Object.entries(endpoint.env)) {
    // Windows has one variable, however its name is written.
    const twin = windows ? Object.keys(whole).find((known) => known.toUpperCase() === name.toUpperCase()) : undefined;
    if (twin !== undefined) delete whole[twin];
    whole[name] = value.reveal();
  }
  return whole;
}

const SECRET_NAME = /key|token|secret|pass|pwd|auth|cred|bearer|session|cookie|private|dsn|ur[il]/i;
/** Folders and plain words: to blank them out would spoil every stack trace and protect nothing. */
const PLAIN_VALUE = /^(?:(?:~|\.{1,2})?\/[^:]*|[a-z]:\\.*|[a-z]{1,16}|[\d.]{1,9})$/i;

/** The values of an entry that must not be seen in what its process prints. */
export function secretValues(env: Readonly<Record<string, Secret>>): readonly string[] {
  return Object.entries(env)
    .filter(([name, value]) => SECRET_NAME.test(name) || !PLAIN_VALUE.test(value.reveal()))
    .flatMap(([, value]) => [value.reveal(), ...value.reveal().split(/\r?\n/)]);
}
