import type {
  LlamaGrammarEvaluationState,
  LlamaModel,
  SequenceEvaluateOptions,
  Token,
  TokenBias,
} from 'node-llama-cpp';
import type { AnswerWishes } from '../../answer-wishes.js';
import { SeededRandom } from '../random/seeded-random.js';
import { TokenChooser } from '../transformers/sampling/token-chooser.js';
import { tokenBiasOf } from './logit-bias.js';
import { completeSampling, PENALTY_WINDOW, samplingOptions } from './sampling-options.js';
import { TokenScoring, type DescribeToken } from './token-scoring.js';

/** The last tokens of prompt and answer, newest last. */
export type RecentTokens = (count: number) => Token[];

/** With these the native sampler tells the model's own probabilities, of all tokens. */
const UNTOUCHED = { temperature: 1, topK: 0, topP: 1, minP: 0, yieldEogToken: true } as const;

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

  /** Null where nobody asked how probable the tokens are. */
  scoring(recent: RecentTokens): TokenScoring | null {
    const { logprobs, sampling, logitBias = [] } = this.wishes;
    if (logprobs === undefined) return null;
    const random = new SeededRandom(sampling.seed ?? Math.floor(Math.random() * Number.MAX_SAFE_INTEGER));
    return new TokenScoring({
      alternatives: logprobs,
      chooser: this.ownChooser ? new TokenChooser(completeSampling(sampling), () => random.next()) : null,
      vocabularySize: this.model.fileInfo.metadata.tokenizer.ggml.tokens.length,
      bias: logitBias,
      recent: () => recent(PENALTY_WINDOW),
      describe: describer(this.model),
    });
  }
}

function describer(model: LlamaModel): DescribeToken {
  return (token) => {
    // After itself: at the beginning of a text some vocabularies leave out a token's leading blank.
    const text = model.detokenize([token], true, [token]);
    return { text, bytes: text.includes('\uFFFD') ? null : [...Buffer.from(text)] };
  };
}
