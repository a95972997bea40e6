/**
 * Where the shell is, seen from the person's browser: on the same machine, or behind SSH, in WSL, a container or a
 * Codespace, where an answer to a random port of this machine does not arrive.
 *
 * @module
 */
import type { MachineFacts } from '../context.ts';

/** Where the shell is. */
export type ShellKind = 'local' | 'ssh' | 'wsl' | 'container' | 'codespaces';

type Env = Readonly<Record<string, string | undefined>>;

const isSet = (value: string | undefined): boolean => value !== undefined && value !== '' && value !== 'false';

/** Where the shell is, by what the environment and the machine say. */
export function shellKind(env: Env, machine: Pick<MachineFacts, 'has'>): ShellKind {
  const some = (...names: readonly string[]): boolean => names.some((name) => isSet(env[name]));
  if (some('CODESPACES')) return 'codespaces';
  if (some('SSH_CONNECTION', 'SSH_TTY', 'SSH_CLIENT')) return 'ssh';
  if (some('WSL_DISTRO_NAME', 'WSL_INTEROP')) return 'wsl';
  const named = some(
    'container',
    'REMOTE_CONTAINERS',
    'DEVCONTAINER',
    'GITPOD_WORKSPACE_ID',
    'KUBERNETES_SERVICE_HOST',
  );
  return named || machine.has('/.dockerenv') || machine.has('/run/.containerenv') ? 'container' : 'local';
}

/** Whether a browser of the person can be started from here. A program that `BROWSER` names is taken at its word. */
export function canOpenBrowser(kind: ShellKind, env: Env, platform: NodeJS.Platform): boolean {
  const own = env['BROWSER'] ?? '';
  if (own !== '') return !/^(?:none|false|echo)$/i.test(own);
  if (kind === 'wsl') return true;
  if (kind !== 'local') return false;
  return platform === 'darwin' || platform === 'win32' || isSet(env['DISPLAY']) || isSet(env['WAYLAND_DISPLAY']);
}

const WHERE: Readonly<Record<ShellKind, string>> = {
  local: 'without a display',
  ssh: 'an SSH session',
  wsl: 'WSL',
  container: 'a container',
  codespaces: 'a Codespace',
};

/** Why no browser is started here, in words. */
export function whereText(kind: ShellKind): string {
  return WHERE[kind];
}

/** How an answer to the port of `redirectUri` comes through to this machine; nothing where it does by itself. */
export function forwardingText(
  kind: ShellKind,
  redirectUri: string | undefined,
  about: { readonly env: Env; readonly hostname: string },
): string | undefined {
  const port = redirectUri === undefined || !URL.canParse(redirectUri) ? '' : new URL(redirectUri).port;
  if (port === '') return undefined;
  const user = about.env['USER'] ?? '';
  const host = user === '' ? about.hostname : `${user}@${about.hostname}`;
  switch (kind) {
    case 'ssh':
      return `So that the answer arrives, run on your own machine: ssh -L ${port}:localhost:${port} ${host}`;
    case 'container':
      return `The answer arrives only where port ${port} of the container is published (docker run -p 127.0.0.1:${port}:${port} …).`;
    case 'codespaces':
      return `So that the answer arrives, forward port ${port}: the Ports tab, or gh codespace ports forward ${port}:${port}`;
    case 'wsl':
      return `Windows forwards localhost:${port} to WSL; where it does not, paste the address below.`;
    case 'local':
      return undefined;
  }
}
