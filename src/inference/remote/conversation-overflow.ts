import { answerReserve, withoutOldestTurn } from '../engines/text/conversation-fit.js';
import type { ImageTextTask, VisionMessage } from '../text-tasks.js';
import { countTokens } from './tokens.js';
import { messagesOf, type TextTask } from './text-request.js';
import type { Upstream } from './upstream.js';
import { UpstreamError } from './upstream-errors.js';

/** Refusals after which a conversation is taken for one that will never fit. */
const MOST_TRIES = 32;

/** A conversation that may have lost its oldest turns. */
interface Shortened {
  readonly task: TextTask;
  readonly droppedMessages: number;
}

/** The task without its oldest turn; null when there is none to leave out. */
function shorter({ task, droppedMessages }: Shortened): Shortened | null {
  if (task.kind === 'image-text-to-text') {
    const kept = withoutOldestTurn(withTheirImages(task));
    if (kept === null) return null;
    const messages = kept.map(({ message }) => message);
    const images = kept.flatMap((one) => one.images);
    return {
      task: { ...task, messages, images },
      droppedMessages: droppedMessages + task.messages.length - kept.length,
    };
  }
  if (task.prompt.kind === 'raw') return null;
  const { messages } = task.prompt;
  const kept = withoutOldestTurn(messages);
  if (kept === null) return null;
  const prompt = { kind: 'messages', messages: kept } as const;
  return { task: { ...task, prompt }, droppedMessages: droppedMessages + messages.length - kept.length };
}

interface Illustrated {
  readonly role: VisionMessage['role'];
  readonly message: VisionMessage;
  readonly images: readonly Uint8Array[];
}

function withTheirImages({ messages, images }: ImageTextTask): Illustrated[] {
  let from = 0;
  return messages.map((message) => {
    const count = message.parts.filter(({ type }) => type === 'image').length;
    const own = images.slice(from, from + count);
    from += count;
    return { role: message.role, message, images: own };
  });
}

/**
 * Begins an answer; under `drop-oldest` without the oldest turns of a conversation that does not fit. Where the server
 * counts tokens they are left out beforehand, else once it has refused the whole.
 */
export async function beginFitting<Answer>(
  task: TextTask,
  fits: (task: TextTask) => Promise<boolean>,
  begin: (task: TextTask) => Promise<Answer>,
): Promise<{ readonly answer: Answer; readonly droppedMessages: number }> {
  let now: Shortened = { task, droppedMessages: 0 };
  if (task.overflow === 'drop-oldest') now = await fitted(now, fits);
  for (let tries = 1; ; tries++) {
    try {
      return { answer: await begin(now.task), droppedMessages: now.droppedMessages };
    } catch (error) {
      const less = task.overflow === 'drop-oldest' && isContext(error) && tries < MOST_TRIES ? shorter(now) : null;
      if (less === null) throw error;
      now = less;
    }
  }
}

async function fitted(whole: Shortened, fits: (task: TextTask) => Promise<boolean>): Promise<Shortened> {
  let now = whole;
  for (;;) {
    const less = shorter(now);
    if (less === null || (await fits(now.task))) return now;
    now = less;
  }
}

function isContext(error: unknown): boolean {
  return error instanceof UpstreamError && error.code === 'context_length_exceeded';
}

/** Whether a conversation leaves room for an answer in the context, by the server's own count; true where it does not count. */
export class TokenCounter {
  private counts = true;

  constructor(
    private readonly upstream: Upstream,
    private readonly contextSize: number | null,
  ) {}

  async fits(task: TextTask, signal: AbortSignal): Promise<boolean> {
    // What a picture takes is for the server alone to know.
    if (!this.counts || this.contextSize === null || task.kind === 'image-text-to-text') return true;
    const tokens = await countTokens(this.upstream, messagesOf(task), signal);
    if (tokens === null) this.counts = false;
    return tokens === null || tokens <= this.contextSize - answerReserve(task.maxTokens, this.contextSize);
  }
}
