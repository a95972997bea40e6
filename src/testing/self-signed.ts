/**
 * A self-signed certificate, made on the spot: no key lies in the repository and none ever expires there.
 *
 * @module
 */
import { generateKeyPairSync, sign } from 'node:crypto';
import { iso } from '../base/clock.ts';

const DAY_MS = 86_400_000;
const EXTENSIONS_TAG = 0xa3;
const VERSION_TAG = 0xa0;

/** One DER element: tag, length, contents (X.690 §8.1). */
function der(tag: number, ...contents: readonly Buffer[]): Buffer {
  const body = Buffer.concat(contents);
  const { length } = body;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), body]);
}

const sequenceOf = (...contents: readonly Buffer[]): Buffer => der(0x30, ...contents);
const oid = (...bytes: readonly number[]): Buffer => der(0x06, Buffer.from(bytes));
const utf8 = (text: string): Buffer => der(0x0c, Buffer.from(text));
const octets = (...contents: readonly Buffer[]): Buffer => der(0x04, ...contents);
const bits = (contents: Buffer): Buffer => der(0x03, Buffer.from([0]), contents);

/** UTCTime, `YYMMDDHHMMSSZ`. */
function utcTime(ms: number): Buffer {
  const text = iso(ms).replaceAll(/[-:T]/g, '').slice(2, 14);
  return der(0x17, Buffer.from(`${text}Z`));
}

const ECDSA_SHA256 = sequenceOf(oid(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02));
const COMMON_NAME = oid(0x55, 0x04, 0x03);
const SUBJECT_ALT_NAME = oid(0x55, 0x1d, 0x11);
const LOOPBACK = der(0x87, Buffer.from([127, 0, 0, 1]));
const LOCALHOST = der(0x82, Buffer.from('localhost'));

/** Key and certificate for 127.0.0.1 and localhost, both PEM, valid for a day around `now`, or over since a day. For tests only. */
export function selfSignedCertificate(now: number, expired: boolean = false): { key: string; cert: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const name = sequenceOf(der(0x31, sequenceOf(COMMON_NAME, utf8('holdfast test server'))));
  const end = now + (expired ? -DAY_MS : DAY_MS);
  const unsigned = sequenceOf(
    der(VERSION_TAG, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.from([1])),
    ECDSA_SHA256,
    name,
    sequenceOf(utcTime(end - 2 * DAY_MS), utcTime(end)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(EXTENSIONS_TAG, sequenceOf(sequenceOf(SUBJECT_ALT_NAME, octets(sequenceOf(LOCALHOST, LOOPBACK))))),
  );
  const whole = sequenceOf(unsigned, ECDSA_SHA256, bits(sign('sha256', unsigned, privateKey)));
  const lines = whole.toString('base64').match(/.{1,64}/g) ?? [];
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`,
  };
}
