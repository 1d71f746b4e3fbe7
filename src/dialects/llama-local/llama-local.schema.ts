import { IsBoolean, IsInt, IsNumber, IsOptional, IsString, Max, Min, MinLength } from 'class-validator';

export class LlamaLocalGenerateRequest {
  /**
   * What to answer; goes through the model's chat template as one user message
   * @example "What is the capital of France?"
   */
  @IsString()
  @MinLength(1)
  prompt!: string;

  /** 0 is greedy decoding */
  @IsOptional()
  @IsNumber()
  @Min(0)
  @Max(2)
  temperature?: number = 0.7;

  /** Most tokens to generate */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(4096)
  max_tokens?: number = 512;

  /** Nucleus mass kept */
  @IsOptional()
  @IsNumber()
  @Min(0)
  @Max(1)
  top_p?: number = 0.9;

  /** Most probable tokens kept */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(100)
  top_k?: number = 40;

  /** Penalty of tokens that were used lately; 1 is off */
  @IsOptional()
  @IsNumber()
  @Min(1)
  @Max(2)
  repeat_penalty?: number = 1.1;

  /** true streams the answer as server-sent events */
  @IsOptional()
  @IsBoolean()
  stream?: boolean = true;
}

export class LlamaLocalGenerateResponse {
  /**
   * The answer
   * @example "The capital of France is Paris."
   */
  text!: string;

  /**
   * The prompt, as it was sent
   * @example "What is the capital of France?"
   */
  prompt!: string;
}

export class LlamaLocalHealth {
  /**
   * `ok` when the default text model is loaded
   * @example "ok"
   */
  status!: 'ok' | 'model_not_loaded' | 'error';

  /**
   * Whether the default text model is loaded
   * @example true
   */
  model_loaded!: boolean;
}

export class LlamaLocalModelInfo {
  /**
   * File of the default text model
   * @example "starter-chat-q8_0.gguf"
   */
  path!: string;

  /**
   * Always true: a model that is not loaded is a 503
   * @example true
   */
  loaded!: boolean;

  /**
   * Context size in tokens
   * @example 1024
   */
  n_ctx!: number;

  /**
   * Layers on the GPU
   * @example 0
   */
  n_gpu_layers!: number;

  /**
   * Default temperature of requests
   * @example 0.7
   */
  temperature!: number;

  /**
   * Default nucleus mass of requests
   * @example 0.9
   */
  top_p!: number;

  /**
   * Default number of tokens kept
   * @example 40
   */
  top_k!: number;

  /**
   * Default penalty of tokens used lately
   * @example 1.1
   */
  repeat_penalty!: number;

  /**
   * Default limit of generated tokens
   * @example 512
   */
  max_tokens!: number;

  /**
   * Whether requests stream by default
   * @example true
   */
  stream!: boolean;
}

export class DetailError {
  /**
   * What went wrong, and what to do
   * @example "temperature must not be greater than 2"
   */
  detail!: string;
}
