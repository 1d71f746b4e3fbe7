import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsBoolean, IsInt, IsNumber, IsObject, IsOptional, IsString, Max, Min, ValidateNested } from 'class-validator';
import { IsLogitBias, IsStop } from './validators.js';

export class OpenAiStreamOptions {
  /** true adds a last chunk with the usage of the whole request */
  @IsOptional()
  @IsBoolean()
  include_usage?: boolean = false;
}

/** Fields that chat and text completions share. */
export class OpenAiSamplingRequest {
  /**
   * A model's id; absent: the default text model
   * @example "starter-chat"
   */
  @IsOptional()
  @IsString()
  model?: string;

  /** true streams the answer as server-sent events */
  @IsOptional()
  @IsBoolean()
  stream?: boolean = false;

  /** More about the stream */
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => OpenAiStreamOptions)
  stream_options?: OpenAiStreamOptions;

  /**
   * Most tokens to generate; absent: until the model ends or the context is full
   * @example 64
   */
  @IsOptional()
  @IsInt()
  @Min(1)
  max_tokens?: number;

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
   * Most probable tokens kept; 0 keeps all
   * @example 40
   */
  @IsOptional()
  @IsInt()
  @Min(0)
  top_k?: number;

  /**
   * Tokens below this share of the best probability are dropped
   * @example 0.05
   */
  @IsOptional()
  @IsNumber()
  @Min(0)
  @Max(1)
  min_p?: number;

  /**
   * Equal seeds give equal answers
   * @example 7
   */
  @IsOptional()
  @IsInt()
  @Min(Number.MIN_SAFE_INTEGER)
  @Max(Number.MAX_SAFE_INTEGER)
  seed?: number;

  /** Up to four texts that end the answer */
  @IsOptional()
  @IsStop()
  @ApiProperty({
    required: false,
    oneOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' }, maxItems: 4 }],
    example: ['\n\n'],
  })
  stop?: string | string[];

  /** Answers to give */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(8)
  n?: number = 1;

  /**
   * Penalty of tokens that were used at all
   * @example 0
   */
  @IsOptional()
  @IsNumber()
  @Min(-2)
  @Max(2)
  presence_penalty?: number;

  /**
   * Penalty of tokens by how often they were used
   * @example 0
   */
  @IsOptional()
  @IsNumber()
  @Min(-2)
  @Max(2)
  frequency_penalty?: number;

  /**
   * Penalty of tokens that were used lately; 1 is off
   * @example 1.1
   */
  @IsOptional()
  @IsNumber()
  @Min(0.01)
  @Max(10)
  repeat_penalty?: number;

  /**
   * Names the end user; not used
   * @example "user-42"
   */
  @IsOptional()
  @IsString()
  user?: string;

  /**
   * Token id → what is added to its logit, −100 to 100
   * @example { "42": -100 }
   */
  @IsOptional()
  @IsLogitBias()
  @ApiProperty({
    selfRequired: false,
    type: 'object',
    additionalProperties: { type: 'number' },
    example: { '42': -100 },
  })
  logit_bias?: Record<string, number>;
}
