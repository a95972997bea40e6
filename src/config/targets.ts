/**
 * Which entry or file a write is about. Other programs' files are only written where a person names their scope.
 *
 * @module
 */
import { HoldfastError } from '../base/errors.ts';
import type { EntrySource, Scope } from '../core/entry.ts';
import type { View } from '../core/view.ts';
import type { Candidate } from './candidate.ts';
import type { SourcePlace } from './dialects/dialect.ts';
import { placesOfScope } from './dialects/places.ts';

const usage = (text: string, hint: string): HoldfastError => new HoldfastError('ERR_USAGE', text, { hint });

const sourceWords = ({ scope, file, line }: EntrySource): string => `${scope} (${file}:${line})`;

/** The place to which `add` writes. `taken` says which places hold an object of entries already. */
export function placeForAdd(view: View, scope: Scope, taken: (place: SourcePlace) => boolean): SourcePlace {
  if (scope === 'library') throw usage('entries given in code cannot be written', 'Write them to scope own.');
  const places = placesOfScope(view, scope);
  if (scope === 'file' && places.length > 1)
    throw usage('several files are named with --config', 'Name the one that is to be written.');
  // Local scope is that of the project, not of the folder below it in which the caller happens to stand.
  const project = places.filter((place) => place.project === view.projectRoot || place.project === undefined);
  const place = project.find(taken) ?? project[0];
  if (place === undefined)
    throw usage(
      `there is no file for scope ${scope} here`,
      scope === 'file' ? 'Name a file with --config.' : 'Run the command inside a project.',
    );
  return place;
}

function allSources(candidates: readonly Candidate[]): string {
  return candidates.map((one) => sourceWords(one.source)).join(', ');
}

/**
 * The entry that `edit` and `remove` are about. Errors: `ERR_SERVER_UNKNOWN`; `ERR_USAGE` where the name stands in several
 * scopes, or only in the file of another program, and no scope is named.
 */
export function targetOf(candidates: readonly Candidate[], name: string, scope: Scope | undefined): Candidate {
  const named = candidates.filter((one) => one.raw.name === name);
  const found = scope === undefined ? named : named.filter((one) => one.source.scope === scope);
  const [first] = found;
  if (first === undefined) {
    const elsewhere = named.length === 0 ? '' : `; it stands in ${allSources(named)}`;
    throw new HoldfastError(
      'ERR_SERVER_UNKNOWN',
      `no entry is named "${name}"${scope === undefined ? '' : ` in scope ${scope}`}${elsewhere}`,
      {
        hint:
          named.length === 0
            ? 'Run "holdfast list" to see the names.'
            : `Name the scope: --scope ${named[0]?.source.scope}.`,
        data: { server: name },
      },
    );
  }
  if (scope !== undefined) return first;
  const sources = found.map((one) => one.source);
  if (found.length > 1)
    throw new HoldfastError('ERR_USAGE', `"${name}" stands in several scopes: ${allSources(found)}`, {
      hint: `Name one: --scope ${first.source.scope}.`,
      data: { server: name, sources },
    });
  if (!['own', 'file'].includes(first.source.scope))
    throw new HoldfastError(
      'ERR_USAGE',
      `"${name}" stands in a file of another program: ${sourceWords(first.source)}`,
      {
        hint: `To write there, say so: --scope ${first.source.scope}.`,
        data: { server: name, sources },
      },
    );
  return first;
}
