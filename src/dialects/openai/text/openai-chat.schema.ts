import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsDefined,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import { OpenAiSamplingRequest } from './openai-sampling.schema.js';
import { OpenAiResponseFormat, OpenAiTool, OpenAiToolCall, type OpenAiNamedChoice } from './openai-tools.schema.js';
import { IsMessages, IsToolChoice } from './validators.js';

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
  role!: 'system' | 'developer' | 'user' | 'assistant' | 'tool';

  @ApiProperty({
    description: 'What is said: a text, or a list of parts',
    oneOf: [{ type: 'string' }, { type: 'array', items: { $ref: '#/components/schemas/OpenAiContentPart' } }],
    example: 'Hello!',
  })
  content?: string | OpenAiContentPart[] | null;

  /** Of an assistant: the calls that it made */
  tool_calls?: OpenAiToolCall[] | null;

  /**
   * Of a tool: which call it answers
   * @example "call_Xf8q"
   */
  tool_call_id?: string;
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

  /** The form of the answer; `json_object` and `json_schema` hold the model to it */
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => OpenAiResponseFormat)
  response_format?: OpenAiResponseFormat;

  /** Functions that the model may ask you to call */
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(128)
  @IsObject({ each: true }) // lists in the list would pass as nested
  @ValidateNested({ each: true })
  @Type(() => OpenAiTool)
  tools?: OpenAiTool[];

  /** `auto` (the default where there are tools), `none`, `required`, or a function that must be called */
  @IsOptional()
  @IsToolChoice()
  @ApiProperty({
    required: false,
    oneOf: [
      { type: 'string', enum: ['auto', 'none', 'required'] },
      {
        type: 'object',
        required: ['type', 'function'],
        properties: {
          type: { type: 'string', enum: ['function'] },
          function: { type: 'object', required: ['name'], properties: { name: { type: 'string' } } },
        },
      },
    ],
    example: 'auto',
  })
  tool_choice?: 'auto' | 'none' | 'required' | OpenAiNamedChoice;

  /**
   * false: at most one call in an answer
   * @example true
   */
  @IsOptional()
  @IsBoolean()
  parallel_tool_calls?: boolean = true;

  /**
   * true tells how probable each token of the answer was
   * @example false
   */
  @IsOptional()
  @IsBoolean()
  logprobs?: boolean;

  /**
   * How many alternatives to tell of each token; needs `logprobs`
   * @example 0
   */
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(20)
  top_logprobs?: number;

  /** The old name of `tools`: refused with 400 */
  @IsOptional()
  @IsArray()
  functions?: object[];

  /** The old name of `tool_choice`: refused with 400 unless `none` or `auto` */
  @IsOptional()
  @ApiProperty({ required: false, oneOf: [{ type: 'string' }, { type: 'object' }], example: 'none' })
  function_call?: string | object;

  /** Only `["text"]` */
  @IsOptional()
  @IsArray()
  modalities?: string[];

  /**
   * Refused with 400 unless `none`: how long a model thinks is its own affair
   * @example "none"
   */
  @IsOptional()
  @IsString()
  reasoning_effort?: string;

  /**
   * Refused with 400 unless `medium`
   * @example "medium"
   */
  @IsOptional()
  @IsString()
  verbosity?: string;

  /**
   * true is refused with 400: only `/v1/responses` keeps answers
   * @example false
   */
  @IsOptional()
  @IsBoolean()
  store?: boolean;

  /** Refused with 400: there is no web search */
  @IsOptional()
  @IsObject()
  web_search_options?: object;

  /** Refused with 400: answers are text; `/v1/audio/speech` speaks */
  @IsOptional()
  @IsObject()
  audio?: object;
}
