/**
 * Checks the value of one entry against the table of fields. Nothing is coerced; what is wrong is said per field.
 *
 * @module
 */
import { safeLine } from '../base/safe-text.ts';
import { ENTRY_FIELDS } from './entry-fields.ts';
import type { FieldSpec } from './field-spec.ts';

/** One thing that is wrong. Texts never hold values of the file, because those can be secrets. */
export interface Issue {
  /** Keys from the entry to the field. */
  readonly field: readonly string[];
  readonly text: string;
}

/** Whether a value is an object with keys. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const one = (field: readonly string[], text: string): readonly Issue[] => [{ field, text }];

function checkMap(value: unknown, field: readonly string[]): readonly Issue[] {
  if (!isRecord(value)) return one(field, 'must be an object of strings');
  return Object.entries(value)
    .filter(([, text]) => typeof text !== 'string')
    .flatMap(([key]) => one([...field, key], 'must be a string; put it in double quotes'));
}

function checkWords(value: unknown, field: readonly string[]): readonly Issue[] {
  if (!Array.isArray(value)) return one(field, 'must be a list of strings');
  return value.flatMap((word, index) =>
    typeof word === 'string' ? [] : one([...field, String(index)], 'must be a string; put it in double quotes'),
  );
}

function checkWhole(value: unknown, field: readonly string[], spec: Extract<FieldSpec, { kind: 'whole' }>) {
  const max = spec.max ?? Number.MAX_SAFE_INTEGER;
  const isRight = Number.isSafeInteger(value) && (value as number) >= spec.min && (value as number) <= max;
  const upper = max >= 2 ** 31 - 1 ? '' : ` and at most ${max}`;
  return isRight ? [] : one(field, `must be a whole number of at least ${spec.min}${upper}`);
}

function checkGroup(value: unknown, field: readonly string[], spec: Extract<FieldSpec, { kind: 'group' }>) {
  if (!isRecord(value)) return one(field, 'must be an object');
  const unknown = spec.isClosed === true ? Object.keys(value).filter((key) => !Object.hasOwn(spec.fields, key)) : [];
  const missing = (spec.required ?? []).filter((key) => value[key] === undefined);
  return [
    ...missing.flatMap((key) => one([...field, key], 'is missing')),
    ...unknown.flatMap((key) => one([...field, key], 'is not a setting that Holdfast knows')),
    ...checkFields(value, spec.fields, field),
  ];
}

function checkField(value: unknown, field: readonly string[], spec: FieldSpec): readonly Issue[] {
  switch (spec.kind) {
    case 'text':
      return typeof value === 'string' ? [] : one(field, 'must be a string');
    case 'flag':
      return typeof value === 'boolean' ? [] : one(field, 'must be true or false');
    case 'choice': {
      const isKnown = typeof value === 'string' && spec.values.includes(value);
      const shown = typeof value === 'string' ? `${JSON.stringify(safeLine(value, 30))} ` : '';
      return isKnown ? [] : one(field, `${shown}is not supported; known are ${spec.values.join(', ')}`);
    }
    case 'words':
      return checkWords(value, field);
    case 'map':
      return checkMap(value, field);
    case 'whole':
      return checkWhole(value, field, spec);
    case 'group':
      return checkGroup(value, field, spec);
  }
}

function checkFields(
  value: Readonly<Record<string, unknown>>,
  specs: Readonly<Record<string, FieldSpec>>,
  above: readonly string[],
): readonly Issue[] {
  return Object.entries(specs).flatMap(([key, spec]) =>
    Object.hasOwn(value, key) && value[key] !== undefined ? checkField(value[key], [...above, key], spec) : [],
  );
}

/** What is wrong with the types of an entry's fields. Unknown fields are accepted: files belong to several programs. */
export function checkTypes(value: unknown): readonly Issue[] {
  return isRecord(value) ? checkFields(value, ENTRY_FIELDS, []) : one([], 'must be an object');
}
