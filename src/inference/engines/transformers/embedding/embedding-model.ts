import {
  AutoModel,
  AutoTokenizer,
  type PreTrainedModel,
  type PreTrainedTokenizer,
  type Tensor,
} from '@huggingface/transformers';
import { ParleyError } from '../../../errors.js';
import type { ContextFacts } from '../../../runners/protocol.js';
import type { Task, TaskKind } from '../../../tasks.js';
import type { FeatureExtractionTask } from '../../../vector-tasks.js';
import { InitError, type RunSink } from '../../engine.js';
import type { LoadedModel } from '../loaded-model.js';
import type { LoadOptions } from '../load-options.js';
import type { ModelPlan } from '../model-plan.js';
import type { RunControl } from '../../onnx/run-control.js';
import type { Preparation } from '../../text/preparation/preparations.js';
import { TokenLimitError } from '../../text/preparation/sliced-tokenizer.js';
import { encoderTexts, paddingOf, type EncoderTexts } from '../tokens/encoder-tokens.js';
import type { ModelTokens } from '../../text/tokens/model-tokens.js';
import { paddedBatch } from '../tokens/padded-batch.js';
import { checkSteps, poolingOf, poolTexts, toUnitLength, type Pooling } from './pooling.js';
import { batchesOf, type TokenText } from './text-batches.js';

type Outputs = Readonly<Record<string, Tensor | undefined>>;

interface EmbeddingParts {
  readonly model: PreTrainedModel;
  readonly tokenizer: PreTrainedTokenizer;
  readonly texts: EncoderTexts;
  readonly pooling: Pooling;
}

/** A model that turns texts into vectors of unit length. */
export class EmbeddingModel implements LoadedModel {
  readonly tasks: readonly TaskKind[] = ['feature-extraction'];

  readonly tokens: ModelTokens;

  private constructor(
    private readonly parts: EmbeddingParts,
    readonly context: ContextFacts,
    private readonly onStep: () => void,
  ) {
    this.tokens = parts.texts.tokens;
  }

  /** @param onStep Told after each batch. Throws {@link InitError} and what transformers.js throws. */
  static async load(plan: ModelPlan, options: LoadOptions, onStep: () => void): Promise<EmbeddingModel> {
    const { folder, context } = plan;
    checkSteps(folder.optionalList('modules.json'));
    const pooling = poolingOf(folder.optionalJson('1_Pooling/config.json'));
    const tokenizer = await AutoTokenizer.from_pretrained(folder.path, options);
    const model = await AutoModel.from_pretrained(folder.path, options);
    const texts = encoderTexts(tokenizer, folder);
    const loaded = new EmbeddingModel({ model, tokenizer, texts, pooling }, context, onStep);
    try {
      await loaded.vectors([{ index: 0, tokens: tokenizer.encode('a') }]);
    } catch (error) {
      console.error(error);
      throw new InitError('invalid-file', 'its ONNX graph does not fit its config.json and its tokenizer');
    }
    return loaded;
  }

  async run(task: Task, control: RunControl, sink: RunSink): Promise<void> {
    if (task.kind !== 'feature-extraction') throw new Error('not for this model');
    const texts = await this.tokenised(task, control.preparation);
    for (const batch of batchesOf(texts)) {
      const vectors = await control.inBatchTurn(() => this.vectors(batch));
      this.onStep();
      if (control.aborted) return;
      batch.forEach(({ index, tokens }, at) => {
        const vector = vectors[at];
        if (vector === undefined) throw new Error('the model left out a text');
        sink.chunk({ type: 'embedding', index, vector, promptTokens: tokens.length });
      });
    }
    const promptTokens = texts.reduce((sum, { tokens }) => sum + tokens.length, 0);
    sink.chunk({ type: 'finished', finishReason: 'stop', promptTokens, completionTokens: 0 });
  }

  /** Throws `context_length_exceeded` for a text that is too long: none is cut. */
  private async tokenised({ texts }: FeatureExtractionTask, preparation: Preparation): Promise<TokenText[]> {
    const tokenised: TokenText[] = [];
    for (const [index, text] of texts.entries()) {
      await this.refuseLong(text, index, preparation);
      const tokens = this.parts.tokenizer.encode(text);
      if (tokens.length > this.context.size) throw this.tooLong(index, String(tokens.length));
      tokenised.push({ index, tokens });
      await preparation.pause();
    }
    preparation.endCostly();
    return tokenised;
  }

  /** A long text is counted in slices first: the tokenizer reads it in one piece. */
  private async refuseLong(text: string, index: number, preparation: Preparation): Promise<void> {
    try {
      await this.parts.texts.refuseLong(text, preparation, this.context.size);
    } catch (error) {
      throw error instanceof TokenLimitError ? this.tooLong(index, `at least ${String(error.atLeast)}`) : error;
    }
  }

  private tooLong(index: number, count: string): ParleyError {
    return new ParleyError(
      'context_length_exceeded',
      `Text ${String(index)} has ${count} tokens; the model takes ${String(this.context.size)} at most.`,
      { param: 'input' },
    );
  }

  private async vectors(batch: readonly TokenText[]): Promise<Float32Array[]> {
    const { model, tokenizer, pooling } = this.parts;
    const { mask, tensor } = paddedBatch(batch);
    const input_ids = tensor(
      batch.map(({ tokens }) => tokens),
      paddingOf(tokenizer),
    );
    const outputs = (await model({ input_ids, attention_mask: tensor(mask, 0) })) as Outputs;
    const { sentence_embedding: whole, last_hidden_state, token_embeddings } = outputs;
    if (whole !== undefined) return rowsOf(whole).map(toUnitLength); // the graph pools by itself
    const hidden = last_hidden_state ?? token_embeddings;
    if (hidden === undefined) throw new Error('the graph has no output last_hidden_state');
    return poolTexts({ data: float32(hidden), dims: hidden.dims, mask }, pooling);
  }
}

function rowsOf(tensor: Tensor): Float32Array[] {
  const [rows = 0, width = 0] = tensor.dims;
  const data = float32(tensor);
  return Array.from({ length: rows }, (_, row) => data.slice(row * width, (row + 1) * width));
}

function float32(tensor: Tensor): Float32Array {
  return tensor.to('float32').data as Float32Array;
}
