/**
 * The words of `add` → a raw entry, by Claude Code's grammar.
 *
 * @module
 */
import type { Args } from './command.ts';
import { usageError } from './errors.ts';

type Raw = Readonly<Record<string, unknown>>;

const ENV_WORD = /^[A-Za-z_]\w*=/;
const HEADER_WORD = /^[\w!#$%&'*+.^`|~-]+:(?!\/\/)/;
const URL_WORD = /^(?:https?:\/\/|\$\{)/i;

/** The words of the command line, sorted: Claude Code lets `-e` and `-H` take several values in a row. */
interface Sorted {
  readonly name: string;
  /** Address, or a command with its arguments. */
  readonly target: readonly string[];
  readonly env: readonly string[];
  readonly headers: readonly string[];
}

// A name holds no "=" and no ":", so a word of that shape before the name belongs to the option before it.
function sort(args: Args): Sorted {
  const env = [...args.texts('env')];
  const headers = [...args.texts('header')];
  const mayTake = { env: env.length > 0, header: headers.length > 0 };
  const left: string[] = [];
  for (const [at, word] of args.words.entries()) {
    // After the name such a word belongs to the option only where the target cannot hold it.
    const free = left.length === 0 || args.rest !== undefined || (left.length === 2 && URL_WORD.test(left[1] ?? ''));
    if (mayTake.env && free && ENV_WORD.test(word)) env.push(word);
    else if (mayTake.header && free && HEADER_WORD.test(word)) headers.push(word);
    else left.push(args.words[at] ?? '');
  }
  const [name, ...target] = left;
  if (name === undefined) throw usageError('add needs NAME', 'Example: holdfast add docs https://mcp.example.com/mcp');
  return { name, target: [...target, ...(args.rest ?? [])], env, headers };
}

function envOf(words: readonly string[]): Raw {
  return Object.fromEntries(
    words.map((word) => {
      if (!ENV_WORD.test(word)) throw usageError('--env needs KEY=VALUE', 'Example: -e API_KEY=${API_KEY}');
      const at = word.indexOf('=');
      return [word.slice(0, at), word.slice(at + 1)];
    }),
  );
}

function headersOf(words: readonly string[]): Raw {
  return Object.fromEntries(
    words.map((word) => {
      const at = word.indexOf(':');
      if (!HEADER_WORD.test(word) || at < 1)
        throw usageError('--header needs "Name: value"', 'Example: -H "Authorization: Bearer ${TOKEN}"');
      return [word.slice(0, at).trim(), word.slice(at + 1).trim()];
    }),
  );
}

const given = (record: Raw): boolean => Object.keys(record).length > 0;

function oauthOf(args: Args): Raw {
  const clientId = args.text('client-id');
  const callbackPort = args.number('callback-port');
  if (callbackPort !== undefined && (callbackPort < 1 || callbackPort > 65_535))
    throw usageError('--callback-port needs a port from 1 to 65535');
  const scopes = args.text('scopes');
  if (args.flag('client-secret') && clientId === undefined)
    throw usageError('--client-secret needs --client-id', 'Without a client of your own there is no secret.');
  return {
    ...(clientId === undefined ? {} : { clientId }),
    ...(scopes === undefined ? {} : { scopes }),
    ...(callbackPort === undefined ? {} : { callbackPort }),
  };
}

const REMOTE_ONLY = ['headers-helper', 'client-id', 'callback-port', 'scopes'] as const;

function localEntry(args: Args, { target, env, headers }: Sorted): Raw {
  const [command, ...rest] = target;
  const remoteOnly = REMOTE_ONLY.find((name) => args.text(name) !== undefined);
  if (headers.length > 0 || remoteOnly !== undefined || args.flag('client-secret'))
    throw usageError(
      `--${remoteOnly ?? (headers.length > 0 ? 'header' : 'client-secret')} is for remote servers, and ${command} is a command`,
    );
  return { command, args: rest, ...(env.length > 0 ? { env: envOf(env) } : {}) };
}

function remoteEntry(args: Args, { target, env, headers }: Sorted, type: string | undefined): Raw {
  const [url, ...extra] = target;
  if (extra.length > 0) throw usageError(`add takes nothing after the URL: "${extra[0]}"`);
  if (env.length > 0) throw usageError('--env is for local processes; a remote server takes --header');
  const helper = args.text('headers-helper');
  const oauth = oauthOf(args);
  return {
    ...(type === undefined ? {} : { type }),
    url,
    ...(headers.length > 0 ? { headers: headersOf(headers) } : {}),
    ...(helper === undefined ? {} : { headersHelper: helper }),
    ...(given(oauth) ? { oauth } : {}),
  };
}

/**
 * The name and the raw entry that `add` was given. Without `--transport` a url is a remote server of unknown kind, and
 * anything else a command. Errors: `ERR_USAGE`.
 */
export function entryOf(args: Args): { readonly name: string; readonly raw: Raw } {
  const sorted = sort(args);
  const transport = args.text('transport');
  const first = sorted.target[0];
  if (first === undefined)
    throw usageError('add needs a URL, or -- and a command', 'Example: holdfast add files -- npx -y server-files .');
  if (transport === 'stdio') return { name: sorted.name, raw: localEntry(args, sorted) };
  if (transport !== undefined) {
    if (!URL_WORD.test(first)) throw usageError(`-t ${transport} needs a URL, and "${first}" is none`);
    return { name: sorted.name, raw: remoteEntry(args, sorted, transport) };
  }
  const remote = URL_WORD.test(first) && (/^https?:/i.test(first) || sorted.target.length === 1);
  return { name: sorted.name, raw: remote ? remoteEntry(args, sorted, undefined) : localEntry(args, sorted) };
}
