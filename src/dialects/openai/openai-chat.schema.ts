import { ApiProperty } from '@nestjs/swagger';
import { IsArray, IsBoolean, IsDefined, IsInt, IsObject, IsOptional, Max, Min } from 'class-validator';
import type { FinishReason } from '../../inference/text-tasks.js';
import { OpenAiAnswer } from './openai-answer.schema.js';
import { OpenAiSamplingRequest } from './openai-sampling.schema.js';
import { IsMessages } from './validators.js';

export class OpenAiContentPart {
  /**
   * `text` or `image_url`
   * @example "text"
   */
  type!: string;

  /**
   * The text of a `text` part
   * @example "Hello!"
   */
  text?: string;

  /** The picture of an `image_url` part, for a model that reads them: an http(s) link or a data URI, at most 20 MB */
  @ApiProperty({
    required: false,
    oneOf: [{ type: 'object', required: ['url'], properties: { url: { type: 'string' } } }, { type: 'string' }],
    example: { url: 'data:image/png;base64,…' },
  })
  image_url?: string | { readonly url?: unknown };
}

export class OpenAiMessage {
  /**
   * Who speaks
   * @example "user"
   */
  role!: 'system' | 'developer' | 'user' | 'assistant';

  @ApiProperty({
    description: 'What is said: a text, or a list of parts',
    oneOf: [{ type: 'string' }, { type: 'array', items: { $ref: '#/components/schemas/OpenAiContentPart' } }],
    example: 'Hello!',
  })
  content!: string | OpenAiContentPart[] | null;
}

export class OpenAiChatRequest extends OpenAiSamplingRequest {
  /** The conversation so far */
  @IsDefined()
  @IsMessages()
  @ApiProperty({ type: [OpenAiMessage], example: [{ role: 'user', content: 'Hello!' }] })
  messages!: OpenAiMessage[];

  /**
   * OpenAI's newer name of max_tokens; wins over it
   * @example 64
   */
  @IsOptional()
  @IsInt()
  @Min(1)
  max_completion_tokens?: number;

  /**
   * Only `{"type": "text"}` is honoured yet; others are refused with 400
   * @example { "type": "text" }
   */
  @IsOptional()
  @IsObject()
  response_format?: object;

  /** Not honoured yet: refused with 400 unless empty */
  @IsOptional()
  @IsArray()
  tools?: object[];

  /** Not honoured yet: refused with 400 unless `none` or `auto` */
  @IsOptional()
  @ApiProperty({ required: false, oneOf: [{ type: 'string' }, { type: 'object' }], example: 'none' })
  tool_choice?: string | object;

  /**
   * Not honoured yet: refused with 400 when true
   * @example false
   */
  @IsOptional()
  @IsBoolean()
  logprobs?: boolean;

  /**
   * Not honoured yet: refused with 400 unless 0
   * @example 0
   */
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(20)
  top_logprobs?: number;

  /** Not honoured: refused with 400 */
  @IsOptional()
  @IsArray()
  functions?: object[];

  /** Not honoured: refused with 400 */
  @IsOptional()
  @ApiProperty({ required: false, oneOf: [{ type: 'string' }, { type: 'object' }], example: 'none' })
  function_call?: string | object;

  /** Only `["text"]` */
  @IsOptional()
  @IsArray()
  modalities?: string[];
}

export class OpenAiAnswerMessage {
  /**
   * Always `assistant`
   * @example "assistant"
   */
  role!: string;

  /**
   * The answer
   * @example "Hello! How can I help you today?"
   */
  content!: string;
}

export class OpenAiChatChoice {
  /**
   * Number of the choice, from 0
   * @example 0
   */
  index!: number;

  /** The answer as a message */
  message!: OpenAiAnswerMessage;

  @ApiProperty({
    type: 'object',
    nullable: true,
    example: null,
    description: 'Not honoured yet',
    additionalProperties: true,
  })
  logprobs!: null;

  /**
   * `stop`: the model or a stop text ended it; `length`: the limit did
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
