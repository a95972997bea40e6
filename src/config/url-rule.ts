/**
 * Which addresses an entry may name.
 *
 * @module
 */

/** What is wrong with an address whose variables are expanded, or `undefined`. */
export function urlIssue(text: string): string | undefined {
  if (text.trim() === '') return 'is empty';
  if (!URL.canParse(text)) return 'is not a url; write it whole, for example https://host/mcp';
  const { protocol } = new URL(text);
  return ['http:', 'https:'].includes(protocol) ? undefined : `has ${protocol} where http or https is needed`;
}
