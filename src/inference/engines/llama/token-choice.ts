import type {
  LlamaGrammarEvaluationState,
  LlamaModel,
  SequenceEvaluateOptions,
  Token,
  TokenBias,
} from 'node-llama-cpp';
import type { AnswerWishes } from '../../answer-wishes.js';
import type { Sampling } from '../../task-basics.js';
import { SeededRandom } from '../random/seeded-random.js';
import { TokenChooser } from '../transformers/sampling/token-chooser.js';
import { tokenBiasOf } from './logit-bias.js';
import { completeSampling, PENALTY_WINDOW, samplingOptions } from './sampling-options.js';
import { TokenScoring, type DescribeToken } from './token-scoring.js';
import { TopScoring } from './top-scoring.js';

/** The last tokens of prompt and answer, newest last. */
export type RecentTokens = (count: number) => Token[];

/** With these the native sampler tells the model's own probabilities, of all tokens. */
const UNTOUCHED = { temperature: 1, topK: 0, topP: 1, minP: 0, yieldEogToken: true } as const;

/** Tokens of a vocabulary from which on all their probabilities take longer than a step of a small model. */
const COSTLY_VOCABULARY = 16_384;
/** Biases that the binding copies for each token of the answer, likewise. */
const COSTLY_BIASES = 1000;

/** A grammar that an answer follows. */
export interface HeldTo {
  readonly state: LlamaGrammarEvaluationState;
  /** llama.cpp compares special tokens by their text, which is not part of the answer. */
  readonly barred: readonly Token[];
}

/** How the tokens of one answer are chosen from the logits. */
export class TokenChoice {
  private readonly ownChooser: boolean;
  private readonly tokenBias: TokenBias | undefined;

  /**
   * @param grammar What the answer is held to, and the tokens whose text it would take for plain text though they are
   * not; null: nothing. Throws `invalid_request` for a bias of a token that is not the model's.
   */
  constructor(
    private readonly model: LlamaModel,
    private readonly wishes: Pick<AnswerWishes, 'sampling' | 'logprobs' | 'logitBias'>,
    private readonly grammar: HeldTo | null,
  ) {
    this.ownChooser = wishes.logprobs !== undefined && grammar === null;
    this.tokenBias = tokenBiasOf(model, wishes.logitBias ?? [], grammar?.barred ?? []);
  }

  /** What the native sampler is told. */
  options(recent: RecentTokens): SequenceEvaluateOptions {
    const { grammar, wishes, tokenBias } = this;
    if (this.ownChooser) return UNTOUCHED;
    return {
      ...samplingOptions(wishes.sampling, recent),
      ...(tokenBias !== undefined && { tokenBias }),
      ...(grammar !== null && { grammarEvaluationState: grammar.state }),
    };
  }

  /** True when each token takes so long to choose that it slows the streams of others. */
  get costly(): boolean {
    const { logprobs, logitBias = [] } = this.wishes;
    const size = this.vocabularySize;
    return (logprobs !== undefined && size > COSTLY_VOCABULARY) || logitBias.length > COSTLY_BIASES;
  }

  /** Null where no probabilities are wanted, or where those of all tokens are needed. */
  topScoring(recent: RecentTokens): TopScoring | null {
    const { logprobs, logitBias = [] } = this.wishes;
    if (logprobs === undefined || !this.ownChooser) return null;
    const sampling = completeSampling(this.wishes.sampling);
    return TopScoring.of({
      alternatives: logprobs,
      chooser: this.chooser(sampling),
      sampling,
      bias: logitBias,
      recent: () => recent(PENALTY_WINDOW),
      describe: describer(this.model),
    });
  }

  /** Null where nobody asked how probable the tokens are. */
  scoring(recent: RecentTokens): TokenScoring | null {
    const { logprobs, sampling, logitBias = [] } = this.wishes;
    if (logprobs === undefined) return null;
    return new TokenScoring({
      alternatives: logprobs,
      chooser: this.ownChooser ? this.chooser(completeSampling(sampling)) : null,
      vocabularySize: this.vocabularySize,
      bias: logitBias,
      recent: () => recent(PENALTY_WINDOW),
      describe: describer(this.model),
    });
  }

  private get vocabularySize(): number {
    return this.model.fileInfo.metadata.tokenizer.ggml.tokens.length;
  }

  private chooser(sampling: Sampling): TokenChooser {
    const random = new SeededRandom(sampling.seed ?? Math.floor(Math.random() * Number.MAX_SAFE_INTEGER));
    return new TokenChooser(sampling, () => random.next());
  }
}

function describer(model: LlamaModel): DescribeToken {
  return (token) => {
    // After itself: at the beginning of a text some vocabularies leave out a token's leading blank.
    const text = model.detokenize([token], true, [token]);
    return { text, bytes: text.includes('\uFFFD') ? null : [...Buffer.from(text)] };
  };
}
