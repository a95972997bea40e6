/**
 * Names of variables that look like secrets.
 *
 * @module
 */
import { describe, expect, test } from 'vitest';
import { looksSecret } from '../../../../src/auth/helper/secret-names.ts';

describe('[helper.project] a variable', () => {
  test.each(
    (
      'GITHUB_TOKEN NPM_TOKEN token accessToken ACCESS_TOKEN_2 MY_SECRET clientSecret DB_PASSWORD PGPASSWORD ' +
      'SSH_ASKPASS_PASSPHRASE LDAP_PASSWD OPENAI_API_KEY apiKey APIKEY AWS_ACCESS_KEY_ID KEY2 SSH_AUTH_SOCK ' +
      'BASIC_AUTH SESSION_COOKIE GITHUB_PAT GitHubPat SENTRY_DSN GOOGLE_APPLICATION_CREDENTIALS AWS_CREDENTIAL ' +
      'my-api-key some.secret.value HTTPAuth npm_config__authToken SECRETS'
    ).split(' '),
  )('%s looks like a secret', (name) => {
    expect(looksSecret(name)).toBe(true);
  });

  test.each(
    (
      'PATH HOME LANG USER TERM PWD SHELL KEYBOARD_LAYOUT MONKEY AUTHOR GIT_AUTHOR_NAME COMPAT PATTERN XAUTHORITY ' +
      'TOKENIZER_PATH HTTPS_PROXY NODE_OPTIONS XDG_RUNTIME_DIR KEYMAP TMPDIR LC_ALL'
    ).split(' '),
  )('%s does not', (name) => {
    expect(looksSecret(name)).toBe(false);
  });
});
