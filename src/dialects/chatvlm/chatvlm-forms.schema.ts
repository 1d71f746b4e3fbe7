import { Type } from 'class-transformer';
import { IsIn, IsInt, IsNumber, IsOptional, IsString, Max, Min } from 'class-validator';

export class ChatvlmBatchForm {
  /**
   * The model that reads; default DEFAULT_OCR_MODEL
   * @example "starter-ocr"
   */
  @IsOptional()
  @IsString()
  model?: string;

  /**
   * What language the text is in: a hint for vision models
   * @example "Russian"
   */
  @IsOptional()
  @IsString()
  language?: string;
}

export class ChatvlmOcrForm extends ChatvlmBatchForm {
  /**
   * true adds `pages`: the lines with their places and confidence
   * @example "false"
   */
  @IsOptional()
  @IsIn(['true', 'false'])
  details?: 'true' | 'false';
}

export class ChatvlmChatForm {
  /**
   * The question
   * @default "Describe this image"
   */
  @IsOptional()
  @IsString()
  prompt?: string;

  /**
   * The model that answers; default DEFAULT_VISION_MODEL
   * @example "starter-vision"
   */
  @IsOptional()
  @IsString()
  model?: string;

  /** Sampling temperature; 0 is greedy. Default: the model's own */
  @IsOptional()
  @Type(() => Number)
  @IsNumber()
  @Min(0)
  @Max(1)
  temperature?: number;

  /** Most tokens of the answer */
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  max_tokens?: number;
}
