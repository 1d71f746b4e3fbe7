import { ParleyError } from '../errors.js';

/** Why a request is refused at the door: the line is full, its key has its share of it, or it would come too late. */
export type RefusalReason = 'overloaded' | 'share' | 'deadline';

/** What a request that is not let in is told, at once. */
export class Refusal extends ParleyError {
  private constructor(
    readonly reason: RefusalReason,
    message: string,
    retryAfterSeconds?: number,
  ) {
    super(reason === 'deadline' ? 'timeout' : 'overloaded', message, {
      ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
    });
  }

  /** `resource`: subject of the message, such as "The model"; `waitSeconds`: until such a request would get a slot. */
  static full(resource: string, waiting: number, waitSeconds: number): Refusal {
    return new Refusal(
      'overloaded',
      `${resource} is busy: ${String(waiting)} requests are waiting.`,
      whole(waitSeconds),
    );
  }

  static ofShare(resource: string, held: number, waitSeconds: number): Refusal {
    const message = `${resource} is busy, and this key has its share of it: ${String(held)} requests.`;
    return new Refusal('share', message, whole(waitSeconds));
  }

  static tooLate(waitSeconds: number, leftSeconds: number): Refusal {
    const left = Math.max(0, leftSeconds).toFixed(1);
    return new Refusal(
      'deadline',
      `The wait would be about ${waitSeconds.toFixed(1)} s, and X-Request-Deadline leaves ${left} s.`,
    );
  }
}

function whole(seconds: number): number {
  return Math.max(1, Math.ceil(seconds));
}
