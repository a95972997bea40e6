/**
 * Webhooks in words, and what to do when one takes nothing. No secret is in it.
 *
 * @module
 */
import { shortDuration } from '../../base/duration.ts';
import { safeLine } from '../../base/safe-text.ts';
import type { ReasonId } from '../../core/reasons.ts';
import { webhookAddress } from '../../core/webhook.ts';
import type { Webhook, WebhookProblem, WebhookSource, WebhookTry } from '../../core/webhook.ts';
import { shortPath } from '../text/shell.ts';
import { tableLines } from '../text/table.ts';
import type { Rendering } from './rendering.ts';

/** One webhook as it stands in a file; one with a problem is not used. */
export interface WebhookRow {
  /** 1-based, as they stand in the files; what is typed for it. */
  readonly number: number;
  readonly hook?: Webhook;
  readonly problem?: WebhookProblem;
}

/** The address as it is written, without what may be secret; `–` where it could not be read. */
export function webhookUrl({ hook }: WebhookRow): string {
  return hook === undefined ? '–' : safeLine(webhookAddress(hook.written ?? hook.url), 400);
}

/** `~/.config/holdfast/servers.json:3`. */
export function webhookPlace({ hook, problem }: WebhookRow, how: Pick<Rendering, 'place'>): string {
  const source: WebhookSource | undefined = hook?.source ?? problem;
  if (source === undefined) return '–';
  return safeLine(`${shortPath(source.file, how.place)}${source.line === 0 ? '' : `:${source.line}`}`, 400);
}

const layout = (how: Rendering): { columns?: number; paintTitle: (text: string) => string } => ({
  ...(how.columns === undefined ? {} : { columns: how.columns }),
  paintTitle: (text) => how.style.dim(text),
});

/** All of them as a table. */
export function webhookTable(rows: readonly WebhookRow[], how: Rendering): readonly string[] {
  return tableLines(
    [
      { title: 'NO' },
      { title: 'WEBHOOK', least: 20 },
      { title: 'EVENTS', least: 10, drop: 1 },
      { title: 'SERVERS', least: 7, drop: 2 },
      { title: 'SIGNED' },
      { title: 'SOURCE', least: 16, keep: 'end' },
    ],
    rows.map((row) => {
      const { hook, problem } = row;
      const facts =
        hook === undefined
          ? [safeLine(`not used: ${problem?.text ?? ''}`, 200), '–', '–', '–']
          : [
              webhookUrl(row),
              hook.events.join(' '),
              safeLine(hook.servers?.join(' ') ?? 'all', 200),
              hook.secret === undefined ? 'no' : 'yes',
            ];
      return [String(row.number), ...facts, webhookPlace(row, how)];
    }),
    layout(how),
  );
}

/** What was answered, and how fast. */
export function tryTable(tried: readonly (readonly [WebhookRow, WebhookTry])[], how: Rendering): readonly string[] {
  return tableLines(
    [
      { title: 'NO' },
      { title: 'WEBHOOK', least: 20 },
      { title: 'TEST', paint: (text, at) => how.style[tried[at]?.[1].took === true ? 'green' : 'red'](text) },
      { title: 'ANSWER' },
      { title: 'TIME' },
      { title: 'SOURCE', least: 16, keep: 'end' },
    ],
    tried.map(([row, { took, answer, durationMs }]) => [
      String(row.number),
      webhookUrl(row),
      took ? 'taken' : 'not taken',
      safeLine(answer, 60),
      durationMs < 1_000 ? `${durationMs}ms` : shortDuration(durationMs),
      webhookPlace(row, how),
    ]),
    layout(how),
  );
}

const OF_REASON: Partial<Readonly<Record<ReasonId, string>>> = {
  refused: 'Nobody listens there: start the receiver, or mend its url',
  dns: 'The name has no address here: mend its url, or the network',
  tls: 'The certificate is not trusted here: mend it, or name its authority in NODE_EXTRA_CA_CERTS',
  timeout: 'The receiver must answer within 15 s: let it answer first and work afterwards',
  proxy: 'The proxy does not let it through: look at HTTPS_PROXY and NO_PROXY',
};

const OF_STATUS: Readonly<Record<number, string>> = {
  401: 'The receiver does not believe the sender: look at its url and secret',
  403: 'The receiver does not let the sender in: look at its url and secret',
  404: 'Nothing is at this address: mend its url',
  410: 'The receiver asks never to be called again: remove it, or mend its url',
  429: 'The receiver wants to be asked less often; what happens is sent again later. Test it again in a while',
};

function afterStatus({ httpStatus = 0, redirectTo, id }: WebhookTry): string {
  const known = OF_STATUS[httpStatus];
  if (known !== undefined) return known;
  if (redirectTo !== undefined)
    return `Redirects are not followed: write the address it names into its url (${safeLine(redirectTo, 200)})`;
  const log = `look into its log for webhook-id ${id}`;
  return httpStatus >= 500 ? `The receiver is in trouble: ${log}` : `The receiver does not take it: ${log}`;
}

/** What to do about a webhook that did not take its test; no full stop. */
export function afterTry(tried: WebhookTry): string {
  if (tried.httpStatus !== undefined) return afterStatus(tried);
  const known = tried.reason === undefined ? undefined : OF_REASON[tried.reason];
  return (
    known ??
    `The connection broke: look whether its url is right, and into the log of the receiver for webhook-id ${tried.id}`
  );
}
