import { ParleyError } from '../errors.js';

/** Failures in a row after which nothing is sent any more. */
const FAILURES_ALLOWED = 5;
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 60_000;

/** One request's leave to go out, and where it is told what became of it. */
export interface Pass {
  /** The server answered: it is there. */
  answered(): void;
  /** It was not there, or it broke down. */
  failed(): void;
  /** To be called last, whatever else was: the client may have left before anything was learnt. */
  end(): void;
}

/**
 * Keeps requests from a server that is away.
 *
 *             5 failures in a row             pause over, first request
 *   closed ──────────────────────► open ────────────────────────────► half open
 *     ▲                             ▲                                  │   │
 *     │                             └──── failed: pause twice as long ─┘   │
 *     └──────────────────────────── answered ──────────────────────────────┘
 *
 * While it is half open one request is under way, and all others are refused.
 */
export class CircuitBreaker {
  private failures = 0;
  private pauseMs = FIRST_PAUSE_MS;
  /** When the pause is over, on the clock's own scale; null: closed. */
  private until: number | null = null;
  private probe: Pass | null = null;

  constructor(
    private readonly model: string,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Throws `overloaded` while the server is taken to be away; `Retry-After` is the rest of the pause. */
  enter(): Pass {
    if (this.until !== null) {
      const left = this.until - this.now();
      if (left > 0 || this.probe !== null) throw this.away(left);
    }
    const pass: Pass = {
      answered: () => this.close(),
      failed: () => this.countFailure(pass),
      end: () => {
        if (this.probe === pass) this.probe = null;
      },
    };
    if (this.until !== null) this.probe = pass;
    return pass;
  }

  private close(): void {
    this.failures = 0;
    this.pauseMs = FIRST_PAUSE_MS;
    this.until = null;
    this.probe = null;
  }

  /** Of requests that went out before the pause no failure prolongs it. */
  private countFailure(pass: Pass): void {
    this.failures++;
    if (this.until === null && this.failures < FAILURES_ALLOWED) return;
    if (this.until !== null && this.probe !== pass) return;
    if (this.probe === pass) this.pauseMs = Math.min(this.pauseMs * 2, LONGEST_PAUSE_MS);
    this.probe = null;
    this.until = this.now() + this.pauseMs;
  }

  private away(leftMs: number): ParleyError {
    const seconds = Math.max(1, Math.ceil(leftMs / 1000));
    return new ParleyError(
      'overloaded',
      `The server that has "${this.model}" is away, and is asked again in ${String(seconds)} s.`,
      { retryAfterSeconds: seconds },
    );
  }
}
