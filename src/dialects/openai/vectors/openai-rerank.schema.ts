import { ApiProperty } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsDefined,
  IsInt,
  IsOptional,
  IsString,
  Min,
  MinLength,
} from 'class-validator';
import { OpenAiReadingUsage } from './openai-embeddings.schema.js';
import { IsDocuments } from './openai-rerank.validators.js';

export class OpenAiRerankDocument {
  /**
   * The document's text
   * @example "Paris is the capital of France."
   */
  text!: string;
}

export class OpenAiRerankRequest {
  /**
   * A cross-encoder, or a model that makes vectors, whose cosine is then the score; absent: DEFAULT_RERANK_MODEL
   * @example "starter-embed"
   */
  @IsOptional()
  @IsString()
  model?: string | null;

  /**
   * What is looked for
   * @example "What is the capital of France?"
   */
  @IsString()
  @MinLength(1)
  query!: string;

  /** Texts, or objects with a `text`: 2048 at most, none empty */
  @IsDefined()
  @IsDocuments()
  @ApiProperty({
    oneOf: [
      { type: 'array', items: { type: 'string' } },
      { type: 'array', items: { $ref: '#/components/schemas/OpenAiRerankDocument' } },
    ],
    example: ['Paris is the capital of France.', 'The cat sleeps.'],
  })
  documents!: (string | OpenAiRerankDocument)[];

  /**
   * How many of the best to tell; absent: all
   * @example 3
   */
  @IsOptional()
  @IsInt()
  @Min(1)
  top_n?: number | null;

  /** true puts each document into its result. Default false */
  @IsOptional()
  @IsBoolean()
  return_documents?: boolean | null;

  /**
   * Not supported: no document is cut. Refused with 400
   * @example null
   */
  @IsOptional()
  @IsInt()
  max_tokens_per_doc?: number | null;

  /**
   * Not supported: a document is read as one. Refused with 400
   * @example null
   */
  @IsOptional()
  @IsInt()
  max_chunks_per_doc?: number | null;

  /** Not supported: of an object, `text` alone is read. Refused with 400 unless empty or `["text"]` */
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(100)
  @IsString({ each: true })
  rank_fields?: string[] | null;
}

export class OpenAiRerankResult {
  /**
   * Which of the documents, from 0
   * @example 0
   */
  index!: number;

  /**
   * Higher is better: 0..1 of a cross-encoder; the cosine, -1..1, of a model that makes vectors
   * @example 0.93
   */
  relevance_score!: number;

  /** The document, where the request asks for it */
  document?: OpenAiRerankDocument;
}

export class OpenAiRerankResponse {
  /**
   * Name of this answer
   * @example "rerank-7f3c"
   */
  id!: string;

  /**
   * Always `list`
   * @example "list"
   */
  object!: string;

  /**
   * The model as the request named it
   * @example "starter-embed"
   */
  model!: string;

  /** The best first */
  results!: OpenAiRerankResult[];

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
