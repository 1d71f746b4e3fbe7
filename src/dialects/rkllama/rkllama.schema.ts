import { ApiProperty } from '@nestjs/swagger';
import { IsBoolean, IsDefined, IsOptional, IsString, MinLength } from 'class-validator';
import { IsTextOrChat } from './is-text-or-chat.js';

export class RkllamaMessage {
  /**
   * Who speaks
   * @example "user"
   */
  role!: 'system' | 'user' | 'assistant';

  /**
   * What is said
   * @example "Bonjour !"
   */
  content!: string;
}

export class RkllamaGenerateRequest {
  /** A prompt, or a chat */
  @IsDefined()
  @IsTextOrChat()
  @ApiProperty({
    oneOf: [{ type: 'string' }, { type: 'array', items: { $ref: '#/components/schemas/RkllamaMessage' } }],
    example: 'Bonjour, comment vas-tu ?',
  })
  messages!: string | RkllamaMessage[];

  /** true streams one JSON object a line */
  @IsOptional()
  @IsBoolean()
  stream?: boolean = false;
}

export class RkllamaChoice {
  /**
   * Always `assistant`
   * @example "assistant"
   */
  role!: string;

  /** The answer, or its next piece
   * @example "Bonjour ! Comment puis-je vous aider ?"
   */
  content!: string;

  /** null until the last object of a stream
   * @example "stop"
   */
  finish_reason!: 'stop' | 'length' | null;
}

export class RkllamaUsage {
  /**
   * Tokens of the prompt; null until the last object of a stream
   * @example 12
   */
  prompt_tokens!: number | null;

  /**
   * Tokens generated; null until the last object of a stream
   * @example 9
   */
  completion_tokens!: number | null;

  /**
   * Both together
   * @example 21
   */
  total_tokens!: number | null;
}

export class RkllamaGenerateResponse {
  /**
   * Always `rkllm_chat`
   * @example "rkllm_chat"
   */
  id!: string;

  /**
   * Always `rkllm_chat`
   * @example "rkllm_chat"
   */
  object!: string;

  /**
   * Seconds since 1970
   * @example 1795230540
   */
  created!: number;

  /** One choice */
  choices!: RkllamaChoice[];

  /** Token counts */
  usage!: RkllamaUsage;
}

export class RkllamaLoadRequest {
  /**
   * A model's id or file name
   * @example "starter-chat"
   */
  @IsString()
  @MinLength(1)
  model_name!: string;
}

export class RkllamaPullRequest {
  /**
   * `hf/<user>/<repository>/<file>` on the hub, or the id of a model in the catalogue
   * @example "hf/bartowski/Llama-3.2-1B-Instruct-GGUF/Llama-3.2-1B-Instruct-Q4_K_M.gguf"
   */
  @IsString()
  @MinLength(1)
  model!: string;
}

export class RkllamaRemoveRequest {
  /**
   * A model's id or file name
   * @example "Llama-3.2-1B-Instruct-Q4_K_M.gguf"
   */
  @IsString()
  @MinLength(1)
  model!: string;
}

export class RkllamaMessageResponse {
  /**
   * What was done
   * @example "Modèle starter-chat chargé avec succès."
   */
  message!: string;
}

export class RkllamaModels {
  /**
   * Names of the models on disk
   * @example ["starter-chat"]
   */
  models!: string[];
}

export class RkllamaCurrentModel {
  /**
   * Name of the current model
   * @example "starter-chat"
   */
  model_name!: string;
}

export class RkllamaWelcome {
  /**
   * A welcome
   * @example "Bienvenue sur RK-LLama !"
   */
  message!: string;

  /**
   * Where the dialect's own project lives
   * @example "https://github.com/notpunhnox/rkllama"
   */
  github!: string;
}

export class RkllamaError {
  /**
   * Ce qui ne va pas
   * @example "Aucun modèle n'est actuellement chargé."
   */
  error!: string;
}
