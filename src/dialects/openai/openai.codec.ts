import { randomUUID } from 'node:crypto';
import type { GenerateRequest } from '../../generate/generate.service.js';
import type { WholeAnswer } from '../../generate/text-answer.js';
import { ParleyError } from '../../inference/errors.js';
import type { Sampling } from '../../inference/task-basics.js';
import type { ChatMessage, VisionPart } from '../../inference/text-tasks.js';
import type { OpenAiChatRequest, OpenAiChatResponse, OpenAiContentPart, OpenAiMessage } from './openai-chat.schema.js';
import type { OpenAiUsage } from './openai-answer.schema.js';
import type { OpenAiCompletionRequest, OpenAiCompletionResponse } from './openai-completion.schema.js';
import type { OpenAiSamplingRequest } from './openai-sampling.schema.js';
import { refuseUnsupportedCompletion } from './unsupported.js';

const SUCCESS = { code: 0, message: 'success' } as const;

/** What all objects of one answer have in common. */
export interface AnswerHead {
  readonly id: string;
  readonly created: number;
  readonly model: string;
}

export function headOf(prefix: 'chatcmpl' | 'cmpl', model: string): AnswerHead {
  return { id: `${prefix}-${randomUUID().replaceAll('-', '')}`, created: Math.floor(Date.now() / 1000), model };
}

function samplingOf(body: OpenAiSamplingRequest): Partial<Sampling> {
  const pairs: [keyof Sampling, number | null | undefined][] = [
    ['temperature', body.temperature],
    ['topP', body.top_p],
    ['topK', body.top_k],
    ['minP', body.min_p],
    ['seed', body.seed],
    ['presencePenalty', body.presence_penalty],
    ['frequencyPenalty', body.frequency_penalty],
    ['repeatPenalty', body.repeat_penalty],
  ];
  return Object.fromEntries(pairs.filter(([, value]) => typeof value === 'number'));
}

function shared(body: OpenAiSamplingRequest): Pick<GenerateRequest, 'model' | 'sampling' | 'stop'> {
  return {
    model: body.model ?? undefined,
    sampling: samplingOf(body),
    stop: [body.stop ?? []].flat(),
  };
}

function partsOf({ content }: OpenAiMessage): readonly OpenAiContentPart[] {
  return typeof content === 'string' ? [{ type: 'text', text: content }] : (content ?? []);
}

function textOf(message: OpenAiMessage): string {
  return partsOf(message)
    .map(({ text }) => text ?? '')
    .join('\n');
}

function toVisionPart(part: OpenAiContentPart): VisionPart {
  return part.type === 'image_url' ? { type: 'image' } : { type: 'text', text: part.text ?? '' };
}

// OpenAI renamed the system role; chat templates know the old name.
function roleOf(message: OpenAiMessage, index: number): ChatMessage['role'] {
  const { role } = message as { role: string };
  if (role === 'tool' || role === 'function') {
    throw new ParleyError('invalid_request', `Messages of the role "${role}" are not supported.`, {
      param: `messages.${String(index)}.role`,
    });
  }
  return message.role === 'developer' ? 'system' : message.role;
}

/** Links to the pictures of a chat, in their order. Throws `invalid_request` for a part that has none. */
export function pictureLinksOf({ messages }: OpenAiChatRequest): string[] {
  return messages.flatMap((message) =>
    partsOf(message)
      .filter(({ type }) => type === 'image_url')
      .map(({ image_url: link }) => linkOf(link)),
  );
}

function linkOf(link: OpenAiContentPart['image_url']): string {
  const url = typeof link === 'string' ? link : link?.url;
  if (typeof url === 'string') return url;
  throw new ParleyError('invalid_request', 'image_url must have a url: http(s), or a data URI.', { param: 'messages' });
}

/** `images`: the files behind {@link pictureLinksOf}. */
export function toChatRequest(body: OpenAiChatRequest, images: readonly Uint8Array[]): GenerateRequest {
  return {
    ...shared(body),
    prompt: promptOf(body.messages, images),
    maxTokens: body.max_completion_tokens ?? body.max_tokens ?? undefined,
  };
}

function promptOf(messages: readonly OpenAiMessage[], images: readonly Uint8Array[]): GenerateRequest['prompt'] {
  if (images.length === 0) {
    return {
      kind: 'messages',
      messages: messages.map((message, index) => ({ role: roleOf(message, index), content: textOf(message) })),
    };
  }
  return {
    kind: 'pictures',
    messages: messages.map((message, index) => ({
      role: roleOf(message, index),
      parts: partsOf(message).map(toVisionPart),
    })),
    images,
  };
}

/** One request for each prompt. */
export function toCompletionRequests(body: OpenAiCompletionRequest): GenerateRequest[] {
  refuseUnsupportedCompletion(body);
  return [body.prompt].flat().map((text) => ({
    ...shared(body),
    prompt: { kind: 'raw', text },
    maxTokens: body.max_tokens ?? undefined,
  }));
}

export function usageOf(
  answers: readonly Pick<WholeAnswer, 'promptTokens' | 'completionTokens' | 'cachedTokens'>[],
  promptsCounted: number,
): OpenAiUsage {
  const sum = (count: (answer: (typeof answers)[number]) => number): number =>
    answers.reduce((total, answer) => total + count(answer), 0);
  // Choices of one prompt share it: it is counted once.
  const share = answers.length === 0 ? 0 : promptsCounted / answers.length;
  const promptTokens = Math.round(sum((answer) => answer.promptTokens) * share);
  const completionTokens = sum((answer) => answer.completionTokens);
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
    prompt_tokens_details: { cached_tokens: Math.round(sum((answer) => answer.cachedTokens) * share) },
  };
}

export function toChatResponse(head: AnswerHead, answers: readonly WholeAnswer[]): OpenAiChatResponse {
  return {
    ...head,
    object: 'chat.completion',
    choices: answers.map((answer, index) => ({
      index,
      message: { role: 'assistant', content: answer.text },
      logprobs: null,
      finish_reason: answer.finishReason,
    })),
    usage: usageOf(answers, 1),
    ...SUCCESS,
  };
}

export function toCompletionResponse(
  head: AnswerHead,
  answers: readonly WholeAnswer[],
  prompts: readonly string[],
  echo: boolean,
): OpenAiCompletionResponse {
  const perPrompt = answers.length / prompts.length;
  return {
    ...head,
    object: 'text_completion',
    choices: answers.map((answer, index) => ({
      index,
      text: (echo ? (prompts[Math.floor(index / perPrompt)] ?? '') : '') + answer.text,
      logprobs: null,
      finish_reason: answer.finishReason,
    })),
    usage: usageOf(answers, prompts.length),
    ...SUCCESS,
  };
}
