import { Inject, Injectable } from '@nestjs/common';
import { SETTINGS_TOKEN } from '../../config/config.module.js';
import type { Settings } from '../../config/settings.js';
import type { Caller } from '../../inference/caller.js';
import { ranks } from '../../inference/catalogue/model-entry.js';
import { ParleyError } from '../../inference/errors.js';
import { InferenceService } from '../../inference/inference.service.js';
import { EmbedService } from './embed.service.js';

export interface RankRequest {
  /** A cross-encoder, or an embedding model. Absent: the default one. */
  readonly model?: string | undefined;
  readonly query: string;
  readonly texts: readonly string[];
}

export interface RankedDocument {
  /** Which of the texts, from 0. */
  readonly index: number;
  /** Higher is better: 0..1 of a cross-encoder; of an embedding model the cosine between text and query, -1..1. */
  readonly score: number;
}

export interface Ranking {
  /** The best first; of equals, the one that came first. */
  readonly ranked: readonly RankedDocument[];
  readonly promptTokens: number;
}

/** Which texts answer a query best. */
@Injectable()
export class RankService {
  constructor(
    private readonly inference: InferenceService,
    private readonly embed: EmbedService,
    @Inject(SETTINGS_TOKEN) private readonly settings: Settings,
  ) {}

  /** The model of requests that name none. */
  get defaultModel(): string {
    return this.settings.defaultRerankModel ?? this.embed.defaultModel;
  }

  /** Throws `context_length_exceeded` for a text that is too long, `invalid_request` for a model that cannot compare. */
  async rank(request: RankRequest, caller: Caller, signal: AbortSignal): Promise<Ranking> {
    const model = request.model ?? this.defaultModel;
    const judges = ranks(this.inference.catalogue.findRunnable(model));
    const { scores, promptTokens } = judges
      ? await this.judged({ ...request, model }, caller, signal)
      : await this.compared({ ...request, model }, caller, signal);
    const ranked = scores.map((score, index) => ({ index, score })).sort((a, b) => b.score - a.score);
    return { ranked, promptTokens };
  }

  /** By a cross-encoder, which reads the query with each text. */
  private async judged(
    { model, query, texts }: RankRequest & { readonly model: string },
    caller: Caller,
    signal: AbortSignal,
  ): Promise<Scores> {
    const task = { kind: 'text-ranking', model, query, texts, sampling: {} } as const;
    const scores: number[] = [];
    let promptTokens = 0;
    for await (const chunk of this.inference.run<'text-ranking'>(task, caller, signal)) {
      if (chunk.type === 'ranked') scores[chunk.index] = chunk.score;
      else promptTokens = chunk.promptTokens;
    }
    return { scores, promptTokens };
  }

  /** By the vectors of the query and of the texts; by two requests, so that what is too long can be named. */
  private async compared(
    { model, query, texts }: RankRequest & { readonly model: string },
    caller: Caller,
    signal: AbortSignal,
  ): Promise<Scores> {
    const asked = await blaming('query', this.embed.embed({ model, inputs: [query] }, caller, signal));
    const found = await blaming('documents', this.embed.embed({ model, inputs: texts }, caller, signal));
    const [wanted = new Float32Array()] = asked.vectors;
    return {
      scores: found.vectors.map((vector) => vector.reduce((sum, value, at) => sum + value * (wanted[at] ?? 0), 0)),
      promptTokens: asked.promptTokens + found.promptTokens,
    };
  }
}

interface Scores {
  /** In the order of the texts. */
  readonly scores: readonly number[];
  readonly promptTokens: number;
}

/** Names the field whose texts are too long. */
async function blaming<T>(param: 'query' | 'documents', work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof ParleyError) || error.code !== 'context_length_exceeded') throw error;
    throw new ParleyError(error.code, `${param}: ${error.message}`, { param, cause: error });
  }
}
