import { ApiProperty } from '@nestjs/swagger';
import { IsBoolean, IsDefined, IsInt, IsOptional, IsString, Max, Min } from 'class-validator';
import type { FinishReason } from '../../../inference/text-tasks.js';
import { OpenAiAnswer } from '../openai-answer.schema.js';
import { OpenAiCompletionLogprobs } from './openai-logprobs.schema.js';
import { OpenAiSamplingRequest } from './openai-sampling.schema.js';
import { IsPrompts } from './validators.js';

export class OpenAiCompletionRequest extends OpenAiSamplingRequest {
  /** Text to continue, or several */
  @IsDefined()
  @IsPrompts()
  @ApiProperty({
    oneOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }],
    example: 'Once upon a time',
  })
  prompt!: string | string[];

  /** true puts the prompt before the answer */
  @IsOptional()
  @IsBoolean()
  echo?: boolean = false;

  /**
   * Refused with 400: no engine fills in yet
   * @example ""
   */
  @IsOptional()
  @IsString()
  suffix?: string;

  /**
   * How many alternatives to tell of each token, beside its own log probability; not together with `echo`
   * @example 0
   */
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(20)
  logprobs?: number;

  /**
   * Refused with 400 unless it equals n
   * @example 1
   */
  @IsOptional()
  @IsInt()
  @Min(1)
  best_of?: number;
}

export class OpenAiCompletionChoice {
  /**
   * Number of the choice, from 0
   * @example 0
   */
  index!: number;

  /**
   * The text that continues the prompt
   * @example ", there was a fox."
   */
  text!: string;

  /** How probable the text's tokens were; null unless asked for */
  logprobs!: OpenAiCompletionLogprobs | null;

  /**
   * `stop`: the model or a stop text ended it; `length`: the limit did
   * @example "stop"
   */
  finish_reason!: FinishReason;
}

export class OpenAiCompletionResponse extends OpenAiAnswer {
  /**
   * Name of this answer
   * @example "cmpl-7f3c"
   */
  id!: string;

  /**
   * Always `text_completion`
   * @example "text_completion"
   */
  object!: string;

  /** The texts */
  choices!: OpenAiCompletionChoice[];
}
