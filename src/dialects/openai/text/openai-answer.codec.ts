import { randomUUID } from 'node:crypto';
import type { WholeAnswer } from '../../../domains/generate/text-answer.js';
import type { TokenChance, TokenLogprob } from '../../../inference/answer-wishes.js';
import type { ToolCall } from '../../../inference/chat-tools.js';
import type { OpenAiUsage } from '../openai-answer.schema.js';
import type { OpenAiAnswerMessage, OpenAiChatResponse } from './openai-chat-answer.schema.js';
import type { OpenAiCompletionResponse } from './openai-completion.schema.js';
import type { OpenAiChatLogprobs, OpenAiCompletionLogprobs, OpenAiTokenChance } from './openai-logprobs.schema.js';
import type { OpenAiToolCall } from './openai-tools.schema.js';

const SUCCESS = { code: 0, message: 'success' } as const;

/** What all objects of one answer have in common. */
export interface AnswerHead {
  readonly id: string;
  readonly created: number;
  readonly model: string;
  readonly system_fingerprint: string;
}

export function headOf(prefix: 'chatcmpl' | 'cmpl', model: string, fingerprint: string): AnswerHead {
  return {
    id: `${prefix}-${randomUUID().replaceAll('-', '')}`,
    created: Math.floor(Date.now() / 1000),
    model,
    system_fingerprint: fingerprint,
  };
}

/** What is counted of an answer. */
export type Counts = Pick<WholeAnswer, 'promptTokens' | 'completionTokens' | 'cachedTokens' | 'reasoningTokens'>;

/** @param answers Prompt by prompt, each prompt's choices together. */
export function usageOf(answers: readonly Counts[], prompts: number): OpenAiUsage {
  const perPrompt = Math.max(1, Math.round(answers.length / Math.max(1, prompts)));
  // Choices of one prompt share it: it is counted once, as its first choice found it.
  const firsts = answers.filter((_, index) => index % perPrompt === 0);
  const promptTokens = total(firsts, (answer) => answer.promptTokens);
  const completionTokens = total(answers, (answer) => answer.completionTokens);
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
    prompt_tokens_details: { cached_tokens: total(firsts, (answer) => answer.cachedTokens) },
    completion_tokens_details: { reasoning_tokens: total(answers, (answer) => answer.reasoningTokens) },
  };
}

function total(answers: readonly Counts[], count: (answer: Counts) => number): number {
  return answers.reduce((sum, answer) => sum + count(answer), 0);
}

export function toChatResponse(
  head: AnswerHead,
  answers: readonly WholeAnswer[],
  withLogprobs: boolean,
): OpenAiChatResponse {
  return {
    ...head,
    object: 'chat.completion',
    choices: answers.map((answer, index) => ({
      index,
      message: toMessage(answer),
      logprobs: withLogprobs ? toChatLogprobs(answer.logprobs) : null,
      finish_reason: answer.finishReason,
    })),
    usage: usageOf(answers, 1),
    ...SUCCESS,
  };
}

function toMessage({ text, reasoning, toolCalls }: WholeAnswer): OpenAiAnswerMessage {
  return {
    role: 'assistant',
    content: text === '' && toolCalls.length > 0 ? null : text,
    refusal: null,
    ...(reasoning !== '' && { reasoning_content: reasoning }),
    ...(toolCalls.length > 0 && { tool_calls: toolCalls.map(toWireCall) }),
  };
}

function toWireCall({ id, name, arguments: text }: ToolCall): OpenAiToolCall {
  return { id, type: 'function', function: { name, arguments: text } };
}

export function toCompletionResponse(
  head: AnswerHead,
  answers: readonly WholeAnswer[],
  prompts: readonly string[],
  options: { readonly echo: boolean; readonly logprobs: boolean },
): OpenAiCompletionResponse {
  const perPrompt = answers.length / prompts.length;
  return {
    ...head,
    object: 'text_completion',
    choices: answers.map((answer, index) => ({
      index,
      text: (options.echo ? (prompts[Math.floor(index / perPrompt)] ?? '') : '') + answer.text,
      logprobs: options.logprobs ? toCompletionLogprobs(answer.logprobs, 0) : null,
      finish_reason: answer.finishReason,
    })),
    usage: usageOf(answers, prompts.length),
    ...SUCCESS,
  };
}

export function toChatLogprobs(logprobs: readonly TokenLogprob[]): OpenAiChatLogprobs {
  return {
    content: logprobs.map((logprob) => ({ ...toWireChance(logprob), top_logprobs: logprob.top.map(toWireChance) })),
    refusal: null,
  };
}

function toWireChance({ text, logprob, bytes }: TokenChance): OpenAiTokenChance {
  return { token: text, logprob, bytes: bytes === null ? null : [...bytes] };
}

/** @param offset Where the first token begins in the choice's text, in characters. */
export function toCompletionLogprobs(logprobs: readonly TokenLogprob[], offset: number): OpenAiCompletionLogprobs {
  let next = offset;
  return {
    tokens: logprobs.map(({ text }) => text),
    token_logprobs: logprobs.map(({ logprob }) => logprob),
    top_logprobs: logprobs.some(({ top }) => top.length > 0)
      ? logprobs.map(({ top }) => Object.fromEntries(top.map(({ text, logprob }) => [text, logprob])))
      : null,
    text_offset: logprobs.map(({ text }) => {
      const start = next;
      next += text.length;
      return start;
    }),
  };
}
