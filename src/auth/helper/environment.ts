/**
 * The environment of a headersHelper (BEHAVIOUR §6).
 *
 * @module
 */
import type { Redactor } from '../../base/secret.ts';
import type { HelperSpec } from '../../core/entry.ts';
import { displayUrl } from '../../net/redact-url.ts';
import { looksSecret } from './secret-names.ts';

/** Variables as a process has them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Of whom the helper makes headers, and from what. */
export interface HelperEnvironment {
  readonly name: string;
  readonly url: string;
  readonly helper: HelperSpec;
  /** The owner's environment. */
  readonly base: Environment;
  readonly redactor: Redactor;
}

/**
 * The owner's variables, the caller's PATH, and name and URL of the server under our names and under those that scripts
 * for Claude Code read. A helper from a project file gets no variable whose name looks like a secret, and the URL
 * without its secrets.
 */
export function helperEnvironment({ name, url, helper, base, redactor }: HelperEnvironment): Record<string, string> {
  const env: Record<string, string> = {};
  for (const [key, value] of Object.entries(base))
    // Windows writes `Path`; two spellings of one name would leave the choice to chance.
    if (value !== undefined && key.toUpperCase() !== 'PATH' && !(helper.fromProject && looksSecret(key)))
      env[key] = value;
  const shown = helper.fromProject ? withoutSecrets(url, redactor) : url;
  return {
    ...env,
    PATH: helper.path,
    HOLDFAST_SERVER_NAME: name,
    HOLDFAST_SERVER_URL: shown,
    CLAUDE_CODE_MCP_SERVER_NAME: name,
    CLAUDE_CODE_MCP_SERVER_URL: shown,
  };
}

/** User, password, query values and fragment go; so do known secrets in the path. The result is still a URL. */
function withoutSecrets(text: string, redactor: Redactor): string {
  if (!URL.canParse(text)) return '';
  const url = new URL(displayUrl(text, ''));
  url.pathname = redactor.redact(url.pathname);
  return url.href;
}
