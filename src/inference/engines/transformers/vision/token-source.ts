import {
  InterruptableStoppingCriteria,
  LogitsProcessor,
  LogitsProcessorList,
  type PreTrainedModel,
  type Tensor,
  type TextStreamer,
} from '@huggingface/transformers';
import type { InferenceSession } from 'onnxruntime-node';
import type { RunControl } from '../../onnx/run-control.js';
import { PENALTY_WINDOW } from '../sampling/penalties.js';
import type { TokenChooser } from '../sampling/token-chooser.js';
import { readInChunks } from './chunked-prefill.js';
import type { ModelInputs } from './model-inputs.js';
import { encodeEach } from './picture-grids.js';

export interface GenerateOptions {
  readonly maxTokens: number;
  readonly endTokens: ReadonlySet<number>;
  readonly chooser: TokenChooser;
  readonly control: RunControl;
}

/** Families whose tokens look ahead in the prompt: it cannot be read piece by piece. */
const READS_AT_ONCE: ReadonlySet<string | null> = new Set(['paligemma', 'gemma3', 'gemma3n']);

/** Called with the prompt first, then with each token. */
export interface TokenSink {
  put(batch: bigint[][]): void;
  end(): void;
}

/** All tokens but the chosen one become impossible, so that greedy decoding takes it. */
class ChoosingProcessor extends LogitsProcessor {
  constructor(private readonly chooser: TokenChooser) {
    super();
  }

  override _call(tokens: bigint[][], logits: Tensor): Tensor {
    const data = logits.data as Float32Array;
    const recent = (tokens[0] ?? []).slice(-PENALTY_WINDOW).map(Number);
    const chosen = this.chooser.choose(data, recent);
    data.fill(-Infinity);
    data[chosen] = 0;
    return logits;
  }
}

/** A model of transformers.js that generates one sequence at a time, and can be held up and stopped before each step. */
export class TokenSource {
  private control: RunControl | undefined;
  private readonly stopping = new InterruptableStoppingCriteria();

  /** @param onStep Told after each step: a picture encoded, the prompt read, a token generated. */
  constructor(
    private readonly model: PreTrainedModel,
    onStep: () => void,
  ) {
    // `generate` awaits each forward pass: the only place between tokens where it can wait.
    const forward = model.forward.bind(model) as (inputs: unknown) => Promise<unknown>;
    model.forward = async (inputs: unknown): Promise<unknown> => {
      await this.control?.turn();
      const outputs = await forward(inputs);
      onStep();
      return outputs;
    };
    const decoder = model.sessions.decoder_model_merged as InferenceSession | undefined;
    if (decoder !== undefined && !READS_AT_ONCE.has(model.config.model_type)) {
      readInChunks(decoder, async () => this.control?.turn(), onStep);
    }
    const encode = model.encode_image.bind(model) as (inputs: ModelInputs) => Promise<Tensor>;
    model.encode_image = async (inputs: ModelInputs): Promise<Tensor> => {
      const { pixel_values, image_grid_thw } = inputs;
      const once = async (some: ModelInputs): Promise<Tensor> => {
        await this.control?.turn();
        const features = await encode(some);
        onStep();
        return features;
      };
      if (pixel_values === undefined || image_grid_thw === undefined) return once(inputs);
      return encodeEach({ pixel_values, image_grid_thw }, (grid) => once({ ...grid }));
    };
  }

  /** Resolves after the last token. Throws `RunAborted`. */
  async generate(inputs: ModelInputs, options: GenerateOptions, sink: TokenSink): Promise<void> {
    this.control = options.control;
    this.stopping.reset();
    const processors = new LogitsProcessorList();
    processors.push(new ChoosingProcessor(options.chooser));
    try {
      await this.model.generate({
        ...inputs,
        max_new_tokens: options.maxTokens,
        eos_token_id: [...options.endTokens],
        // The chooser does all of these; the model's own generation_config.json must not do them again.
        do_sample: false,
        num_beams: 1,
        repetition_penalty: 1,
        logits_processor: processors,
        stopping_criteria: this.stopping,
        streamer: sink as unknown as TextStreamer, // its type wants the subclass; only `put` and `end` are called
      });
    } finally {
      this.control = undefined;
    }
  }

  /** Ends the generation after the current token. */
  stop(): void {
    this.stopping.interrupt();
  }
}
