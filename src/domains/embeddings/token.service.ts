import { Inject, Injectable } from '@nestjs/common';
import { SETTINGS_TOKEN } from '../../config/config.module.js';
import type { Settings } from '../../config/settings.js';
import type { Caller } from '../../inference/caller.js';
import { InferenceService } from '../../inference/inference.service.js';
import type { Prompt } from '../../inference/text-tasks.js';

export interface TokenizeRequest {
  /** Absent: the default text model. */
  readonly model?: string | undefined;
  readonly prompt: Prompt;
  /** See `TokenizeTask`. */
  readonly specialTokens: boolean;
}

export interface TokensOfText {
  readonly tokens: readonly number[];
  /** The text of each token alone. */
  readonly pieces: readonly string[];
  /** Tokens that the model takes; null for one that says nothing about it. */
  readonly contextSize: number | null;
}

/** Texts as tokens and back, by a model's own vocabulary. */
@Injectable()
export class TokenService {
  constructor(
    private readonly inference: InferenceService,
    @Inject(SETTINGS_TOKEN) private readonly settings: Settings,
  ) {}

  /** The model of requests that name none. */
  get defaultModel(): string {
    return this.settings.defaultTextModel;
  }

  async tokenize(request: TokenizeRequest, caller: Caller, signal: AbortSignal): Promise<TokensOfText> {
    const { model = this.defaultModel, prompt, specialTokens } = request;
    const task = { kind: 'tokenize', model, prompt, specialTokens, sampling: {} } as const;
    const tokens: number[] = [];
    const pieces: string[] = [];
    for await (const chunk of this.inference.run<'tokenize'>(task, caller, signal)) {
      if (chunk.type !== 'tokens') continue;
      for (const token of chunk.tokens) tokens.push(token);
      for (const piece of chunk.pieces) pieces.push(piece);
    }
    return { tokens, pieces, contextSize: this.inference.factsOf(model)?.context?.size ?? null };
  }

  /** Throws `invalid_request` for a token that the model does not have. */
  async detokenize(
    model: string | undefined,
    tokens: readonly number[],
    caller: Caller,
    signal: AbortSignal,
  ): Promise<string> {
    const task = { kind: 'detokenize', model: model ?? this.defaultModel, tokens, sampling: {} } as const;
    let text = '';
    for await (const chunk of this.inference.run<'detokenize'>(task, caller, signal)) {
      if (chunk.type === 'detokenized') text = chunk.text;
    }
    return text;
  }
}
