/**
 * Counts what the table of figures names. A count is one lookup and one addition: it stands on the path of every call.
 *
 * @module
 */
import { BUCKETS, METRICS, OTHER } from './metrics.ts';
import type { CounterId, HistogramId, LabelsOf, Metric, MetricId } from './metrics.ts';

/** One set of label values, in the order of the labels, and what was counted for it. */
export interface Series {
  readonly values: readonly string[];
  /** Of a counter, the count; of a histogram, how many were observed. */
  count: number;
  /** Of a histogram, in seconds. */
  sum: number;
  /** Of a histogram: observed values in each bucket alone; one more than there are bounds. Empty for a counter. */
  readonly buckets: number[];
}

interface Branch {
  readonly next: Map<string, Branch>;
  series?: Series;
}

/** Longest value of a label: names of tools come from servers. */
const LONGEST = 128;

/** A meter. Never throws; keeps a bounded number of series, whatever comes in. */
export class Meter {
  readonly #series = new Map<MetricId, Map<string, Series>>();
  readonly #branches = new Map<MetricId, Branch>();

  /** Adds to a counter. */
  count<Id extends CounterId>(id: Id, labels: LabelsOf<Id>, by = 1): void {
    this.#find(id, labels).count += by;
  }

  /** Adds one observation, in seconds, to a histogram. */
  observe<Id extends HistogramId>(id: Id, labels: LabelsOf<Id>, seconds: number): void {
    const series = this.#find(id, labels);
    let at = 0;
    while (at < BUCKETS.length && seconds > (BUCKETS[at] ?? 0)) at += 1;
    series.count += 1;
    series.sum += seconds;
    series.buckets[at] = (series.buckets[at] ?? 0) + 1;
  }

  /** What was counted, in the order in which it first happened. */
  series(id: MetricId): Iterable<Series> {
    return this.#series.get(id)?.values() ?? [];
  }

  /** By the values of the labels one after the other: values are known texts, a key made of them would be a new one. */
  #find(id: MetricId, labels: Readonly<Record<string, string>>): Series {
    const { labels: names }: Metric = METRICS[id];
    let at: Branch | undefined = this.#branches.get(id);
    for (const name of names) at = at?.next.get(labels[name] ?? '');
    return at?.series ?? this.#look(id, labels, names);
  }

  #look(id: MetricId, labels: Readonly<Record<string, string>>, names: readonly string[]): Series {
    let all = this.#series.get(id);
    if (all === undefined) this.#series.set(id, (all = new Map()));
    const values = names.map((name) => labels[name] ?? '');
    const key = values.map((value) => `${value}\0`).join('');
    const series = all.get(key) ?? this.#make(id, all, { key, values });
    // Values that are not told apart are not remembered either.
    if (all.has(key)) this.#remember(id, values, series);
    return series;
  }

  #remember(id: MetricId, values: readonly string[], series: Series): void {
    let at = this.#branches.get(id);
    if (at === undefined) this.#branches.set(id, (at = { next: new Map() }));
    for (const value of values) {
      const next: Branch = at.next.get(value) ?? { next: new Map() };
      at.next.set(value, next);
      at = next;
    }
    at.series = series;
  }

  #make(
    id: MetricId,
    all: Map<string, Series>,
    { key, values }: { readonly key: string; readonly values: readonly string[] },
  ): Series {
    const { kind, most }: Metric = METRICS[id];
    const isFull = all.size >= most;
    if (isFull || values.some((value) => value.length > LONGEST)) {
      const kept = isFull ? values.map(() => OTHER) : values.map((value) => (value.length > LONGEST ? OTHER : value));
      const other = `${kept.join('\0')}\0`;
      const known = all.get(other);
      if (known !== undefined) return known;
      return this.#add(all, other, { kind, values: kept });
    }
    return this.#add(all, key, { kind, values });
  }

  #add(
    all: Map<string, Series>,
    key: string,
    { kind, values }: { readonly kind: Metric['kind']; readonly values: readonly string[] },
  ): Series {
    const buckets = kind === 'histogram' ? Array.from({ length: BUCKETS.length + 1 }, () => 0) : [];
    const series: Series = { values, count: 0, sum: 0, buckets };
    all.set(key, series);
    return series;
  }
}
