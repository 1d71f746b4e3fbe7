import type { LlamaRankingContext, Token } from 'node-llama-cpp';
import { ParleyError } from '../../../errors.js';
import type { TextRankingTask } from '../../../vector-tasks.js';
import type { RunSink } from '../../engine.js';
import type { OneRun } from '../../onnx/one-at-a-time.js';
import type { Preparation } from '../../text/preparation/preparations.js';
import { LONG_TEXT, TokenLimitError } from '../../text/preparation/sliced-tokenizer.js';
import type { TextReader } from './text-reader.js';

/** Judges texts by a query with a cross-encoder, one after the other. */
export class TextScores {
  constructor(
    private readonly reader: TextReader,
    private readonly context: LlamaRankingContext,
    /** Tokens of the longest query and text together. */
    private readonly longest: number,
    /** Told the size of each pair, in tokens, before it is read. */
    private readonly beforeText: (tokens: number) => void,
  ) {}

  /** Throws `context_length_exceeded` for a text that is too long, before any is read: none is cut. */
  async run({ query, texts }: TextRankingTask, run: OneRun, sink: RunSink): Promise<void> {
    const counts: number[] = [];
    for (const [index, text] of texts.entries()) {
      await this.refuseLong([query, text], index, run.preparation);
      counts.push(this.checked(this.context.calculateInputLength(query, text), index));
      await run.preparation.pause();
    }
    run.preparation.endCostly();
    for (const [index, text] of texts.entries()) {
      const promptTokens = counts[index] ?? 0;
      this.beforeText(promptTokens);
      const score = await this.context.rank(query, text);
      await run.checkpoint();
      sink.chunk({ type: 'ranked', index, score, promptTokens });
    }
    const promptTokens = counts.reduce((sum, count) => sum + count, 0);
    sink.chunk({ type: 'finished', finishReason: 'stop', promptTokens, completionTokens: 0 });
  }

  /** Reads so many tokens, for measurements. */
  async read(tokens: readonly Token[]): Promise<void> {
    await this.context.rank(tokens.slice(0, 1), tokens.slice(1));
  }

  /** The binding reads query and text in one piece, so that only those that fit are given to it. */
  private async refuseLong(texts: readonly string[], index: number, preparation: Preparation): Promise<void> {
    for (const text of texts) {
      if (text.length <= LONG_TEXT) continue;
      try {
        const { length } = await this.reader.plain(text, preparation, this.longest);
        if (length > this.longest) throw new TokenLimitError(length);
      } catch (error) {
        throw error instanceof TokenLimitError ? this.tooLong(index, `at least ${String(error.atLeast)}`) : error;
      }
    }
  }

  private checked(count: number, index: number): number {
    if (count <= this.longest) return count;
    throw this.tooLong(index, String(count));
  }

  private tooLong(index: number, count: string): ParleyError {
    return new ParleyError(
      'context_length_exceeded',
      `Text ${String(index)} and the query have ${count} tokens; the model takes ${String(this.longest)} at most.`,
      { param: 'documents' },
    );
  }
}
