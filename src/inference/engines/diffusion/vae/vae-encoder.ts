import { InitError } from '../../engine.js';
import type { OnnxGraph } from '../../onnx/onnx-graph.js';
import type { Checkpoint } from '../checkpoint.js';
import type { VaeFacts } from '../model-plan.js';
import { planesOf, type Planes } from '../planes.js';
import { tiled } from './tiling.js';
import { tilingFor } from './vae-memory.js';

const TRIAL_SIDE = 64;

/** Picture → latent: the mean of what the autoencoder takes it for, so that equal pictures give equal latents. */
export class VaeEncoder {
  private constructor(
    private readonly graph: OnnxGraph,
    private readonly facts: VaeFacts,
    private readonly channels: number,
  ) {}

  /** Runs the model once to see that it is one. Throws {@link InitError}. */
  static async create(graph: OnnxGraph, facts: VaeFacts, channels: number): Promise<VaeEncoder> {
    const encoder = new VaeEncoder(graph, facts, channels);
    graph.input('sample');
    const side = { width: TRIAL_SIDE, height: TRIAL_SIDE };
    await encoder.run({ data: new Float32Array(3 * TRIAL_SIDE ** 2), channels: 3, ...side }).catch((error: unknown) => {
      console.error(error);
      throw new InitError('invalid-file', `${graph.file} does not make latents of the kind that vae_decoder takes`);
    });
    return encoder;
  }

  /** @param picture Colours from -1 to 1; its sides are multiples of the factor. */
  async encode(picture: Planes, checkpoint: Checkpoint): Promise<Planes> {
    const { scaling, shift, factor } = this.facts;
    const size = { width: picture.width / factor, height: picture.height / factor };
    const latent = await tiled(
      picture,
      { ...tilingFor(size, this.facts), inputScale: factor, outputScale: 1 },
      async (tile) => {
        const part = await this.run(tile);
        await checkpoint();
        return part;
      },
    );
    return { ...latent, data: latent.data.map((value) => (value - shift) * scaling) };
  }

  private async run({ data, width, height }: Planes): Promise<Planes> {
    const output = this.graph.output('latent_sample', 'latent_parameters', 'latent_dist');
    const result = await this.graph.run({ sample: { data, dims: [1, 3, height, width] } }, output);
    const size = { width: width / this.facts.factor, height: height / this.facts.factor };
    // `latent_parameters` are the mean and then the logarithm of the variance: the first half is what is wanted.
    const wanted = this.channels * size.width * size.height;
    if (result.data.length !== wanted && result.data.length !== 2 * wanted) {
      throw new Error(`${this.graph.file} answers in another size`);
    }
    return planesOf(result.data.subarray(0, wanted), this.channels, size);
  }
}
