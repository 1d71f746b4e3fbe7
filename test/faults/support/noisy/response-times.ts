import { ROUTES, type Sample } from './polite-neighbour.js';

/** The quantile of response times; 0 where there are none. */
export function quantile(samples: readonly number[], q: number): number {
  const sorted = samples.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(q * sorted.length) - 1)] ?? 0;
}

/** Response times of one route, in milliseconds. */
export function timesOf(samples: readonly Sample[], route: string): number[] {
  return samples.filter((sample) => sample.route === route).map(({ ms }) => ms);
}

export interface RouteTimes {
  readonly route: string;
  readonly quietCount: number;
  readonly quietP99: number;
  readonly noisyCount: number;
  readonly noisyP99: number;
  readonly allowed: number;
}

/** p99 of each route, quiet and noisy; `allowed` is `factor` times the quiet one, which counts as `floorMs` at least. */
export function compare(
  quiet: readonly Sample[],
  noisy: readonly Sample[],
  { factor, floorMs }: { factor: number; floorMs: number },
): RouteTimes[] {
  return ROUTES.map((route) => {
    const [before, during] = [timesOf(quiet, route), timesOf(noisy, route)];
    const quietP99 = quantile(before, 0.99);
    return {
      route,
      quietCount: before.length,
      quietP99,
      noisyCount: during.length,
      noisyP99: quantile(during, 0.99),
      allowed: factor * Math.max(quietP99, floorMs),
    };
  });
}

/** A table as the documents have them. */
export function table([head = [], ...rows]: readonly (readonly string[])[]): string {
  const widths = head.map((name, n) => Math.max(name.length, ...rows.map((row) => row[n]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, n) => cell.padEnd(widths[n] ?? 0)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

const shown = (ms: number): string => ms.toFixed(ms < 10 ? 1 : 0);

export function routeTable(times: readonly RouteTimes[]): string {
  const head = ['route', 'quiet p99, ms', 'noisy p99, ms', 'allowed, ms', 'samples'];
  const rows = times.map(({ route, quietP99, noisyP99, allowed, quietCount, noisyCount }) => [
    route,
    shown(quietP99),
    shown(noisyP99),
    shown(allowed),
    `${String(quietCount)} + ${String(noisyCount)}`,
  ]);
  return table([head, ...rows]);
}

/** The slowest response of each route under each body. */
export function bodyTable(
  bodies: readonly { readonly name: string; readonly samples: readonly Sample[]; readonly outcomes: string }[],
): string {
  const head = ['body', ...ROUTES.map((route) => `${route}, ms`), 'outcomes of the noisy key'];
  const rows = bodies.map(({ name, samples, outcomes }) => [
    name,
    ...ROUTES.map((route) => shown(quantile(timesOf(samples, route), 1))),
    outcomes,
  ]);
  return table([head, ...rows]);
}
