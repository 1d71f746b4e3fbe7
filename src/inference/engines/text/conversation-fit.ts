import { ParleyError } from '../../errors.js';
import type { ChatMessage } from '../../text-tasks.js';

/** At least this share of the context stays free for the answer when old turns are dropped. */
const ANSWER_SHARE = 0.25;

/** Tokens that a shortened conversation leaves free for its answer. */
export function answerReserve(maxTokens: number | undefined, contextSize: number): number {
  return Math.min(maxTokens ?? contextSize, Math.floor(contextSize * ANSWER_SHARE));
}

/** Tokens that may be generated after a prompt. Throws `context_length_exceeded` with both counts if there is no room. */
export function answerRoom(promptTokens: number, maxTokens: number | undefined, contextSize: number): number {
  if (promptTokens >= contextSize) throw contextExceeded(String(promptTokens), contextSize);
  const room = contextSize - promptTokens;
  return Math.min(maxTokens ?? room, room);
}

/** Refusal of a prompt that has so many tokens, such as "20" or "at least 20". */
export function contextExceeded(promptTokens: string, contextSize: number): ParleyError {
  return new ParleyError(
    'context_length_exceeded',
    `The prompt has ${promptTokens} tokens; the model's context holds ${String(contextSize)}, answer included.`,
    { param: 'messages' },
  );
}

/** The versions of a conversation without its oldest turns, each without one more than the version before. */
export class ShortenedConversations<Message extends Pick<ChatMessage, 'role'>> {
  /** Index of the first turn of each version. */
  private readonly starts: readonly number[];
  private readonly head: number;

  constructor(private readonly messages: readonly Message[]) {
    const first = messages.findIndex(({ role }) => role !== 'system');
    const starts = [first === -1 ? messages.length : first];
    if (first !== -1) {
      for (let at = first + 1; at < messages.length; at++) if (messages[at]?.role === 'user') starts.push(at);
    }
    this.starts = starts;
    this.head = starts[0] ?? 0;
  }

  /** Number of the version that keeps the last turn alone. */
  get last(): number {
    return this.starts.length - 1;
  }

  /** Messages that a version leaves out. */
  droppedIn(version: number): number {
    return (this.starts[version] ?? this.head) - this.head;
  }

  /** System prompt and kept turns; version 0 is the whole conversation. */
  version(version: number): readonly Message[] {
    if (version === 0) return this.messages;
    return [...this.messages.slice(0, this.head), ...this.messages.slice(this.starts[version])];
  }

  /**
   * The first version whose estimate is at most `limit`; the last one where none is. Takes the time of one pass.
   * @param estimate Tokens of a message, at least.
   */
  firstWithin(limit: number, estimate: (message: Message) => number): number {
    let total = this.messages.reduce((sum, message) => sum + estimate(message), 0);
    for (let version = 0; version < this.last; version++) {
      if (total <= limit) return version;
      for (const message of this.messages.slice(this.starts[version], this.starts[version + 1])) {
        total -= estimate(message);
      }
    }
    return this.last;
  }
}

/**
 * The first version from `from` to `last` that fits, found in as many attempts as `last` has binary digits; the last one
 * is taken whether it fits or not. `attempt` gives null for a version that does not fit, and never so for the last.
 */
export async function firstFitting<Fitted>(
  from: number,
  last: number,
  attempt: (version: number) => Promise<Fitted | null>,
): Promise<{ readonly version: number; readonly fitted: Fitted }> {
  const whole = await attempt(from);
  if (whole !== null) return { version: from, fitted: whole };
  let best: { readonly version: number; readonly fitted: Fitted } | null = null;
  let low = from + 1;
  let high = last;
  while (low < high) {
    const middle = (low + high) >> 1;
    const fitted = await attempt(middle);
    if (fitted === null) low = middle + 1;
    else {
      best = { version: middle, fitted };
      high = middle;
    }
  }
  if (best?.version === low) return best;
  const fitted = await attempt(low);
  if (fitted === null) throw new Error('the last version was not taken');
  return { version: low, fitted };
}
