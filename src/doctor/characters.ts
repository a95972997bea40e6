/**
 * Characters that nobody sees, where a copied secret brings them along.
 *
 * @module
 */
import { found } from '../core/doctor.ts';
import type { ExamineAsk, Patient } from '../core/doctor.ts';
import type { Secret } from '../base/secret.ts';
import type { Finding } from '../core/fleet.ts';

const NAMES: Readonly<Record<string, string>> = {
  '\n': 'a line break',
  '\r': 'a carriage return',
  '\t': 'a tab',
  '\u00A0': 'a no-break space',
  '\u00AD': 'a soft hyphen',
  '\u200B': 'a zero width space',
  '\u200C': 'a zero width non-joiner',
  '\u200D': 'a zero width joiner',
  '\u2060': 'a word joiner',
  '\uFEFF': 'a byte order mark',
  '\u201C': 'a typographic quotation mark',
  '\u201D': 'a typographic quotation mark',
  '\u2018': 'a typographic apostrophe',
  '\u2019': 'a typographic apostrophe',
};
const UNSEEN =
  // oxlint-disable-next-line no-control-regex -- these are what is looked for
  /[\u0000-\u001F\u007F-\u00A0\u00AD\u200B-\u200F\u2018\u2019\u201C\u201D\u2028-\u202F\u2060-\u2064\uFEFF]/u;

function nameOf(character: string): string {
  const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  return `${NAMES[character] ?? 'a control character'} (U+${code})`;
}

/** What cannot be seen in a value, without anything else of it; `undefined` where all can. */
export function unseenIn(value: string): string | undefined {
  const at = value.search(UNSEEN);
  if (at < 0) return value === value.trim() ? undefined : 'white space at its begin or end';
  const place = at === value.length - 1 ? 'its end' : at === 0 ? 'its begin' : `place ${at + 1}`;
  return `${nameOf(value[at] ?? '')} at ${place}`;
}

const shownOf = (secrets: Readonly<Record<string, Secret>>, kind: string): readonly (readonly [string, string])[] =>
  Object.entries(secrets).map(([name, value]) => [`${kind}.${name}`, value.reveal()] as const);

function fieldsOf({ entry }: Patient): readonly (readonly [string, string])[] {
  const { endpoint } = entry;
  if (endpoint.kind === 'stdio')
    return [['command', endpoint.command], ...endpoint.args.map((arg, index) => [`args[${index}]`, arg] as const)];
  return [['url', endpoint.url], ...shownOf(endpoint.headers, 'headers')];
}

/** The variables that entries name, and the fields of every entry. */
export function characterFindings({ view, variables, patients }: ExamineAsk): readonly Finding[] {
  const ofVariables = variables.flatMap((name): readonly Finding[] => {
    const value = view.variables[name];
    const what = value === undefined ? undefined : unseenIn(value);
    if (what === undefined) return [];
    const hint = `Export ${name} again without it; "read -r ${name}" takes a pasted line as it is.`;
    return [found('warning', 'characters', { text: `the value of ${name} has ${what}`, hint })];
  });
  const ofEntries = patients.flatMap((patient) =>
    fieldsOf(patient).flatMap(([field, value]): readonly Finding[] => {
      const what = unseenIn(value);
      if (what === undefined) return [];
      const { file, line } = patient.entry.source;
      const hint = `Type the value anew in ${file}:${line}.`;
      return [found('warning', 'characters', { server: patient.name, text: `${field} has ${what}`, hint })];
    }),
  );
  return [...ofVariables, ...ofEntries];
}
