import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  IsArray,
  IsBoolean,
  IsDefined,
  IsIn,
  IsInt,
  IsNumber,
  IsObject,
  IsOptional,
  IsString,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';

export class OpenAiResponseText {
  /** `{"type": "text"}`, `{"type": "json_object"}`, or `{"type": "json_schema", "name": …, "schema": …}` */
  @IsOptional()
  @IsObject()
  @ApiPropertyOptional({ type: 'object', additionalProperties: true, example: { type: 'text' } })
  format?: object;

  /**
   * Only `medium`: others are refused with 400
   * @example "medium"
   */
  @IsOptional()
  @IsString()
  verbosity?: string;
}

export class OpenAiResponseStreamOptions {
  /** Not honoured: refused with 400 when true */
  @IsOptional()
  @IsBoolean()
  include_obfuscation?: boolean;
}

/** What decides how the model answers. */
export class OpenAiResponseWishes {
  /**
   * A model's id; absent: the default text model, or the default vision model for a conversation with pictures
   * @example "starter-chat"
   */
  @IsOptional()
  @IsString()
  model?: string;

  /** The form of the answer */
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => OpenAiResponseText)
  text?: OpenAiResponseText;

  /** Functions that the model may ask the client to call; tools of other types are refused with 400 */
  @IsOptional()
  @IsArray()
  @ApiPropertyOptional({
    type: 'array',
    items: { type: 'object', additionalProperties: true },
    example: [
      {
        type: 'function',
        name: 'get_weather',
        parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
      },
    ],
  })
  tools?: object[];

  /** `auto`, `none`, `required`, `{"type": "function", "name": …}`, or `{"type": "allowed_tools", …}` */
  @IsOptional()
  @ApiPropertyOptional({
    oneOf: [{ type: 'string' }, { type: 'object', additionalProperties: true }],
    example: 'auto',
  })
  tool_choice?: string | object;

  /** false: one call an answer at most */
  @IsOptional()
  @IsBoolean()
  parallel_tool_calls?: boolean = true;

  /**
   * Most tokens to generate, reasoning included; absent: until the model ends or the context is full
   * @example 64
   */
  @IsOptional()
  @IsInt()
  @Min(1)
  max_output_tokens?: number;

  /**
   * 0 is greedy decoding; absent: the model's default
   * @example 0.7
   */
  @IsOptional()
  @IsNumber()
  @Min(0)
  @Max(2)
  temperature?: number;

  /**
   * Nucleus mass kept
   * @example 0.9
   */
  @IsOptional()
  @IsNumber()
  @Min(0)
  @Max(1)
  top_p?: number;

  /**
   * Alternatives to tell of each token, with its log probability
   * @example 0
   */
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(20)
  top_logprobs?: number;

  /**
   * `auto` leaves out the oldest messages of a conversation that does not fit the context; `disabled` refuses it
   * @example "disabled"
   */
  @IsOptional()
  @IsIn(['auto', 'disabled'])
  truncation?: 'auto' | 'disabled' = 'disabled';
}

/** What is refused, unless it asks for nothing, and what changes nothing. */
export class OpenAiResponseExtras extends OpenAiResponseWishes {
  /** Not honoured: refused with 400 when true */
  @IsOptional()
  @IsBoolean()
  background?: boolean;

  /** Not honoured: refused with 400 */
  @IsOptional()
  @ApiPropertyOptional({ oneOf: [{ type: 'string' }, { type: 'object' }] })
  conversation?: string | object;

  /** Not honoured: refused with 400 unless empty */
  @IsOptional()
  @IsArray()
  context_management?: object[];

  /** Not honoured: refused with 400 */
  @IsOptional()
  @IsObject()
  prompt?: object;

  /** Not honoured: refused with 400 unless all that is in it is null */
  @IsOptional()
  @IsObject()
  @ApiPropertyOptional({ type: 'object', additionalProperties: true })
  reasoning?: object;

  /** Only `auto` and `default` */
  @IsOptional()
  @IsString()
  service_tier?: string;

  /** Counts calls of built-in tools, of which there are none */
  @IsOptional()
  @IsInt()
  @Min(1)
  max_tool_calls?: number;

  /**
   * Names the end user; not used
   * @example "user-42"
   */
  @IsOptional()
  @IsString()
  user?: string;

  /** Names the end user; not used */
  @IsOptional()
  @IsString()
  safety_identifier?: string;

  /** Not used: what the KV cache holds is found by the prompt itself */
  @IsOptional()
  @IsString()
  prompt_cache_key?: string;

  /** Not used: the KV cache holds what it has room for */
  @IsOptional()
  @IsString()
  prompt_cache_retention?: string;
}

export class OpenAiResponseRequest extends OpenAiResponseExtras {
  /**
   * A text, or items: `message` (`input_text`, `input_image` by `image_url`), `function_call`, `function_call_output`,
   * `reasoning`, `item_reference`
   */
  @IsDefined()
  @ApiProperty({
    oneOf: [{ type: 'string' }, { type: 'array', items: { type: 'object', additionalProperties: true } }],
    example: 'Hello!',
  })
  input!: string | object[];

  /**
   * A system message for this response alone
   * @example "Be brief."
   */
  @IsOptional()
  @IsString()
  instructions?: string;

  /**
   * The response to go on from: its conversation comes before the input
   * @example "resp_0f8c2b7e4c1d4d0f9a3b5c6d7e8f9a0b"
   */
  @IsOptional()
  @IsString()
  previous_response_id?: string;

  /** false: the response cannot be asked for again, nor gone on from */
  @IsOptional()
  @IsBoolean()
  store?: boolean = true;

  /** true streams the answer as server-sent events */
  @IsOptional()
  @IsBoolean()
  stream?: boolean = false;

  /** More about the stream */
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => OpenAiResponseStreamOptions)
  stream_options?: OpenAiResponseStreamOptions;

  /**
   * More to tell: `message.output_text.logprobs`. What belongs to built-in tools, of which there are none, is taken;
   * `reasoning.encrypted_content` is refused with 400
   * @example ["message.output_text.logprobs"]
   */
  @IsOptional()
  @IsArray()
  include?: string[];

  /** At most 16 pairs, told with the response: names up to 64 characters, texts up to 512 */
  @IsOptional()
  @IsObject()
  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: { type: 'string' },
    example: { topic: 'weather' },
  })
  metadata?: object;
}

export class OpenAiResponseQuery {
  /** Not honoured: refused with 400 when true */
  @IsOptional()
  @IsIn(['true', 'false'])
  stream?: 'true' | 'false';
}

export class OpenAiInputItemsQuery {
  /** The id of an item: what follows it is listed */
  @IsOptional()
  @IsString()
  after?: string;

  /**
   * Most items to list
   * @example 20
   */
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(100)
  limit?: number = 20;

  /**
   * `desc`: the newest first
   * @example "desc"
   */
  @IsOptional()
  @IsIn(['asc', 'desc'])
  order?: 'asc' | 'desc' = 'desc';
}
