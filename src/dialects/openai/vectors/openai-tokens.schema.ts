import { ApiProperty } from '@nestjs/swagger';
import { IsArray, IsBoolean, IsOptional, IsString } from 'class-validator';
import { OpenAiMessage } from '../text/openai-chat.schema.js';
import { IsMessages } from '../text/validators.js';
import { IsTokenIds } from './openai-embeddings.validators.js';

/** As vLLM spells it, and as llama-server does: `content`, `add_special`, `with_pieces`. */
export class OpenAiTokenizeRequest {
  /**
   * A model that answers in text or makes vectors; absent: DEFAULT_TEXT_MODEL
   * @example "starter-chat"
   */
  @IsOptional()
  @IsString()
  model?: string | null;

  /**
   * A text as it stands; or `messages`, or `content`
   * @example "Once upon a time"
   */
  @IsOptional()
  @IsString()
  prompt?: string | null;

  /** The same, as llama-server spells it */
  @IsOptional()
  @IsString()
  content?: string | null;

  /** A conversation, which goes through the model's chat template, as for an answer */
  @IsOptional()
  @IsMessages()
  @ApiProperty({ type: [OpenAiMessage], required: false })
  messages?: OpenAiMessage[] | null;

  /**
   * Of `prompt`: true puts around it what the model wants, such as BOS, and takes special tokens in it as such; false
   * takes all of it as text. Default true
   * @example true
   */
  @IsOptional()
  @IsBoolean()
  add_special_tokens?: boolean | null;

  /** The same of `content`. Default false */
  @IsOptional()
  @IsBoolean()
  add_special?: boolean | null;

  /** Refused with 400 unless it equals `add_special` */
  @IsOptional()
  @IsBoolean()
  parse_special?: boolean | null;

  /** true tells the text of each token. Default false */
  @IsOptional()
  @IsBoolean()
  return_token_strs?: boolean | null;

  /** true makes each token an object of `id` and `piece`. Default false */
  @IsOptional()
  @IsBoolean()
  with_pieces?: boolean | null;

  /** Not supported: refused with 400 unless empty */
  @IsOptional()
  @IsArray()
  tools?: object[] | null;

  /** Refused with 400 when false: the tokens are those of a prompt that is to be answered */
  @IsOptional()
  @IsBoolean()
  add_generation_prompt?: boolean | null;

  /** Not supported: refused with 400 when true */
  @IsOptional()
  @IsBoolean()
  continue_final_message?: boolean | null;

  /** Not supported: the template is the model's own. Refused with 400 */
  @IsOptional()
  @IsString()
  chat_template?: string | null;
}

export class OpenAiTokenPiece {
  /**
   * The token
   * @example 636
   */
  id!: number;

  /**
   * Its text; a part of a character is U+FFFD
   * @example "cat"
   */
  piece!: string;
}

export class OpenAiTokenizeResponse {
  /**
   * Number of the tokens
   * @example 3
   */
  count!: number;

  /**
   * Tokens that the model takes; null: it does not say
   * @example 1024
   */
  @ApiProperty({ type: 'integer', nullable: true, example: 1024 })
  max_model_len!: number | null;

  @ApiProperty({
    description: 'The tokens; with `with_pieces` each with its text',
    oneOf: [
      { type: 'array', items: { type: 'integer' } },
      { type: 'array', items: { $ref: '#/components/schemas/OpenAiTokenPiece' } },
    ],
    example: [636, 261, 662],
  })
  tokens!: readonly number[] | OpenAiTokenPiece[];

  /**
   * The text of each token, a part of a character as U+FFFD; null unless asked for
   * @example null
   */
  @ApiProperty({ type: [String], nullable: true, example: null })
  token_strs!: readonly string[] | null;
}

export class OpenAiDetokenizeRequest {
  /**
   * A model that answers in text or makes vectors; absent: DEFAULT_TEXT_MODEL
   * @example "starter-chat"
   */
  @IsOptional()
  @IsString()
  model?: string | null;

  /**
   * Tokens of the model's vocabulary
   * @example [636, 261, 662]
   */
  @IsTokenIds()
  tokens!: number[];
}

export class OpenAiDetokenizeResponse {
  /**
   * The text, special tokens included
   * @example "cat dog"
   */
  prompt!: string;

  /**
   * The same, as llama-server spells it
   * @example "cat dog"
   */
  content!: string;
}
