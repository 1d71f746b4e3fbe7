import type { ProcessState } from './process-state.js';

/** A figure before and after the load. */
export interface Growth {
  readonly name: string;
  readonly before: number;
  readonly after: number;
  /** The most that `after` may be. */
  readonly limit: number;
}

const TOLERANCE = 0.1;
/**
 * By the beginning of the name, for figures of which 10 % is less than what moves without any load: connections of the
 * client and timers come and go, and the heap of one small runner is collected when V8 sees fit.
 */
const LEAST_ALLOWANCE: Readonly<Record<string, number>> = {
  'descriptors of the service': 4,
  'descriptors of the runners': 2,
  'open handles': 6,
  'buffers of the service, MiB': 4,
  parley_model_resident_bytes: 16 * 1024 ** 2,
};

function allowanceOf(name: string): number {
  return Object.entries(LEAST_ALLOWANCE).find(([beginning]) => name.startsWith(beginning))?.[1] ?? 0;
}

/** Compares two states. A gauge that was not there before counts as 0. */
export function growthOf(before: ProcessState, after: ProcessState): Growth[] {
  const names = new Set([...before.values.keys(), ...after.values.keys()]);
  return [...names].map((name) => {
    const [was, is] = [before.values.get(name) ?? 0, after.values.get(name) ?? 0];
    return { name, before: was, after: is, limit: Math.max(was * (1 + TOLERANCE), was + allowanceOf(name)) };
  });
}

/** Events whose listeners became more, most of all first. */
export function grownListeners(before: ProcessState, after: ProcessState): string[] {
  return Object.entries(after.listeners)
    .map(([name, count]) => ({ name, grown: count - (before.listeners[name] ?? 0) }))
    .filter(({ grown }) => grown > 0)
    .sort((a, b) => b.grown - a.grown)
    .map(({ name, grown }) => `${name} +${String(grown)}`);
}

const shown = (value: number): string => (Number.isInteger(value) ? String(value) : value.toFixed(1));

/** The figures as rows of a table. */
export function growthRows(growth: readonly Growth[]): string[][] {
  const rows = growth.map(({ name, before, after, limit }) => [name, ...[before, after, limit].map(shown)]);
  return [['figure', 'before', 'after', 'at most'], ...rows];
}
