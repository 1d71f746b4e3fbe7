import { answerReserve, firstFitting, ShortenedConversations } from '../engines/text/conversation-fit.js';
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

/** The versions of a task without its oldest turns; version 0 is the whole. */
interface Versions {
  readonly last: number;
  version(version: number): Shortened;
}

function versionsOf(task: TextTask): Versions {
  if (task.kind === 'image-text-to-text') {
    const shortened = new ShortenedConversations(withTheirImages(task));
    return {
      last: shortened.last,
      version: (version) => {
        const kept = shortened.version(version);
        const messages = kept.map(({ message }) => message);
        const images = kept.flatMap((one) => one.images);
        return { task: { ...task, messages, images }, droppedMessages: shortened.droppedIn(version) };
      },
    };
  }
  const { prompt } = task;
  if (prompt.kind === 'raw') return { last: 0, version: () => ({ task, droppedMessages: 0 }) };
  const shortened = new ShortenedConversations(prompt.messages);
  return {
    last: shortened.last,
    version: (version) => ({
      task: { ...task, prompt: { kind: 'messages', messages: shortened.version(version) } },
      droppedMessages: shortened.droppedIn(version),
    }),
  };
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
  const versions = versionsOf(task);
  const last = task.overflow === 'drop-oldest' ? versions.last : 0;
  const { version: first } = await firstFitting(0, last, async (version) =>
    version === last || (await fits(versions.version(version).task)) ? true : null,
  );
  for (let version = first; ; version++) {
    const { task: shortened, droppedMessages } = versions.version(version);
    try {
      return { answer: await begin(shortened), droppedMessages };
    } catch (error) {
      const goesOn = isContext(error) && version < last && version - first + 1 < MOST_TRIES;
      if (!goesOn) throw error;
    }
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
