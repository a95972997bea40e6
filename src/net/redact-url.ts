/**
 * URLs for people and logs: where a request goes, without what lets it in.
 *
 * @module
 */

/**
 * The URL without user and password, query values and fragment. `mask` stands for each query value (default `…`). A
 * text that is no URL is not shown at all, because nobody knows which part of it is secret.
 */
export function displayUrl(text: string | URL, mask = '…'): string {
  if (!URL.canParse(String(text))) return '[not a url]';
  const url = new URL(text);
  const query = url.search
    .slice(1)
    .split('&')
    .filter((part) => part !== '')
    .map((part) => maskedPart(part, mask))
    .join('&');
  const authority = url.host === '' ? '' : `//${url.host}`;
  return `${url.protocol}${authority}${url.pathname}${query === '' ? '' : `?${query}`}`;
}

/** A part without `=` is a value without a name. */
function maskedPart(part: string, mask: string): string {
  const end = part.indexOf('=');
  return end < 0 ? mask : `${part.slice(0, end)}=${mask}`;
}
