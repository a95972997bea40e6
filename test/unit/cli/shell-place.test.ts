import { describe, expect, test } from 'vitest';
import { canOpenBrowser, forwardingText, shellKind } from '../../../src/cli/sign-in/shell-place.ts';
import type { ShellKind } from '../../../src/cli/sign-in/shell-place.ts';

describe('[login.remote-shell] where the shell is', () => {
  test.each<[Record<string, string>, readonly string[], ShellKind]>([
    [{}, [], 'local'],
    [{ DISPLAY: ':0', SHELL: '/bin/zsh' }, [], 'local'],
    [{ SSH_CONNECTION: '10.0.0.1 5 10.0.0.2 22' }, [], 'ssh'],
    [{ SSH_TTY: '/dev/pts/0' }, [], 'ssh'],
    [{ SSH_CONNECTION: '' }, [], 'local'],
    [{ WSL_DISTRO_NAME: 'Debian' }, [], 'wsl'],
    [{ CODESPACES: 'true', SSH_CONNECTION: 'x' }, [], 'codespaces'],
    [{ CODESPACES: 'false' }, [], 'local'],
    [{ container: 'podman' }, [], 'container'],
    [{ REMOTE_CONTAINERS: 'true' }, [], 'container'],
    [{ KUBERNETES_SERVICE_HOST: '10.0.0.1' }, [], 'container'],
    [{}, ['/.dockerenv'], 'container'],
    [{}, ['/run/.containerenv'], 'container'],
    [{ SSH_TTY: '/dev/pts/0' }, ['/.dockerenv'], 'ssh'],
  ])('%j with the files %j is %s', (env, files, kind) => {
    expect(shellKind(env, { has: (path) => files.includes(path) })).toBe(kind);
  });

  test.each<[ShellKind, Record<string, string>, NodeJS.Platform, boolean]>([
    ['local', {}, 'darwin', true],
    ['local', {}, 'win32', true],
    ['local', {}, 'linux', false],
    ['local', { DISPLAY: ':0' }, 'linux', true],
    ['local', { WAYLAND_DISPLAY: 'wayland-0' }, 'linux', true],
    ['wsl', {}, 'linux', true],
    ['ssh', { DISPLAY: ':10' }, 'linux', false],
    ['ssh', {}, 'darwin', false],
    ['container', {}, 'linux', false],
    ['codespaces', { BROWSER: '/vscode/bin/helpers/browser.sh' }, 'linux', true],
    ['local', { BROWSER: 'none', DISPLAY: ':0' }, 'linux', false],
  ])('%s with %j on %s: a browser can be opened: %s', (kind, env, platform, can) => {
    expect(canOpenBrowser(kind, env, platform)).toBe(can);
  });

  test.each<[ShellKind, string | undefined, string | undefined]>([
    ['ssh', 'http://localhost:17471/callback', 'ssh -L 17471:localhost:17471 ada@box'],
    ['container', 'http://localhost:17471/callback', 'docker run -p 127.0.0.1:17471:17471'],
    ['codespaces', 'http://localhost:17471/callback', 'gh codespace ports forward 17471:17471'],
    ['wsl', 'http://localhost:17471/callback', 'localhost:17471'],
    ['local', 'http://localhost:17471/callback', undefined],
    ['ssh', undefined, undefined],
    ['ssh', 'https://page.example/oauth/callback', undefined],
  ])('from %s an answer to %s comes through by %s', (kind, redirect, text) => {
    const said = forwardingText(kind, redirect, { env: { USER: 'ada' }, hostname: 'box' });
    if (text === undefined) expect(said).toBeUndefined();
    else expect(said).toContain(text);
  });
});
