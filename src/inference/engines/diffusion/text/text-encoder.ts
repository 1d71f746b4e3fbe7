import { InitError } from '../../engine.js';
import type { OnnxGraph } from '../../onnx/onnx-graph.js';

/** What the UNet attends to: a vector for each token, and for SDXL one of the whole prompt. */
export interface TextStates {
  /** [tokens, width] */
  readonly states: Float32Array;
  readonly pooled: Float32Array | null;
}

/** Which of a text model's layers the UNet was trained on. */
export type Layer = 'last' | 'penultimate';

/** OpenCLIP's text models are 1024 wide and more, CLIP's own 768. */
const OPEN_CLIP_FROM = 1024;

/** A CLIP text model. */
export class TextEncoder {
  private constructor(
    private readonly graph: OnnxGraph,
    private readonly output: string,
    private readonly pooledOutput: string | null,
    /** Numbers of one token. */
    readonly width: number,
    readonly pooledWidth: number | null,
  ) {}

  /** Runs the model once to see what it answers. `example` is some input. Throws {@link InitError}. */
  static async create(
    graph: OnnxGraph,
    example: readonly number[],
    { layer, pooled }: { readonly layer: Layer; readonly pooled: boolean },
  ): Promise<TextEncoder> {
    const input = graph.input('input_ids');
    const others = [...graph.inputs.keys()].filter((name) => name !== input);
    if (others.length > 0) throw new InitError('invalid-file', `${graph.file} wants ${others.join(', ')}, too`);
    const output = layer === 'last' ? graph.output('last_hidden_state') : penultimate(graph);
    const pooledOutput = pooled ? graph.output('text_embeds', 'pooler_output') : null;
    const encoder = new TextEncoder(graph, output, pooledOutput, 0, null);
    const answer = await encoder.encode(example).catch((error: unknown) => {
      console.error(error);
      throw new InitError('invalid-file', `${graph.file} is no CLIP text model, or its tokenizer is another's`);
    });
    const width = answer.states.length / example.length;
    return new TextEncoder(graph, output, pooledOutput, width, answer.pooled?.length ?? null);
  }

  get isOpenClip(): boolean {
    return this.width >= OPEN_CLIP_FROM;
  }

  async encode(ids: readonly number[]): Promise<TextStates> {
    const outputs = this.pooledOutput === null ? [this.output] : [this.output, this.pooledOutput];
    const results = await this.graph.runAll({ input_ids: { data: ids, dims: [1, ids.length] } }, outputs);
    const states = results.get(this.output)?.data ?? new Float32Array();
    return { states, pooled: this.pooledOutput === null ? null : (results.get(this.pooledOutput)?.data ?? null) };
  }
}

/** SDXL's prompts are the states before the last layer; exports number all of them from the embeddings on. */
function penultimate(graph: OnnxGraph): string {
  const layers = [...graph.outputs.keys()]
    .map((name) => Number(/^hidden_states\.(\d+)$/.exec(name)?.[1] ?? NaN))
    .filter((layer) => !Number.isNaN(layer));
  return graph.output(`hidden_states.${String(Math.max(...layers) - 1)}`);
}
