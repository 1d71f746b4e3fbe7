import type { LlamaRankingContext, Token } from 'node-llama-cpp';
import { ParleyError } from '../../../errors.js';
import type { TextRankingTask } from '../../../vector-tasks.js';
import type { RunSink } from '../../engine.js';
import type { OneRun } from '../../onnx/one-at-a-time.js';

/** Judges texts by a query with a cross-encoder, one after the other. */
export class TextScores {
  constructor(
    private readonly context: LlamaRankingContext,
    /** Tokens of the longest query and text together. */
    private readonly longest: number,
    /** Told the size of each pair, in tokens, before it is read. */
    private readonly beforeText: (tokens: number) => void,
  ) {}

  /** Throws `context_length_exceeded` for a text that is too long, before any is read: none is cut. */
  async run({ query, texts }: TextRankingTask, run: OneRun, sink: RunSink): Promise<void> {
    const counts = texts.map((text, index) => this.checked(this.context.calculateInputLength(query, text), index));
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

  private checked(count: number, index: number): number {
    if (count <= this.longest) return count;
    throw new ParleyError(
      'context_length_exceeded',
      `Text ${String(index)} and the query have ${String(count)} tokens; the model takes ${String(this.longest)} at most.`,
      { param: 'documents' },
    );
  }
}
