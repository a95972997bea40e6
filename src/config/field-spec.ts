/**
 * What a field of an entry may hold, as data.
 *
 * @module
 */

/** What a field may hold. */
export type FieldSpec =
  | { readonly kind: 'text'; readonly doc: string }
  | { readonly kind: 'words'; readonly doc: string }
  | { readonly kind: 'map'; readonly doc: string }
  | { readonly kind: 'flag'; readonly doc: string }
  | { readonly kind: 'whole'; readonly doc: string; readonly min: number; readonly max?: number }
  | { readonly kind: 'choice'; readonly doc: string; readonly values: readonly string[] }
  | {
      readonly kind: 'group';
      readonly doc: string;
      readonly fields: Readonly<Record<string, FieldSpec>>;
      /** Other keys are a mistake. Entries themselves are open, because their files belong to several programs. */
      readonly isClosed?: boolean;
      /** Keys that must be there. */
      readonly required?: readonly string[];
    };

const LARGEST = 2 ** 31 - 1;

/** A field of text. */
export const text = (doc: string): FieldSpec => ({ kind: 'text', doc });

/** A field of a whole number. */
export const whole = (doc: string, min: number, max = LARGEST): FieldSpec => ({ kind: 'whole', doc, min, max });
