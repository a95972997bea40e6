/**
 * Reads the text format of Prometheus (exposition format 0.0.4) as strictly as it is written down: what a lenient parser
 * would let pass is an error here.
 *
 * @module
 */

/** One line of figures. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Everything of one name. */
export interface Family {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly samples: readonly Sample[];
}

const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\n"])*)"(,|$)/y;
const VALUE = /^(?:[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?|[+-]Inf|NaN)$/i;

function labelsOf(text: string, line: string): Readonly<Record<string, string>> {
  const labels: Record<string, string> = {};
  LABEL.lastIndex = 0;
  while (LABEL.lastIndex < text.length) {
    const match = LABEL.exec(text);
    if (match === null) throw new Error(`labels that are none: ${line}`);
    const [whole, name = '', value = '', end] = match;
    if (Object.hasOwn(labels, name)) throw new Error(`a label twice: ${line}`);
    if (end === ',' && LABEL.lastIndex === text.length) throw new Error(`a comma too many: ${line}`);
    if (whole === '') throw new Error(`no label: ${line}`);
    labels[name] = value.replaceAll(/\\([\\n"])/g, (_all, char: string) => (char === 'n' ? '\n' : char));
  }
  return labels;
}

function sampleOf(line: string): Sample {
  const match = /^([^\s{]+)(?:\{(.*)\})? (\S+)$/.exec(line);
  if (match === null) throw new Error(`no sample: ${line}`);
  const [, name = '', labels = '', value = ''] = match;
  if (!NAME.test(name) || !VALUE.test(value)) throw new Error(`name or value: ${line}`);
  return { name, labels: labelsOf(labels, line), value: Number(value.replace('Inf', 'Infinity')) };
}

const labelKey = (labels: Sample['labels']): string =>
  JSON.stringify(
    Object.keys(labels)
      .toSorted((a, b) => a.localeCompare(b))
      .map((name) => [name, labels[name]]),
  );
const keyOf = ({ name, labels }: Sample): string => name + labelKey(labels);

function checkHistogram({ name, samples }: Family): void {
  const groups = new Map<string, Sample[]>();
  for (const sample of samples) {
    const { le: _le, ...others } = sample.labels;
    const key = labelKey(others);
    groups.set(key, [...(groups.get(key) ?? []), sample]);
  }
  for (const group of groups.values()) {
    const buckets = group.filter((sample) => sample.name === `${name}_bucket`);
    const bounds = buckets.map(({ labels }) => Number(labels['le']?.replace('+Inf', 'Infinity')));
    const counts = buckets.map(({ value }) => value);
    const rises = (list: readonly number[]): boolean =>
      list.every((value, at) => at === 0 || value >= (list[at - 1] ?? 0));
    if (!rises(bounds) || !rises(counts) || bounds.at(-1) !== Infinity) throw new Error(`buckets of ${name}`);
    const count = group.filter((sample) => sample.name === `${name}_count`);
    const sum = group.filter((sample) => sample.name === `${name}_sum`);
    if (count.length !== 1 || sum.length !== 1 || count[0]?.value !== counts.at(-1))
      throw new Error(`count of ${name}`);
  }
}

function checkFamily(family: Family): void {
  const { name, type, samples } = family;
  const suffixes = type === 'histogram' ? ['_bucket', '_sum', '_count'] : [''];
  for (const sample of samples)
    if (!suffixes.some((suffix) => sample.name === name + suffix)) throw new Error(`${sample.name} among ${name}`);
  if (samples.length === 0) throw new Error(`${name} has no samples`);
  if (new Set(samples.map(keyOf)).size !== samples.length) throw new Error(`${name} has a series twice`);
  if (type === 'counter' && samples.some(({ value }) => value < 0)) throw new Error(`${name} is below zero`);
  if (type === 'histogram') checkHistogram(family);
}

type Open = Family & { readonly samples: Sample[] };

function openFamily(line: string, help: readonly [string, string] | undefined): Open {
  const [, name = '', type = ''] = /^# TYPE (\S+) (.+)$/.exec(line) ?? [];
  if (help?.[0] !== name || !NAME.test(name)) throw new Error(`type without help: ${line}`);
  if (!['counter', 'gauge', 'histogram'].includes(type)) throw new Error(`type: ${line}`);
  return { name, type, help: help[1], samples: [] };
}

/** The figures of a text, by name. Throws where the text is not what the format demands. */
export function readPrometheus(text: string): ReadonlyMap<string, Family> {
  if (!text.endsWith('\n')) throw new Error('the last line has no end');
  const families = new Map<string, Open>();
  let family: Open | undefined;
  let help: readonly [string, string] | undefined;
  for (const line of text.slice(0, -1).split('\n')) {
    const said = /^# HELP (\S+) (.+)$/.exec(line);
    if (said !== null) help = [said[1] ?? '', said[2] ?? ''];
    else if (line.startsWith('#')) {
      family = openFamily(line, help);
      if (families.has(family.name)) throw new Error(`${family.name} begins twice`);
      families.set(family.name, family);
    } else {
      if (family === undefined) throw new Error(`a sample before its type: ${line}`);
      family.samples.push(sampleOf(line));
    }
  }
  for (const one of families.values()) checkFamily(one);
  return families;
}

/** The value of the one sample with these labels; `undefined` where there is none. */
export function valueOf(
  families: ReadonlyMap<string, Family>,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number | undefined {
  const base = name.replace(/_(?:bucket|sum|count)$/, '');
  const samples = (families.get(name) ?? families.get(base))?.samples ?? [];
  const found = samples.filter(
    (sample) =>
      sample.name === name && Object.entries(labels).every(([label, value]) => (sample.labels[label] ?? '') === value),
  );
  if (found.length > 1) throw new Error(`${name} is not one sample`);
  return found[0]?.value;
}
