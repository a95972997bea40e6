/**
 * A step in between for those who come by a link on another page: browsers send no strict cookie with such a request, but
 * send it with the next one, which begins here.
 *
 * @module
 */
import { html } from '../html.ts';
import { htmlReply } from './reply.ts';
import type { Reply } from './reply.ts';

/** Has the browser ask once more. Only this machine's own origin stands in the address, whatever the path looks like. */
export function comeIn(url: URL): Reply {
  const again = `${url.origin}${url.pathname}${url.search}`;
  const body = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <title>Holdfast</title>
      </head>
      <body>
        <p><a href="${again}">Go on to Holdfast</a></p>
      </body>
    </html>`;
  return htmlReply(body.toString(), 200, { refresh: `0; url=${again}` });
}
