import { InitError } from '../../engine.js';
import type { OnnxGraph } from '../../onnx/onnx-graph.js';
import type { Checkpoint } from '../checkpoint.js';
import type { VaeFacts } from '../model-plan.js';
import { planesOf, type Planes } from '../planes.js';
import { tiled } from './tiling.js';
import { tilingFor } from './vae-memory.js';

const TRIAL_SIDE = 8;

/** Latent → picture. */
export class VaeDecoder {
  private constructor(
    private readonly graph: OnnxGraph,
    private readonly facts: VaeFacts,
    readonly channels: number,
  ) {}

  /** Runs the model once to see that it is one. `configured` is what settings say of its channels. Throws {@link InitError}. */
  static async create(graph: OnnxGraph, facts: VaeFacts, configured: number | null): Promise<VaeDecoder> {
    const channels = graph.inputs.get(graph.input('latent_sample', 'latent', 'z'))?.dims[1] ?? configured ?? 4;
    if (configured !== null && configured !== channels) {
      const [has, said] = [String(channels), String(configured)];
      throw new InitError('invalid-file', `${graph.file} takes ${has} channels, but its config.json says ${said}`);
    }
    const decoder = new VaeDecoder(graph, facts, channels);
    const side = { width: TRIAL_SIDE, height: TRIAL_SIDE };
    await decoder
      .run({ data: new Float32Array(channels * TRIAL_SIDE ** 2), channels, ...side })
      .catch((error: unknown) => {
        console.error(error);
        const factor = String(facts.factor);
        throw new InitError(
          'invalid-file',
          `${graph.file} does not make a picture ${factor} times as large as its latent`,
        );
      });
    return decoder;
  }

  /** Colours from about -1 to 1. */
  async decode(latent: Planes, checkpoint: Checkpoint): Promise<Planes> {
    const { scaling, shift, factor } = this.facts;
    const unscaled = { ...latent, data: latent.data.map((value) => value / scaling + shift) };
    const tiling = { ...tilingFor(latent, this.facts), inputScale: 1, outputScale: factor };
    return tiled(unscaled, tiling, async (tile) => {
      const picture = await this.run(tile);
      await checkpoint();
      return picture;
    });
  }

  private async run({ data, channels, width, height }: Planes): Promise<Planes> {
    const input = this.graph.input('latent_sample', 'latent', 'z');
    const feeds = { [input]: { data, dims: [1, channels, height, width] } };
    const result = await this.graph.run(feeds, this.graph.output('sample', 'image'));
    return planesOf(result.data, 3, { width: width * this.facts.factor, height: height * this.facts.factor });
  }
}
