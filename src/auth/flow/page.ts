/**
 * The pages of the callback listener: fixed text, nothing of the request in them, nothing that a browser could run.
 *
 * @module
 */

/** What a page says. */
export type PageId = 'completed' | 'ended' | 'received' | 'refused';

const TEXTS: Readonly<Record<PageId, readonly [title: string, text: string]>> = {
  completed: ['Signed in', 'Holdfast is signed in. You can close this window.'],
  ended: ['Not signed in', 'The sign-in has ended without a login. Holdfast says why, where you began it.'],
  received: ['Answer received', 'Holdfast says where you began it how the sign-in ended. You can close this window.'],
  refused: ['Nothing was done', 'This address belongs to no sign-in that waits for an answer.'],
};

/**
 * `default-src 'none'` keeps scripts, styles, images and frames out; no referrer keeps the address, and the code in it,
 * from where the person goes next; no-store keeps it out of the browser's cache.
 */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  connection: 'close',
};

/** The whole page. */
export function pageHtml(id: PageId): string {
  const [title, text] = TEXTS[id];
  return (
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${title}</title></head>` +
    `<body><h1>${title}</h1><p>${text}</p></body></html>\n`
  );
}
