import type { LlamaEmbeddingContext, Token } from 'node-llama-cpp';
import { ParleyError } from '../../../errors.js';
import type { FeatureExtractionTask } from '../../../vector-tasks.js';
import type { RunSink } from '../../engine.js';
import type { OneRun } from '../../onnx/one-at-a-time.js';
import type { Preparation } from '../../text/preparation/preparations.js';
import { TokenLimitError } from '../../text/preparation/sliced-tokenizer.js';
import type { TextReader } from './text-reader.js';

/** Turns texts into vectors of unit length, one after the other. */
export class TextVectors {
  constructor(
    private readonly reader: TextReader,
    private readonly context: LlamaEmbeddingContext,
    /** Tokens of the longest text. */
    private readonly longest: number,
    /** Told the size of each text, in tokens, before it is read. */
    private readonly beforeText: (tokens: number) => void,
  ) {}

  /** Throws `context_length_exceeded` for a text that is too long, before any is read: none is cut. */
  async run({ texts }: FeatureExtractionTask, run: OneRun, sink: RunSink): Promise<void> {
    const tokenised: Token[][] = [];
    for (const [index, text] of texts.entries()) {
      tokenised.push(this.checked(await this.tokens(text, index, run.preparation), index));
      await run.preparation.pause();
    }
    run.preparation.endCostly();
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

  private async tokens(text: string, index: number, preparation: Preparation): Promise<Token[]> {
    try {
      return await this.reader.tokens(text, preparation, this.longest);
    } catch (error) {
      throw error instanceof TokenLimitError ? this.tooLong(index, `at least ${String(error.atLeast)}`) : error;
    }
  }

  private checked(tokens: Token[], index: number): Token[] {
    if (tokens.length === 0) {
      throw new ParleyError('invalid_request', `Text ${String(index)} is empty.`, { param: 'input' });
    }
    if (tokens.length <= this.longest) return tokens;
    throw this.tooLong(index, String(tokens.length));
  }

  private tooLong(index: number, count: string): ParleyError {
    return new ParleyError(
      'context_length_exceeded',
      `Text ${String(index)} has ${count} tokens; the model takes ${String(this.longest)} at most.`,
      { param: 'input' },
    );
  }
}
