import { ApiProperty } from '@nestjs/swagger';
import { IsBoolean, IsDefined, IsOptional } from 'class-validator';
import { OpenAiUsage } from './openai-chat.schema.js';
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

  /** Refused with 400: no engine fills in yet */
  @IsOptional()
  suffix?: string;

  /** Not honoured yet: refused with 400 */
  @IsOptional()
  logprobs?: number;

  /** Refused with 400 unless it equals n */
  @IsOptional()
  best_of?: number;
}

export class OpenAiCompletionChoice {
  index!: number;

  /** @example ", there was a fox." */
  text!: string;

  @ApiProperty({ type: 'object', nullable: true, example: null, description: 'Not honoured yet', additionalProperties: true })
  logprobs!: null;

  /** @example "stop" */
  finish_reason!: 'stop' | 'length';
}

export class OpenAiCompletionResponse {
  /** @example "cmpl-7f3c" */
  id!: string;

  /** @example "text_completion" */
  object!: string;

  /** Seconds since 1970 */
  created!: number;

  /** @example "starter-chat" */
  model!: string;

  choices!: OpenAiCompletionChoice[];

  usage!: OpenAiUsage;

  /** 0: success
   * @example 0
   */
  code!: number;

  /** @example "success" */
  message!: string;
}
