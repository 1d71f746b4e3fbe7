import { Transform, Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsDivisibleBy,
  IsInt,
  IsOptional,
  IsString,
  Max,
  Min,
  MinLength,
} from 'class-validator';
import { JsonScan } from '../../http/body/json-scan.js';

export class MlBackendModelRequest {
  /**
   * Name of the model
   * @example "starter-chat"
   */
  @IsString()
  @MinLength(1)
  model_name!: string;
}

export class MlBackendLaunchRequest extends MlBackendModelRequest {
  /** Context size in tokens; the model's own is the most */
  @IsOptional()
  @IsInt()
  @Min(64)
  @Max(1_048_576)
  n_ctx?: number = 8192;
}

export class MlBackendFromTextRequest extends MlBackendModelRequest {
  /**
   * The next question of the conversation
   * @example "My name is Wendy."
   */
  @IsString()
  @MinLength(1)
  prompt!: string;

  /** Most tokens to generate */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(1_048_576)
  max_new_tokens?: number = 512;
}

export class MlBackendFromImageTextForm extends MlBackendModelRequest {
  /**
   * What to ask about the pictures
   * @example "Describe this image."
   */
  @IsString()
  prompt!: string;

  /** Most tokens to generate */
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(1_048_576)
  max_new_tokens?: number = 512;

  /**
   * Links to pictures, http(s) or data URIs: the field several times, or one JSON array
   * @example ["https://example.org/circle.png"]
   */
  @IsOptional()
  @Transform(({ value }) => listOf(value))
  @IsArray()
  @ArrayMaxSize(1000)
  @IsString({ each: true })
  image_links?: string[];
}

/** A field once, several times, or once with a JSON array. */
function listOf(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  if (!value.trimStart().startsWith('[')) return [value];
  const bytes = Buffer.from(value);
  const scan = new JsonScan(bytes);
  scan.scanTo(bytes.length);
  if (scan.exceeded !== null) return [value];
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return [value];
  }
}

export class MlBackendDrawRequest extends MlBackendModelRequest {
  /**
   * What to draw
   * @example "a red circle on a blue background"
   */
  @IsString()
  @MinLength(1)
  prompt!: string;

  /** Width and height in pixels, a multiple of 8 up to the model's limit */
  @IsOptional()
  @IsInt()
  @Min(64)
  @Max(4096)
  @IsDivisibleBy(8)
  image_size?: number = 1024;
}

export class MlBackendSpeechRequest extends MlBackendModelRequest {
  /**
   * What to say
   * @example "Hello, and welcome."
   */
  @IsString()
  @MinLength(1)
  prompt!: string;
}

export class MlBackendSystemPromptRequest extends MlBackendModelRequest {
  /**
   * Replaces the system prompt of the conversation
   * @example "Answer like a pirate."
   */
  @IsString()
  system_prompt!: string;
}

export class MlBackendIsHeavyResponse {
  /**
   * Whether the model needs FULL_VERSION
   * @example false
   */
  is_heavy!: boolean;
}

export class MlBackendError {
  /**
   * What went wrong, and what to do
   * @example "There is no model named \"nope\"."
   */
  detail!: string;
}

export class MlBackendIssue {
  /**
   * Where: `body`, then the way to the field
   * @example ["body", "model_name"]
   */
  loc!: string[];

  /**
   * What is wrong, for people
   * @example "model_name must be a string"
   */
  msg!: string;

  /**
   * The broken rule's name
   * @example "string_type"
   */
  type!: string;
}

export class MlBackendValidationError {
  /** Every field that is wrong */
  detail!: MlBackendIssue[];
}
