import type { JsonValue } from '../json-value.js';
import type { TextChunk } from '../text-tasks.js';
import { beginFitting, type TokenCounter } from './conversation-overflow.js';
import type { RunFlow } from './run-flow.js';
import { TextAnswerReader } from './text-answer-reader.js';
import { textRequest, type TextTask } from './text-request.js';
import type { Upstream } from './upstream.js';
import { nonsense } from './upstream-errors.js';

interface Begun {
  readonly first: JsonValue;
  readonly rest: AsyncGenerator<JsonValue, void>;
}

/**
 * An answer in text, as the server streams it. It begins with the first event, so that a refusal is still one; how many
 * tokens the prompt has is told at the end.
 */
export async function* textAnswer(
  upstream: Upstream,
  task: TextTask,
  counter: TokenCounter,
  flow: RunFlow,
): AsyncGenerator<TextChunk, void> {
  const { answer, droppedMessages } = await beginFitting(
    task,
    (one) => counter.fits(one, flow.signal),
    (fitting) => begin(upstream, fitting, flow),
  );
  yield { type: 'started', promptTokens: 0, cachedTokens: 0, droppedMessages };
  const reader = new TextAnswerReader(upstream.model, task);
  yield* reader.read(answer.first);
  for await (const event of answer.rest) yield* reader.read(event);
  yield reader.end();
}

async function begin(upstream: Upstream, task: TextTask, flow: RunFlow): Promise<Begun> {
  const { path, body } = textRequest(upstream.model, task, upstream.source);
  const rest = upstream.stream(path, body, flow);
  const first = await rest.next();
  if (first.done === true) throw nonsense(upstream.model, 'ended its answer before it began');
  return { first: first.value, rest };
}
