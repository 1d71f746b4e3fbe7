import type { TokenChance, TokenLogprob } from '../../../inference/answer-wishes.js';
import type { Item, ItemState, MessageItem, MessagePart } from '../../../domains/responses/response-items.js';

type WireStatus = 'in_progress' | 'completed' | 'incomplete';

interface WireTextPart {
  readonly type: 'output_text';
  readonly text: string;
  readonly annotations: readonly never[];
  readonly logprobs: readonly WireLogprob[];
}

interface WireReasoningPart {
  readonly type: 'reasoning_text';
  readonly text: string;
}

interface WireChance {
  readonly token: string;
  readonly bytes: readonly number[];
  readonly logprob: number;
}

interface WireLogprob extends WireChance {
  readonly top_logprobs: readonly WireChance[];
}

/** OpenAI's items. */
export type WireItem = { readonly id: string; readonly status: WireStatus } & (
  | { readonly type: 'message'; readonly role: string; readonly content: readonly object[] }
  | { readonly type: 'function_call'; readonly call_id: string; readonly name: string; readonly arguments: string }
  | { readonly type: 'function_call_output'; readonly call_id: string; readonly output: string }
  | {
      readonly type: 'reasoning';
      readonly summary: readonly never[];
      readonly content: readonly WireReasoningPart[];
    }
);

export function toWireItem(item: Item): WireItem {
  const base = { id: item.id, status: statusOf(item.state) };
  switch (item.kind) {
    case 'message':
      return { ...base, type: 'message', role: item.role, content: contentOf(item) };
    case 'call':
      return { ...base, type: 'function_call', call_id: item.callId, name: item.name, arguments: item.arguments };
    case 'call-output':
      return { ...base, type: 'function_call_output', call_id: item.callId, output: item.output };
    case 'reasoning':
      return { ...base, type: 'reasoning', summary: [], content: item.text === '' ? [] : [toReasoningPart(item.text)] };
  }
}

export function toTextPart(text: string, logprobs: readonly TokenLogprob[]): WireTextPart {
  return { type: 'output_text', text, annotations: [], logprobs: toWireLogprobs(logprobs) };
}

export function toReasoningPart(text: string): WireReasoningPart {
  return { type: 'reasoning_text', text };
}

export function toWireLogprobs(logprobs: readonly TokenLogprob[]): WireLogprob[] {
  return logprobs.map((chance) => ({ ...toWireChance(chance), top_logprobs: chance.top.map(toWireChance) }));
}

/** Here OpenAI has no null for the bytes of what is but a part of a character. */
function toWireChance({ text, bytes, logprob }: TokenChance): WireChance {
  return { token: text, bytes: bytes ?? [], logprob };
}

function statusOf(state: ItemState): WireStatus {
  return state === 'in-progress' ? 'in_progress' : state;
}

function contentOf({ role, parts }: MessageItem): object[] {
  return parts.map((part) => (role === 'assistant' ? toOutputPart(part) : toInputPart(part)));
}

function toOutputPart(part: MessagePart): object {
  return part.kind === 'text' ? toTextPart(part.text, part.logprobs ?? []) : toInputPart(part);
}

function toInputPart(part: MessagePart): object {
  if (part.kind === 'text') return { type: 'input_text', text: part.text };
  return { type: 'input_image', image_url: part.link, file_id: null, detail: 'auto' };
}
