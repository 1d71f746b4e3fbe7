import { ApiProperty } from '@nestjs/swagger';
import { IsDefined, IsIn, IsInt, IsOptional, IsString, Min } from 'class-validator';
import { IsEmbeddingInput } from './openai-embeddings.validators.js';

export class OpenAiEmbeddingRequest {
  /**
   * A text, several, or texts as ids of the model's own tokens, as `/tokenize` gives them: 2048 at most, none empty
   * @example ["A cat sleeps on the sofa.", "Interest rates rose again."]
   */
  @IsDefined()
  @IsEmbeddingInput()
  @ApiProperty({
    oneOf: [
      { type: 'string' },
      { type: 'array', items: { type: 'string' } },
      { type: 'array', items: { type: 'integer' } },
      { type: 'array', items: { type: 'array', items: { type: 'integer' } } },
    ],
    example: ['A cat sleeps on the sofa.', 'Interest rates rose again.'],
  })
  input!: string | string[] | number[] | number[][];

  /**
   * A model that makes vectors; absent: DEFAULT_EMBEDDING_MODEL
   * @example "starter-embed"
   */
  @IsOptional()
  @IsString()
  model?: string | null;

  /** `base64`: the numbers as 32-bit floats, little-endian. Default float */
  @IsOptional()
  @IsIn(['float', 'base64'])
  encoding_format?: 'float' | 'base64' | null;

  /**
   * Keeps the first so many numbers of each vector, at unit length again: for models that were trained so (Matryoshka).
   * At most what the model's vectors have
   * @example 64
   */
  @IsOptional()
  @IsInt()
  @Min(1)
  dimensions?: number | null;

  /**
   * Names the end user; not used
   * @example "user-42"
   */
  @IsOptional()
  @IsString()
  user?: string | null;
}

export class OpenAiReadingUsage {
  /**
   * Tokens that were read, special ones included
   * @example 12
   */
  prompt_tokens!: number;

  /**
   * The same: nothing is generated
   * @example 12
   */
  total_tokens!: number;
}

export class OpenAiEmbedding {
  /**
   * Always `embedding`
   * @example "embedding"
   */
  object!: string;

  /**
   * Which of the inputs, from 0
   * @example 0
   */
  index!: number;

  @ApiProperty({
    description: 'The vector, of unit length, in the form that was asked for',
    oneOf: [{ type: 'array', items: { type: 'number' } }, { type: 'string' }],
    example: [0.0123, -0.0456, 0.0789],
  })
  embedding!: number[] | string;
}

export class OpenAiEmbeddingResponse {
  /**
   * Always `list`
   * @example "list"
   */
  object!: string;

  /** One for each input, in their order */
  data!: OpenAiEmbedding[];

  /**
   * The model as the request named it
   * @example "starter-embed"
   */
  model!: string;

  /** Token counts */
  usage!: OpenAiReadingUsage;

  /**
   * 0: success
   * @example 0
   */
  code!: number;

  /**
   * Always `success`
   * @example "success"
   */
  message!: string;
}
