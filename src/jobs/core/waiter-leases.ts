import { randomUUID } from 'node:crypto';
import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { LEASE_MS, WaiterRegistry, type Left, type Waiter } from './ledger/waiter-registry.js';

const RENEW_EVERY_MS = LEASE_MS / 6;
/** No request waits longer: a waiter that was not removed is not renewed for ever. */
const LONGEST_WAIT_MS = 86_400_000;

interface Lease extends Waiter {
  readonly since: number;
}

/** The clients of this process that wait for jobs with an `Idempotency-Key`, whose leases it renews. */
@Injectable()
export class WaiterLeases implements OnApplicationShutdown {
  private readonly log = new Logger('Jobs');
  /** Those of one job are interchangeable. */
  private readonly leases = new Map<string, Lease[]>();
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly registry: WaiterRegistry) {}

  /** Adds a client. Returns false when the job is being cancelled, because the last one has left. */
  async join(jobId: string): Promise<boolean> {
    const lease = { jobId, waiterId: randomUUID(), since: performance.now() };
    this.leases.set(jobId, [...(this.leases.get(jobId) ?? []), lease]);
    this.timer ??= setInterval(() => void this.renew(), RENEW_EVERY_MS).unref();
    try {
      const joined = await this.registry.join(lease);
      if (!joined) this.drop(lease);
      return joined;
    } catch (error) {
      this.drop(lease);
      throw error;
    }
  }

  /** Marks a job as accepted with 202. Returns false as {@link join} does. */
  detach(jobId: string): Promise<boolean> {
    return this.registry.detach(jobId);
  }

  /** Removes a client of this process. Returns null when none had joined. */
  async leave(jobId: string): Promise<Left | null> {
    const lease = this.leases.get(jobId)?.[0];
    if (lease === undefined) return null;
    this.drop(lease);
    return this.registry.leave(lease);
  }

  /** Removes a client of this process whose job has ended. */
  async release(jobId: string): Promise<void> {
    const lease = this.leases.get(jobId)?.[0];
    if (lease === undefined) return;
    this.drop(lease);
    await this.registry.release(lease).catch(() => undefined); // its lease runs out by itself
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  private drop(lease: Lease): void {
    const left = (this.leases.get(lease.jobId) ?? []).filter((each) => each !== lease);
    if (left.length > 0) this.leases.set(lease.jobId, left);
    else this.leases.delete(lease.jobId);
    if (this.leases.size > 0) return;
    clearInterval(this.timer);
    this.timer = undefined;
  }

  private async renew(): Promise<void> {
    const all = [...this.leases.values()].flat();
    const expired = all.filter(({ since }) => performance.now() - since > LONGEST_WAIT_MS);
    for (const lease of expired) this.drop(lease);
    const renewed = all.filter((lease) => !expired.includes(lease));
    if (renewed.length === 0) return;
    try {
      await this.registry.renew(renewed);
    } catch (error) {
      this.log.debug(`waiters were not renewed: ${String(error)}`);
    }
  }
}
