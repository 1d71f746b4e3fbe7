import { setTimeout as delay } from 'node:timers/promises';
import { EgressError } from '../egress/egress-errors.js';
import { throwIfAborted } from '../inference/errors.js';
import { HubAnswerError } from './hub-answer.js';

/** All in ms. */
export interface RetryPolicy {
  /** Attempts in a row that bring nothing new before it is given up. */
  readonly attempts: number;
  readonly firstDelayMs: number;
  readonly longestDelayMs: number;
  /** A hub that asks for more than this is asked again after this. */
  readonly longestRetryAfterMs: number;
}

export const DEFAULT_RETRIES: RetryPolicy = {
  attempts: 6,
  firstDelayMs: 500,
  longestDelayMs: 30_000,
  longestRetryAfterMs: 120_000,
};

/** Time and chance; tests have their own. */
export interface Waiting {
  /** ms of the epoch. */
  now(): number;
  /** Resolves early, without an error, when the signal aborts. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  /** From 0 to 1. */
  random(): number;
}

export const REAL_WAITING: Waiting = {
  now: () => Date.now(),
  sleep: (ms, signal) => delay(ms, undefined, { signal }).catch(() => undefined),
  random: () => Math.random(),
};

export interface Retrying {
  readonly policy: RetryPolicy;
  readonly waiting: Waiting;
  readonly signal: AbortSignal;
}

function isRetryable(error: unknown): boolean {
  return (error instanceof EgressError || error instanceof HubAnswerError) && error.retryable;
}

/**
 * Tries again while the trouble is one that passes, with a pause that doubles and is drawn from its upper half, or as
 * long as the hub asks for. `attempt` says when it got something new, which makes the counting begin anew. Throws what
 * the last attempt threw, or the signal's reason as a `ParleyError`.
 */
export async function withRetries<T>(
  attempt: (progressed: () => void) => Promise<T>,
  { policy, waiting, signal }: Retrying,
): Promise<T> {
  let failures = 0;
  for (;;) {
    throwIfAborted(signal);
    try {
      return await attempt(() => {
        failures = 0;
      });
    } catch (error) {
      throwIfAborted(signal);
      failures++;
      if (!isRetryable(error) || failures >= policy.attempts) throw error;
      const asked = error instanceof HubAnswerError ? error.retryAfterMs(waiting.now()) : null;
      const longest = Math.min(policy.firstDelayMs * 2 ** (failures - 1), policy.longestDelayMs);
      const pause = longest * (0.5 + waiting.random() / 2);
      await waiting.sleep(asked === null ? pause : Math.min(asked, policy.longestRetryAfterMs), signal);
    }
  }
}
