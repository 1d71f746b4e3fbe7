/** Label values of each metric of a scrape that has samples; buckets, sums and counts under their own names. */
export type Exposed = ReadonlyMap<string, ReadonlyMap<string, ReadonlySet<string>>>;

const SAMPLE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? \S+$/;
const LABEL = /(\w+)="((?:[^"\\]|\\.)*)"/g;

export function exposedBy(scrape: string): Exposed {
  const exposed = new Map<string, Map<string, Set<string>>>();
  for (const line of scrape.split('\n')) {
    const sample = SAMPLE.exec(line);
    if (sample?.[1] === undefined) continue;
    const labels = exposed.get(sample[1]) ?? new Map<string, Set<string>>();
    exposed.set(sample[1], labels);
    for (const [, label = '', value = ''] of (sample[2] ?? '').matchAll(LABEL)) {
      labels.set(label, (labels.get(label) ?? new Set()).add(value));
    }
  }
  return exposed;
}
