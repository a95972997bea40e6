/**
 * Pages of lists as bytes, ready to be sent: made once for each version of the merged lists, and each era.
 *
 * @module
 */
import type { Catalogue } from '../catalogue/catalogue.ts';

/** The pages of one endpoint. */
export class PreparedPages {
  readonly #made = new WeakMap<Catalogue, Map<string, Buffer>>();

  /** The page of this name; `make` gives its JSON, or nothing where there is no such page. */
  page(catalogue: Catalogue, name: string, make: () => string | undefined): Buffer | undefined {
    let all = this.#made.get(catalogue);
    if (all === undefined) this.#made.set(catalogue, (all = new Map()));
    const known = all.get(name);
    if (known !== undefined) return known;
    const json = make();
    if (json === undefined) return undefined;
    const made = Buffer.from(json);
    all.set(name, made);
    return made;
  }
}
