import type { ControlledEvaluateInputItem, LlamaContextSequence, SequenceEvaluateOptions, Token } from 'node-llama-cpp';
import type { NextToken } from './token-stream.js';
import type { TopScoring } from './top-scoring.js';

/**
 * The tokens of one sequence, one for each step, chosen among the likeliest alone. llama.cpp gives their logits and the
 * weight of all; what every token of a large vocabulary costs is paid in native code.
 */
export class TopTokenStream {
  private pending: Token[];

  /** @param tokens What is left of the prompt; evaluated by the first {@link next}. */
  constructor(
    private readonly sequence: LlamaContextSequence,
    tokens: Token[],
    private readonly evaluationPriority: SequenceEvaluateOptions['evaluationPriority'],
    private readonly scoring: TopScoring,
  ) {
    this.pending = tokens;
  }

  /** Evaluates the last token and chooses the next one. */
  async next(): Promise<NextToken> {
    const last = this.pending.length - 1;
    const { scoring, evaluationPriority } = this;
    const generateNext = {
      logits: { filter: { includeTop: scoring.count, tokens: scoring.extraTokens() } },
      totalLogitWeight: true,
      options: { temperature: 0 }, // the native choice is not used: this one costs least
    };
    const input: ControlledEvaluateInputItem[] = this.pending.map((token, at) =>
      at === last ? [token, { generateNext }] : token,
    );
    const outputs = await this.sequence.controlledEvaluate(input, {
      ...(evaluationPriority !== undefined && { evaluationPriority }),
    });
    const { logits, totalLogitWeight } = outputs[last]?.next ?? {};
    if (logits === undefined || totalLogitWeight === undefined) throw new Error('the logits were left out');
    const scored = scoring.score(logits, totalLogitWeight);
    this.pending = [scored.token];
    return scored;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
