/**
 * Whether a terminal shows more than ASCII, by what the environment says.
 *
 * @module
 */

/**
 * Only where the locale names another character set than UTF-8. Without a locale most terminals are UTF-8 all the same;
 * the Linux console has the letters, and not the signs.
 */
export function wantsAscii(env: Readonly<Record<string, string | undefined>>): boolean {
  const locale = ['LC_ALL', 'LC_CTYPE', 'LANG'].map((name) => env[name] ?? '').find((value) => value !== '');
  if (/^(?:linux|vt\d+)/.test(env['TERM'] ?? '')) return true;
  return locale !== undefined && !/utf-?8/i.test(locale);
}
