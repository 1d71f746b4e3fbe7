import {
  AutoModelForSequenceClassification,
  AutoTokenizer,
  type PreTrainedModel,
  type PreTrainedTokenizer,
  type Tensor,
} from '@huggingface/transformers';
import { ParleyError } from '../../../errors.js';
import type { ContextFacts } from '../../../runners/protocol.js';
import type { Task, TaskKind } from '../../../tasks.js';
import type { TextRankingTask } from '../../../vector-tasks.js';
import { InitError, type RunSink } from '../../engine.js';
import type { RunControl } from '../../onnx/run-control.js';
import type { Preparation } from '../../text/preparation/preparations.js';
import { TokenLimitError } from '../../text/preparation/sliced-tokenizer.js';
import { batchesOf, type TokenText } from '../embedding/text-batches.js';
import type { LoadedModel } from '../loaded-model.js';
import type { LoadOptions } from '../load-options.js';
import type { ModelPlan } from '../model-plan.js';
import { encoderTexts, paddingOf, type EncoderTexts } from '../tokens/encoder-tokens.js';
import type { ModelTokens } from '../../text/tokens/model-tokens.js';
import { paddedBatch } from '../tokens/padded-batch.js';
import { scoresOf } from './scores.js';

/** A query and a text, as the model reads them together. */
interface TokenPair extends TokenText {
  /** 0 for the query's tokens, 1 for the text's; where the tokenizer tells them apart. */
  readonly segments: readonly number[];
}

interface RankingParts {
  readonly model: PreTrainedModel;
  readonly tokenizer: PreTrainedTokenizer;
  readonly texts: EncoderTexts;
}

/** A cross-encoder: it reads a query and a text together and says how well one answers the other. */
export class RankingModel implements LoadedModel {
  readonly tasks: readonly TaskKind[] = ['text-ranking'];
  readonly tokens: ModelTokens;

  private constructor(
    private readonly parts: RankingParts,
    readonly context: ContextFacts,
    private readonly onStep: () => void,
  ) {
    this.tokens = parts.texts.tokens;
  }

  /** @param onStep Told after each batch. Throws {@link InitError} and what transformers.js throws. */
  static async load(plan: ModelPlan, options: LoadOptions, onStep: () => void): Promise<RankingModel> {
    const { folder, context } = plan;
    const tokenizer = await AutoTokenizer.from_pretrained(folder.path, options);
    const model = await AutoModelForSequenceClassification.from_pretrained(folder.path, options);
    const texts = encoderTexts(tokenizer, folder);
    const loaded = new RankingModel({ model, tokenizer, texts }, context, onStep);
    try {
      await loaded.scores([loaded.pair('a', 'a', 0)]);
    } catch (error) {
      if (error instanceof InitError) throw error;
      console.error(error);
      throw new InitError('invalid-file', 'its ONNX graph does not fit its config.json and its tokenizer');
    }
    return loaded;
  }

  async run(task: Task, control: RunControl, sink: RunSink): Promise<void> {
    if (task.kind !== 'text-ranking') throw new Error('not for this model');
    const pairs = await this.tokenised(task, control.preparation);
    for (const batch of batchesOf(pairs)) {
      const scores = await control.inBatchTurn(() => this.scores(batch));
      this.onStep();
      if (control.aborted) return;
      batch.forEach(({ index, tokens }, at) => {
        const score = scores[at];
        if (score === undefined) throw new Error('the model left out a text');
        sink.chunk({ type: 'ranked', index, score, promptTokens: tokens.length });
      });
    }
    const promptTokens = pairs.reduce((sum, { tokens }) => sum + tokens.length, 0);
    sink.chunk({ type: 'finished', finishReason: 'stop', promptTokens, completionTokens: 0 });
  }

  /** Throws `context_length_exceeded` for a text that is too long with the query: none is cut. */
  private async tokenised({ query, texts }: TextRankingTask, preparation: Preparation): Promise<TokenPair[]> {
    const pairs: TokenPair[] = [];
    for (const [index, text] of texts.entries()) {
      await this.refuseLong([query, text], index, preparation);
      const pair = this.pair(query, text, index);
      if (pair.tokens.length > this.context.size) throw this.tooLong(index, String(pair.tokens.length));
      pairs.push(pair);
      await preparation.pause();
    }
    preparation.endCostly();
    return pairs;
  }

  /** Long texts are counted in slices first: the tokenizer reads a pair in one piece. */
  private async refuseLong(texts: readonly string[], index: number, preparation: Preparation): Promise<void> {
    try {
      for (const text of texts) await this.parts.texts.refuseLong(text, preparation, this.context.size);
    } catch (error) {
      throw error instanceof TokenLimitError ? this.tooLong(index, `at least ${String(error.atLeast)}`) : error;
    }
  }

  private tooLong(index: number, count: string): ParleyError {
    return new ParleyError(
      'context_length_exceeded',
      `Text ${String(index)} and the query have ${count} tokens; the model takes ${String(this.context.size)} at most.`,
      { param: 'documents' },
    );
  }

  private pair(query: string, text: string, index: number): TokenPair {
    const options = { text_pair: text, return_tensor: false, return_token_type_ids: true } as const;
    const { input_ids: tokens, token_type_ids: segments = [] } = this.parts.tokenizer(query, options);
    return { index, tokens, segments };
  }

  private async scores(batch: readonly TokenPair[]): Promise<number[]> {
    const { model, tokenizer } = this.parts;
    const { mask, tensor } = paddedBatch(batch);
    const tokens = batch.map((pair) => pair.tokens);
    const inputs = {
      input_ids: tensor(tokens, paddingOf(tokenizer)),
      attention_mask: tensor(mask, 0),
      // Left out by transformers.js where the graph does not ask for it.
      token_type_ids: tensor(
        batch.map(({ segments }) => segments),
        0,
      ),
    };
    const { logits } = (await model(inputs)) as { readonly logits?: Tensor };
    if (logits === undefined) throw new Error('the graph has no output logits');
    return scoresOf(logits.to('float32').data as Float32Array, logits.dims);
  }
}
