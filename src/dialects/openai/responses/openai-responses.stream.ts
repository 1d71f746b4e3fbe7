import type { ItemEvent } from '../../../domains/responses/answer-items.js';
import type { Item } from '../../../domains/responses/response-items.js';
import type { RunningResponse } from '../../../domains/responses/responses.service.js';
import { toShownError } from '../../../http/errors/to-parley-error.js';
import { toReasoningPart, toTextPart, toWireItem, toWireLogprobs } from './openai-response-items.codec.js';
import { toWireResponse } from './openai-responses.codec.js';

/** An event before it has its number. */
type Numberless = { readonly type: string } & Readonly<Record<string, unknown>>;

/**
 * OpenAI's typed events. Trouble on the way becomes `response.failed`, and an `error` after it: OpenAI's client takes
 * only the latter for an end.
 */
export async function* toResponseEvents(running: RunningResponse): AsyncGenerator<string, void> {
  let number = 0;
  const worded = (event: Numberless): string => toEvent(event, number++);
  const ended: Item[] = [];
  try {
    const response = toWireResponse(running.begun);
    yield worded({ type: 'response.created', response });
    yield worded({ type: 'response.in_progress', response });
    for await (const event of running.events) {
      if (event.type === 'finished') {
        const { state } = event.response;
        yield worded({ type: `response.${state}`, response: toWireResponse(event.response) });
        continue;
      }
      if (event.type === 'ended') ended.push(event.item);
      for (const one of toWireEvents(event)) yield worded(one);
    }
  } catch (thrown) {
    const response = toWireResponse({ ...running.begun, output: ended }, toShownError(thrown));
    yield worded({ type: 'response.failed', response });
    yield toErrorEvent(thrown, number);
  }
}

/** Trouble as the last event of a stream; the only one where it comes before the response has begun. */
export function toErrorEvent(thrown: unknown, number = 0): string {
  const { code, message, param = null } = toShownError(thrown).error;
  return toEvent({ type: 'error', code, message, param }, number);
}

function toEvent({ type, ...fields }: Numberless, number: number): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: number, ...fields })}\n\n`;
}

function toWireEvents(event: ItemEvent): Numberless[] {
  if (event.type === 'grown') return [toDelta(event)];
  const at = { output_index: event.index, item_id: event.item.id };
  const part = { ...at, content_index: 0 };
  const item = { output_index: event.index, item: toWireItem(event.item) };
  if (event.type === 'begun') {
    return [{ type: 'response.output_item.added', ...item }, ...opened(event.item, part)];
  }
  return [...closed(event.item, at, part), { type: 'response.output_item.done', ...item }];
}

function opened({ kind }: Item, part: object): Numberless[] {
  const type = 'response.content_part.added';
  if (kind === 'message') return [{ type, ...part, part: toTextPart('', []) }];
  return kind === 'reasoning' ? [{ type, ...part, part: toReasoningPart('') }] : [];
}

function toDelta({ index, kind, id, text, logprobs }: Extract<ItemEvent, { type: 'grown' }>): Numberless {
  const at = { output_index: index, item_id: id };
  if (kind === 'call') return { type: 'response.function_call_arguments.delta', ...at, delta: text };
  const part = { ...at, content_index: 0, delta: text };
  if (kind === 'reasoning') return { type: 'response.reasoning_text.delta', ...part };
  return { type: 'response.output_text.delta', ...part, logprobs: toWireLogprobs(logprobs) };
}

function closed(item: Item, at: object, part: object): Numberless[] {
  if (item.kind === 'call') {
    const { name, arguments: args } = item;
    return [{ type: 'response.function_call_arguments.done', ...at, name, arguments: args }];
  }
  const type = 'response.content_part.done';
  if (item.kind === 'reasoning') {
    const whole = { type: 'response.reasoning_text.done', ...part, text: item.text };
    return [whole, { type, ...part, part: toReasoningPart(item.text) }];
  }
  if (item.kind !== 'message') return [];
  return item.parts.flatMap((each) => {
    if (each.kind !== 'text') return [];
    const done = toTextPart(each.text, each.logprobs ?? []);
    const { text, logprobs } = done;
    return [
      { type: 'response.output_text.done', ...part, text, logprobs },
      { type, ...part, part: done },
    ];
  });
}
