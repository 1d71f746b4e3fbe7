import type { Checkpoint } from './checkpoint.js';
import type { Planes, Size } from './planes.js';
import { weighted } from './schedulers/scheduler.js';
import type { TextStates } from './text/text-encoder.js';
import type { Unet } from './unet.js';

/** What is drawn, and how strictly. */
export interface Guidance {
  readonly prompt: TextStates;
  /** Null: without classifier-free guidance. */
  readonly negative: TextStates | null;
  readonly scale: number;
  /** Pixels of the picture, which SDXL is told. */
  readonly picture: Size;
}

/**
 * Cells of a latent up to which both prompts are run together, which saves a tenth of a small model's time. With more it
 * gains less, takes twice the memory, and keeps the process from its messages, heartbeats among them, for twice as long.
 */
const BATCHED_CELLS = 64 ** 2;

/** The UNet under classifier-free guidance: Ho and Salimans 2022, in the form negative + scale·(prompt - negative). */
export class Denoiser {
  constructor(
    private readonly unet: Unet,
    private readonly guidance: Guidance,
  ) {}

  async predict(sample: Planes, timestep: number, checkpoint: Checkpoint): Promise<Float32Array> {
    const { prompt, negative, scale } = this.guidance;
    if (negative === null) return this.one(sample, timestep, prompt);
    const [without, prompted] = await this.both(sample, timestep, [negative, prompt], checkpoint);
    return weighted(1 - scale, without, scale, prompted);
  }

  private async both(
    sample: Planes,
    timestep: number,
    prompts: readonly [TextStates, TextStates],
    checkpoint: Checkpoint,
  ): Promise<[Float32Array, Float32Array]> {
    if (sample.width * sample.height > BATCHED_CELLS) {
      const first = await this.one(sample, timestep, prompts[0]);
      await checkpoint();
      return [first, await this.one(sample, timestep, prompts[1])];
    }
    const [first, second] = await this.run(sample, timestep, prompts);
    if (first === undefined || second === undefined) throw new Error('the UNet answered for one prompt of two');
    return [first, second];
  }

  private async one(sample: Planes, timestep: number, prompt: TextStates): Promise<Float32Array> {
    const [output] = await this.run(sample, timestep, [prompt]);
    if (output === undefined) throw new Error('the UNet did not answer');
    return output;
  }

  private run(sample: Planes, timestep: number, prompts: readonly TextStates[]): Promise<Float32Array[]> {
    const { picture, scale } = this.guidance;
    return this.unet.predict(sample, timestep, { prompts, picture, guidanceScale: scale });
  }
}
