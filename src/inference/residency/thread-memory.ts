import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { dirname } from 'node:path';
import type { ThreadPlan } from '../runners/thread-plan.js';

/** Remembers the best thread counts of each model on this machine, so that it is measured once. */
export class ThreadMemory {
  private known: Map<string, ThreadPlan>;

  constructor(
    private readonly file: string,
    private readonly cpuCount: number,
  ) {
    this.known = new Map(Object.entries(readKnown(file)));
  }

  get(fingerprint: string): ThreadPlan | null {
    return this.known.get(this.key(fingerprint)) ?? null;
  }

  put(fingerprint: string, threads: ThreadPlan): void {
    this.known.set(this.key(fingerprint), threads);
    try {
      mkdirSync(dirname(this.file), { recursive: true });
      const partial = `${this.file}.${String(process.pid)}`;
      writeFileSync(partial, JSON.stringify(Object.fromEntries(this.known), null, 1));
      renameSync(partial, this.file);
    } catch {
      // A read-only DATA_DIR costs a measurement at the next start, no more.
    }
  }

  private key(fingerprint: string): string {
    return `${cpus()[0]?.model ?? 'cpu'} x${String(this.cpuCount)} ${fingerprint}`;
  }
}

function readKnown(file: string): Record<string, ThreadPlan> {
  try {
    const parsed: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (typeof parsed !== 'object' || parsed === null) return {};
    return Object.fromEntries(
      Object.entries(parsed).filter((entry): entry is [string, ThreadPlan] => isPlan(entry[1])),
    );
  } catch {
    return {}; // absent or damaged: it is only a cache of measurements
  }
}

function isPlan(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0 && value.every((step: unknown) => isStep(step));
}

function isStep(step: unknown): boolean {
  if (typeof step !== 'object' || step === null || !('tokens' in step) || !('threads' in step)) return false;
  return isCount(step.tokens) && isCount(step.threads);
}

function isCount(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) > 0;
}
