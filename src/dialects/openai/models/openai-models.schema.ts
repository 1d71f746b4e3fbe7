import { ApiProperty } from '@nestjs/swagger';

/** What a model can be asked for, in words. */
export const MODEL_CAPABILITIES = [
  'completion',
  'chat',
  'vision',
  'ocr',
  'embeddings',
  'rerank',
  'images',
  'image-edits',
  'speech',
] as const;

export type ModelCapability = (typeof MODEL_CAPABILITIES)[number];

export type ModelState = 'loaded' | 'loading' | 'unloaded';

export class OpenAiModel {
  /**
   * What requests call the model
   * @example "starter-chat"
   */
  id!: string;

  /**
   * Always `model`
   * @example "model"
   */
  object!: string;

  /**
   * Seconds since 1970
   * @example 1795230540
   */
  created!: number;

  /**
   * Who published it
   * @example "parley"
   */
  owned_by!: string;

  /** The id again, as the AI Model Interface Standard spells it
   * @example "starter-chat"
   */
  model!: string;

  /** Absolute URL of the route that serves the model
   * @example "http://127.0.0.1:8000/v1/chat/completions"
   */
  url!: string;

  /**
   * What it can be asked for
   * @example ["completion", "chat"]
   */
  @ApiProperty({ enum: MODEL_CAPABILITIES, isArray: true, example: ['completion', 'chat'] })
  capabilities!: ModelCapability[];

  /**
   * Tokens that a request may take, answer included: of a loaded model as it was loaded, else as the catalogue says.
   * null: not known before it is loaded, or it reads no tokens
   * @example 1024
   */
  @ApiProperty({ type: 'integer', nullable: true, example: 1024 })
  context_length!: number | null;

  /**
   * The same, as vLLM spells it
   * @example 1024
   */
  @ApiProperty({ type: 'integer', nullable: true, example: 1024 })
  max_model_len!: number | null;

  /**
   * Whether it is in memory
   * @example "loaded"
   */
  @ApiProperty({ enum: ['loaded', 'loading', 'unloaded'], example: 'loaded' })
  state!: ModelState;
}

export class OpenAiModelList {
  /**
   * Name of this service
   * @example "parley"
   */
  project!: string;

  /**
   * Always `list`
   * @example "list"
   */
  object!: string;

  /** The models */
  data!: OpenAiModel[];
}

export class OpenAiErrorDetail {
  /**
   * What went wrong, and what to do
   * @example "There is no model named \"nope\"."
   */
  message!: string;

  /**
   * OpenAI's kind of error
   * @example "invalid_request_error"
   */
  type!: string;

  /** The field that is at fault
   * @example "temperature"
   */
  param!: string | null;

  /**
   * The error's code
   * @example "validation"
   */
  code!: string | null;
}

export class OpenAiError {
  /** OpenAI's error object */
  error!: OpenAiErrorDetail;

  /** The HTTP status; never 0
   * @example 400
   */
  code!: number;

  /**
   * The message again
   * @example "There is no model named \"nope\"."
   */
  message!: string;
}
