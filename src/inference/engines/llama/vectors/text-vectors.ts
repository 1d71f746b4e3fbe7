import { LlamaVocabularyType, type LlamaEmbeddingContext, type LlamaModel, type Token } from 'node-llama-cpp';
import { ParleyError } from '../../../errors.js';
import type { FeatureExtractionTask } from '../../../vector-tasks.js';
import type { RunSink } from '../../engine.js';
import type { OneRun } from '../../onnx/one-at-a-time.js';

/** Turns texts into vectors of unit length, one after the other. */
export class TextVectors {
  constructor(
    private readonly model: LlamaModel,
    private readonly context: LlamaEmbeddingContext,
    /** Tokens of the longest text. */
    private readonly longest: number,
    /** Told the size of each text, in tokens, before it is read. */
    private readonly beforeText: (tokens: number) => void,
  ) {}

  /** Throws `context_length_exceeded` for a text that is too long, before any is read: none is cut. */
  async run({ texts }: FeatureExtractionTask, run: OneRun, sink: RunSink): Promise<void> {
    const tokenised = texts.map((text, index) => this.checked(tokensOf(this.model, text), index));
    let promptTokens = 0;
    for (const [index, tokens] of tokenised.entries()) {
      const vector = await this.vector(tokens);
      await run.checkpoint();
      promptTokens += tokens.length;
      sink.chunk({ type: 'embedding', index, vector, promptTokens: tokens.length });
    }
    sink.chunk({ type: 'finished', finishReason: 'stop', promptTokens, completionTokens: 0 });
  }

  async vector(tokens: readonly Token[]): Promise<Float32Array> {
    this.beforeText(tokens.length);
    const { vector } = await this.context.getEmbeddingFor([...tokens]);
    const length = Math.hypot(...vector);
    return Float32Array.from(vector, (value) => (length === 0 ? value : value / length));
  }

  private checked(tokens: Token[], index: number): Token[] {
    if (tokens.length === 0) {
      throw new ParleyError('invalid_request', `Text ${String(index)} is empty.`, { param: 'input' });
    }
    if (tokens.length <= this.longest) return tokens;
    const [count, limit] = [String(tokens.length), String(this.longest)];
    throw new ParleyError(
      'context_length_exceeded',
      `Text ${String(index)} has ${count} tokens; the model takes ${limit} at most.`,
      { param: 'input' },
    );
  }
}

/** A text as a model that makes vectors reads it: what looks like a special token in it is text. */
export function tokensOf(model: LlamaModel, text: string): Token[] {
  const { tokens, vocabularyType } = model;
  const { wpm, ugm } = LlamaVocabularyType;
  const first = vocabularyType === wpm || tokens.shouldPrependBosToken ? tokens.bos : null;
  const appendsEos = vocabularyType === ugm || tokens.shouldAppendEosToken;
  const last = vocabularyType === wpm ? tokens.sep : appendsEos ? tokens.eos : null;
  const around = (token: Token | null): Token[] => (token === null ? [] : [token]);
  return [...around(first), ...model.tokenize(text, false), ...around(last)];
}
