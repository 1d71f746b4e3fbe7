import type { ToolCall } from '../../inference/chat-tools.js';
import { ParleyError } from '../../inference/errors.js';
import type { ChatMessage, PicturePrompt, Prompt, VisionMessage } from '../../inference/text-tasks.js';
import type { CallItem, Item, MessageItem, MessagePart } from './response-items.js';

/** A message on its way to a prompt: its parts are not yet joined. */
interface Turn extends Omit<VisionMessage, 'parts'> {
  readonly parts: readonly MessagePart[];
}

/**
 * Items as a model is given them. Each call is a part of the assistant's message before it; what the model thought, and
 * calls that were cut, are left out. Throws `invalid_request` for an output without its call, and the reverse.
 *
 * `pictures`: the files behind the items' links, in their order.
 */
export function promptOf(
  instructions: string | null,
  items: readonly Item[],
  pictures: readonly Uint8Array[],
): Prompt | PicturePrompt {
  const first: Turn[] =
    instructions === null ? [] : [{ role: 'system', parts: [{ kind: 'text', text: instructions }] }];
  const turns = [...first, ...turnsOf(items)];
  if (pictures.length === 0) return { kind: 'messages', messages: turns.map(inWords) };
  return { kind: 'pictures', messages: turns.map(withPictures), images: pictures };
}

function turnsOf(items: readonly Item[]): Turn[] {
  const calls = callsOf(items);
  const turns: Turn[] = [];
  for (const item of items) {
    if (item.kind === 'message') turns.push({ role: roleOf(item), parts: item.parts });
    else if (item.kind === 'call' && calls.has(item.callId)) addCall(turns, item);
    else if (item.kind === 'call-output') {
      const { callId, output } = item;
      const name = calls.get(callId)?.name ?? '';
      turns.push({ role: 'tool', parts: [{ kind: 'text', text: output }], toolCallId: callId, name });
    }
  }
  return turns;
}

/** The calls that tools have answered. */
function callsOf(items: readonly Item[]): ReadonlyMap<string, CallItem> {
  const made = items.filter((item) => item.kind === 'call').filter(({ state }) => state === 'completed');
  const calls = new Map(made.map((call) => [call.callId, call]));
  const answered = new Set(items.filter((item) => item.kind === 'call-output').map(({ callId }) => callId));
  for (const callId of answered) {
    if (!calls.has(callId)) throw inconsistent(`there is no function call with the call_id "${callId}"`);
  }
  for (const callId of calls.keys()) {
    if (!answered.has(callId)) throw inconsistent(`the function call "${callId}" has no function_call_output`);
  }
  return calls;
}

function inconsistent(why: string): ParleyError {
  return new ParleyError('invalid_request', `The input cannot be used: ${why}.`, { param: 'input' });
}

function addCall(turns: Turn[], { callId, name, arguments: args }: CallItem): void {
  const call: ToolCall = { id: callId, name, arguments: args };
  const last = turns.at(-1);
  if (last?.role !== 'assistant') turns.push({ role: 'assistant', parts: [], toolCalls: [call] });
  else turns[turns.length - 1] = { ...last, toolCalls: [...(last.toolCalls ?? []), call] };
}

// OpenAI renamed the system role; chat templates know the old name.
function roleOf({ role }: MessageItem): ChatMessage['role'] {
  return role === 'developer' ? 'system' : role;
}

function inWords({ parts, ...turn }: Turn): ChatMessage {
  return { ...turn, content: parts.map((part) => (part.kind === 'text' ? part.text : '')).join('\n') };
}

function withPictures({ parts, ...turn }: Turn): VisionMessage {
  return {
    ...turn,
    parts: parts.map((part) => (part.kind === 'text' ? { type: 'text', text: part.text } : { type: 'image' })),
  };
}
