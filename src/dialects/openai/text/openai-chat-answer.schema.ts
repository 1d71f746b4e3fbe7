import type { FinishReason } from '../../../inference/text-tasks.js';
import { OpenAiAnswer } from '../openai-answer.schema.js';
import { OpenAiChatLogprobs } from './openai-logprobs.schema.js';
import { OpenAiToolCall } from './openai-tools.schema.js';

export class OpenAiAnswerMessage {
  /**
   * Always `assistant`
   * @example "assistant"
   */
  role!: string;

  /**
   * The answer; null where the model only calls tools
   * @example "Hello! How can I help you today?"
   */
  content!: string | null;

  /** Always null: nothing is refused in words of its own */
  refusal!: string | null;

  /** What a model that reasons thought before it answered */
  reasoning_content?: string;

  /** The calls that the model asks for */
  tool_calls?: OpenAiToolCall[];
}

export class OpenAiChatChoice {
  /**
   * Number of the choice, from 0
   * @example 0
   */
  index!: number;

  /** The answer as a message */
  message!: OpenAiAnswerMessage;

  /** How probable the answer's tokens were; null unless asked for */
  logprobs!: OpenAiChatLogprobs | null;

  /**
   * `stop`: the model or a stop text ended it; `length`: the limit did; `tool_calls`: it waits for what tools answer
   * @example "stop"
   */
  finish_reason!: FinishReason;
}

export class OpenAiChatResponse extends OpenAiAnswer {
  /**
   * Name of this answer
   * @example "chatcmpl-7f3c"
   */
  id!: string;

  /**
   * Always `chat.completion`
   * @example "chat.completion"
   */
  object!: string;

  /** The answers */
  choices!: OpenAiChatChoice[];
}
