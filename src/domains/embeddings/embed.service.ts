import { Inject, Injectable } from '@nestjs/common';
import { SETTINGS_TOKEN } from '../../config/config.module.js';
import type { Settings } from '../../config/settings.js';
import type { Caller } from '../../inference/caller.js';
import { ParleyError } from '../../inference/errors.js';
import { InferenceService } from '../../inference/inference.service.js';
import { shorten } from './shorten.js';
import { textsOfTokens } from './token-texts.js';
import { TokenService } from './token.service.js';

export interface EmbedRequest {
  /** Absent: the default embedding model. */
  readonly model?: string | undefined;
  /** Texts, or texts as ids of the model's tokens. */
  readonly inputs: readonly (string | readonly number[])[];
  /** Numbers that are kept of each vector; absent: all. */
  readonly dimensions?: number | undefined;
}

export interface Embeddings {
  /** Of unit length, in the order of the inputs. */
  readonly vectors: readonly Float32Array[];
  readonly promptTokens: number;
}

/** Texts as vectors. */
@Injectable()
export class EmbedService {
  constructor(
    private readonly inference: InferenceService,
    private readonly tokens: TokenService,
    @Inject(SETTINGS_TOKEN) private readonly settings: Settings,
  ) {}

  /** The model of requests that name none. */
  get defaultModel(): string {
    return this.settings.defaultEmbeddingModel;
  }

  /**
   * Throws `context_length_exceeded` for a text that is too long, `invalid_request` for a model that makes no vectors, for
   * more dimensions than its vectors have and for ids that are not its tokens.
   */
  async embed(request: EmbedRequest, caller: Caller, signal: AbortSignal): Promise<Embeddings> {
    const { model = this.defaultModel, inputs, dimensions } = request;
    this.inference.checkRoom(model, 'feature-extraction', caller);
    const texts = await this.textsOf(model, inputs, caller, signal);
    const { vectors, promptTokens } = await this.vectorsOf(model, texts, caller, signal);
    if (dimensions === undefined) return { vectors, promptTokens };
    const width = vectors[0]?.length ?? 0;
    if (dimensions > width) {
      throw new ParleyError('invalid_request', `The vectors of "${model}" have ${String(width)} dimensions.`, {
        param: 'dimensions',
      });
    }
    return { vectors: vectors.map((vector) => shorten(vector, dimensions)), promptTokens };
  }

  private async vectorsOf(
    model: string,
    texts: readonly string[],
    caller: Caller,
    signal: AbortSignal,
  ): Promise<Embeddings> {
    const task = { kind: 'feature-extraction', model, texts, sampling: {} } as const;
    const vectors: Float32Array[] = [];
    let promptTokens = 0;
    for await (const chunk of this.inference.run<'feature-extraction'>(task, caller, signal)) {
      if (chunk.type === 'embedding') vectors[chunk.index] = chunk.vector;
      else promptTokens = chunk.promptTokens;
    }
    return { vectors, promptTokens };
  }

  private async textsOf(
    model: string,
    inputs: EmbedRequest['inputs'],
    caller: Caller,
    signal: AbortSignal,
  ): Promise<readonly string[]> {
    if (inputs.every((input) => typeof input === 'string')) return inputs;
    const lists = inputs.map((input) => (typeof input === 'string' ? [] : input));
    return textsOfTokens(lists, {
      textOf: (tokens) => this.tokens.detokenize(model, tokens, caller, signal),
      tokensOf: async (text, specialTokens) => {
        const prompt = { kind: 'raw', text } as const;
        return (await this.tokens.tokenize({ model, prompt, specialTokens }, caller, signal)).tokens;
      },
    });
  }
}
