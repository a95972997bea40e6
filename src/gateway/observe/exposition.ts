/**
 * Figures as text for Prometheus (text exposition format 0.0.4), made from the table of figures.
 *
 * @module
 */
import type { Meter, Series } from '../../core/meter.ts';
import { BUCKETS, METRICS, OTHER } from '../../core/metrics.ts';
import type { GaugeId, Metric, MetricId } from '../../core/metrics.ts';

/** The type of the text. */
export const CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** What a gauge shows now: label values in the order of its labels, and the value. */
export type Reading = readonly [values: readonly string[], value: number];

/** Gauges as they are at this moment. */
export type Readings = { readonly [Id in GaugeId]?: readonly Reading[] };

/** The name that Prometheus knows: dots become underscores, the unit and `_total` stand at the end. */
export function promName({ name, kind, unit }: Metric): string {
  const plain = name.replaceAll('.', '_');
  const withUnit = unit === 's' ? `${plain}_seconds` : plain;
  return kind === 'counter' ? `${withUnit}_total` : withUnit;
}

/** The name of a label there. */
export function promLabel(label: string): string {
  return label.replaceAll('.', '_');
}

const escaped = (value: string): string =>
  value
    .replaceAll('\\', '\\\\')
    .replaceAll('\n', String.raw`\n`)
    .replaceAll('"', String.raw`\"`);

function labelText(names: readonly string[], values: readonly string[], more?: string): string {
  const pairs = names.flatMap((name, at) => {
    const value = values[at] ?? '';
    // A label without value is the same as none.
    return value === '' ? [] : [`${promLabel(name)}="${escaped(value)}"`];
  });
  if (more !== undefined) pairs.push(more);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

function histogramLines(name: string, labels: readonly string[], { values, buckets, sum, count }: Series): string[] {
  let below = 0;
  const lines = BUCKETS.map((bound, at) => {
    below += buckets[at] ?? 0;
    return `${name}_bucket${labelText(labels, values, `le="${bound}"`)} ${below}`;
  });
  const all = labelText(labels, values);
  lines.push(`${name}_bucket${labelText(labels, values, 'le="+Inf"')} ${count}`);
  lines.push(`${name}_sum${all} ${sum}`, `${name}_count${all} ${count}`);
  return lines;
}

/**
 * The text of all figures. Series of a server that `isShown` does not know are left out: who may use some servers of
 * this process need not know of the others.
 */
export function expose(meter: Meter, readings: Readings, isShown: (server: string) => boolean): string {
  const parts: string[] = [];
  for (const [id, metric] of Object.entries<Metric>(METRICS)) {
    const { kind, labels, what } = metric;
    const name = promName(metric);
    const shown = ([first = '']: readonly string[]): boolean =>
      labels[0] !== 'server' || first === OTHER || isShown(first);
    const lines =
      kind === 'gauge'
        ? (readings[id as GaugeId] ?? [])
            .filter(([values]) => shown(values))
            .map(([values, value]) => `${name}${labelText(labels, values)} ${value}`)
        : [...meter.series(id as MetricId)]
            .filter(({ values }) => shown(values))
            .flatMap((series) =>
              kind === 'histogram'
                ? histogramLines(name, labels, series)
                : [`${name}${labelText(labels, series.values)} ${series.count}`],
            );
    if (lines.length > 0) parts.push(`# HELP ${name} ${escapedHelp(what)}`, `# TYPE ${name} ${kind}`, ...lines);
  }
  return `${parts.join('\n')}\n`;
}

const escapedHelp = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('\n', ' ');
