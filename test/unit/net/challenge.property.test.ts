/**
 * Laws of the `WWW-Authenticate` parser over headers made from the grammar of RFC 9110 §11 and over any text.
 * `CHALLENGE_RUNS` sets the number of runs (default 20 000 each).
 *
 * @module
 */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Challenge } from '../../../src/core/fault.ts';
import { bearerParam, parseChallenges } from '../../../src/net/challenge.ts';

const RUNS = Number(process.env['CHALLENGE_RUNS'] ?? 20_000);

const chars = (text: string): readonly string[] => text.split('');
const token = fc.string({
  unit: fc.constantFrom(...chars("abzAZ09!#$%&'*+-.^_`|~")),
  minLength: 1,
  maxLength: 8,
});
const token68 = fc
  .tuple(
    fc.string({ unit: fc.constantFrom(...chars('abzAZ09-._~+/')), minLength: 1, maxLength: 12 }),
    fc.constantFrom('', '=', '=='),
  )
  .map(([text, padding]) => text + padding);
const space = fc.constantFrom('', ' ', '\t', '  ');
const blank = fc.constantFrom(' ', '  ', ' \t');
/** Anything a quoted string can say, decoys above all. */
const quotable = fc.oneof(
  fc.string({ unit: fc.constantFrom(...chars('ab ,="\\;()<>é')), maxLength: 12 }),
  fc.constantFrom('scope=admin error=insufficient_scope', 'x", error="y', 'a, Bearer error=z', '\\"', 'https://h/p'),
);

/** A value, and one of the ways to write it. */
const value = fc.oneof(
  token.map((text) => ({ text, written: text })),
  fc.tuple(quotable, fc.infiniteStream(fc.boolean())).map(([text, escapes]) => {
    const written = chars(text).map((char) =>
      char === '"' || char === '\\' || escapes.next().value ? `\\${char}` : char,
    );
    return { text, written: `"${written.join('')}"` };
  }),
);
const param = fc
  .record({ name: token, before: space, after: space, value })
  .map(({ name, before, after, value: { text, written } }) => ({
    name: name.toLowerCase(),
    text,
    written: `${name}${before}=${after}${written}`,
  }));
const comma = fc.tuple(space, space, fc.constantFrom('', ', ', ',,')).map(([a, b, more]) => `${a},${more}${b}`);

interface Written {
  readonly challenge: Challenge;
  readonly written: string;
}

const bare: fc.Arbitrary<Written> = token.map((scheme) => ({
  challenge: { scheme: scheme.toLowerCase(), params: {} },
  written: scheme,
}));
const withToken68: fc.Arbitrary<Written> = fc.tuple(token, blank, token68).map(([scheme, gap, text]) => ({
  challenge: { scheme: scheme.toLowerCase(), token68: text, params: {} },
  written: `${scheme}${gap}${text}`,
}));
const withParams: fc.Arbitrary<Written> = fc
  .tuple(token, blank, fc.uniqueArray(param, { selector: ({ name }) => name, minLength: 1, maxLength: 4 }), comma)
  .map(([scheme, gap, params, separator]) => ({
    challenge: {
      scheme: scheme.toLowerCase(),
      params: Object.fromEntries(params.map(({ name, text }) => [name, text])),
    },
    written: `${scheme}${gap}${params.map(({ written }) => written).join(separator)}`,
  }));
const challengeList = fc.array(fc.oneof(bare, withToken68, withParams, withParams), { maxLength: 4 });

test('[net.challenges] whatever the grammar can write is read back as it was meant', () => {
  fc.assert(
    fc.property(challengeList, comma, fc.boolean(), (list, separator, asLines) => {
      const written = list.map((item) => item.written);
      const read = parseChallenges(asLines ? written : written.join(separator));
      expect(read).toStrictEqual(list.map(({ challenge }) => challenge));
    }),
    { numRuns: RUNS },
  );
});

test('[net.challenges] no text makes the parser throw, and it never makes up what the text does not hold', () => {
  const any = fc.oneof(
    fc.string({ maxLength: 200 }),
    fc.string({ unit: fc.constantFrom(...chars('aB"\\,= \t\r\n=/:;\u0000é')), maxLength: 80 }),
    fc.string({ unit: 'binary', maxLength: 80 }),
  );
  fc.assert(
    fc.property(fc.oneof(any, fc.array(any, { maxLength: 3 })), (header) => {
      const text = [header].flat().join('\n').replaceAll('\\', '').toLowerCase();
      for (const { scheme, params } of parseChallenges(header)) {
        expect(text).toContain(scheme);
        for (const [name, found] of Object.entries(params)) {
          expect(text).toContain(name);
          expect(text).toContain(found.replaceAll('\\', '').toLowerCase());
        }
      }
    }),
    { numRuns: RUNS },
  );
});

test('[net.challenges] a name inside quotes never becomes a parameter, also when the header ends in junk', () => {
  const junk = fc.string({ unit: fc.constantFrom(...chars('ab ,=;\\')), maxLength: 20 });
  const decoy = fc.constantFrom('error=insufficient_scope', 'Bearer error=x', ', error=x, ', 'x\\", error=\\"y');
  fc.assert(
    fc.property(decoy, decoy, junk, (first, second, tail) => {
      fc.pre(!tail.includes('error'));
      const header = `Basic realm="${first}", Bearer error_description="${second}", scope="s" ${tail}`;
      const challenges = parseChallenges(header);
      expect(bearerParam(challenges, 'error')).toBeUndefined();
      expect(bearerParam(challenges, 'scope')).toBe('s');
    }),
    { numRuns: RUNS / 4 },
  );
});
