/**
 * Recognises environment variables that hold secrets, by their names.
 *
 * @module
 */

const SECRET_PARTS: ReadonlySet<string> = new Set(
  (
    'TOKEN SECRET PASSWORD PASSWD PASSPHRASE KEY AUTH COOKIE PAT DSN CREDENTIAL ' +
    'TOKENS SECRETS PASSWORDS KEYS COOKIES CREDENTIALS'
  ).split(' '),
);
/** Written together with what it belongs to: `PGPASSWORD`, `NPMTOKEN`, `APIKEY`. Short words would hit `MONKEY`. */
const SECRET_ENDING = /(?:TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|CREDENTIALS?|(?:API|ACCESS|PRIVATE|SECRET)KEY)$/;

/** Whether a name looks like that of a secret. Its parts are what stands between `_`, other marks and changes of case. */
export function looksSecret(name: string): boolean {
  return name
    .replaceAll(/([a-z0-9])([A-Z])|([A-Z])(?=[A-Z][a-z])/g, '$1$3_$2')
    .toUpperCase()
    .split(/[^A-Z]+/)
    .some((part) => SECRET_PARTS.has(part) || SECRET_ENDING.test(part));
}
