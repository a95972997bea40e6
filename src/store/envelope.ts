/**
 * A record as the text of a file, and back: pure, and at ease with any bytes at all.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import type { RecordKind } from '../core/store.ts';
import type { Sealed } from './cipher.ts';

/** Schema of the files that this version writes. */
export const SCHEMA = 'record/v1';

/** Largest file that is written or read, in bytes. */
export const LARGEST = 1024 * 1024;

/** Secrets that are kept as they are, for folders without a key. */
export interface Plain {
  readonly form: 'plain';
  readonly values: Readonly<Record<string, string>>;
}

/** A record with its secrets still closed. */
export interface Envelope {
  readonly kind: RecordKind;
  readonly id: string;
  readonly generation: number;
  readonly facts: Readonly<Record<string, unknown>>;
  readonly secrets: Plain | Sealed;
}

/** What the bytes of a file are. */
export type Decoded =
  | { readonly is: 'record'; readonly envelope: Envelope }
  /** A later version has written it. */
  | { readonly is: 'newer'; readonly schema: string }
  | { readonly is: 'damaged'; readonly why: string };

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Whether something is an object whose values are all texts. */
export const areTexts = (value: unknown): value is Readonly<Record<string, string>> =>
  isObject(value) && Object.values(value).every((text) => typeof text === 'string');

// Finds what a disk has done to a file; encryption finds what a person has done.
const sumOf = (record: unknown): string =>
  createHash('sha256')
    .update(`${SCHEMA}\n${JSON.stringify(record)}`)
    .digest('hex');

/** The text of the file, with a line end. */
export function encode(envelope: Envelope): Uint8Array {
  const { kind, id, generation, facts, secrets } = envelope;
  const record = { kind, id, generation, facts, secrets };
  return Buffer.from(`${JSON.stringify({ schema: SCHEMA, sum: sumOf(record), record })}\n`);
}

function secretsIn(value: unknown): Plain | Sealed | undefined {
  if (!isObject(value)) return undefined;
  if (value['form'] === 'plain') return areTexts(value['values']) ? (value as unknown as Plain) : undefined;
  const isSealed = value['form'] === 'aes-256-gcm' && areTexts(value);
  const isWhole = ['key', 'nonce', 'tag', 'text'].every((field) => field in value);
  return isSealed && isWhole ? (value as unknown as Sealed) : undefined;
}

function envelopeIn(record: unknown): Envelope | undefined {
  if (!isObject(record)) return undefined;
  const { kind, id, generation, facts } = record;
  const secrets = secretsIn(record['secrets']);
  const isCounted = Number.isSafeInteger(generation) && (generation as number) >= 1;
  if (typeof kind !== 'string' || typeof id !== 'string' || !isCounted || !isObject(facts) || secrets === undefined)
    return undefined;
  return { kind: kind as RecordKind, id, generation: generation as number, facts, secrets };
}

function parsed(bytes: Uint8Array): unknown {
  try {
    // A byte order mark is taken away: an editor that adds one has damaged nothing.
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return undefined;
  }
}

function hasSum(file: Readonly<Record<string, unknown>>): boolean {
  try {
    return file['sum'] === sumOf(file['record']);
  } catch {
    // Nested deeper than can be written.
    return false;
  }
}

const damaged = (why: string): Decoded => ({ is: 'damaged', why });

/** What these bytes are as the file of that record. Never throws. */
export function decode(bytes: Uint8Array, expected: { readonly kind: RecordKind; readonly id: string }): Decoded {
  const file = parsed(bytes);
  if (!isObject(file)) return damaged(bytes.length === 0 ? 'is empty' : 'is no JSON object');
  const schema = typeof file['schema'] === 'string' ? file['schema'] : '';
  if (!/^record\/v[1-9]\d{0,8}$/.test(schema)) return damaged('has no schema that we know');
  // Told by this field alone: setting a later version's file aside would lose its login, leaving a damaged one does not.
  if (schema !== SCHEMA) return { is: 'newer', schema };
  if (!hasSum(file)) return damaged('does not have the checksum that it should');
  const envelope = envelopeIn(file['record']);
  if (envelope === undefined) return damaged('lacks a part of a record');
  if (envelope.kind !== expected.kind || envelope.id !== expected.id) return damaged('is the file of another record');
  return { is: 'record', envelope };
}
