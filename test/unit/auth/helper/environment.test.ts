/**
 * The environment of a helper.
 *
 * @module
 */
import { describe, expect, test } from 'vitest';
import { helperEnvironment } from '../../../../src/auth/helper/environment.ts';
import { Redactor } from '../../../../src/base/secret.ts';

const URL_WITH_SECRETS = 'https://u:CANARY1@h.example/a/CANARY2/mcp?key=CANARY3#CANARY4';

function environment(fromProject: boolean): Record<string, string> {
  const redactor = new Redactor();
  redactor.add('CANARY2');
  return helperEnvironment({
    name: 'docs',
    url: URL_WITH_SECRETS,
    helper: { command: 'x', cwd: '/', ttlMs: 0, fromProject, path: '/view/bin' },
    base: {
      HOME: '/home/u',
      Path: '/owner/bin',
      GITHUB_TOKEN: 'CANARY5',
      UNSET: undefined,
      HOLDFAST_SERVER_NAME: 'old',
    },
    redactor,
  });
}

describe('the environment of a helper', () => {
  test('[helper.environment] has name and URL under our names and those of Claude Code', () => {
    expect(environment(false)).toEqual({
      HOME: '/home/u',
      GITHUB_TOKEN: 'CANARY5',
      PATH: '/view/bin',
      HOLDFAST_SERVER_NAME: 'docs',
      HOLDFAST_SERVER_URL: URL_WITH_SECRETS,
      CLAUDE_CODE_MCP_SERVER_NAME: 'docs',
      CLAUDE_CODE_MCP_SERVER_URL: URL_WITH_SECRETS,
    });
  });

  test('[helper.project] of a project file has no variable that looks like a secret, and a URL without secrets', () => {
    const env = environment(true);
    expect(JSON.stringify(env)).not.toContain('CANARY');
    expect(env).toMatchObject({ HOME: '/home/u', PATH: '/view/bin' });
    expect(new URL(env['HOLDFAST_SERVER_URL'] ?? '').origin).toBe('https://h.example');
    expect(env['CLAUDE_CODE_MCP_SERVER_URL']).toBe(env['HOLDFAST_SERVER_URL']);
  });
});
