import { InitError } from '../engine.js';
import type { NumberTensor, OnnxGraph } from '../onnx/onnx-graph.js';
import type { TextStates } from './text/text-encoder.js';
import { stacked, type Planes, type Size } from './planes.js';

/** What of the rest of the model a UNet must fit to. */
export interface UnetNeighbours {
  readonly textWidth: number;
  readonly pooledWidth: number | null;
  readonly latentChannels: number;
}

/** What a UNet is told beside the latent and the step. */
export interface Conditions {
  /** One for each picture of the batch. */
  readonly prompts: readonly TextStates[];
  /** SDXL: pixels of the picture. */
  readonly picture: Size;
  /** Where it is an input: see {@link Unet.takesGuidance}. */
  readonly guidanceScale: number;
}

const KNOWN = ['sample', 'timestep', 'encoder_hidden_states', 'timestep_cond', 'text_embeds', 'time_ids'];
/** Cells of the least latent that is tried, and of one that is no multiple of 8. */
const TRIAL = { width: 8, height: 8 };
const ODD_TRIAL = { width: 9, height: 8 };
const TRIAL_TOKENS = 77;
/** UNets halve a latent three times. */
const HALVED = 8;

/** The network that says what is noise in a latent. */
export class Unet {
  private constructor(
    private readonly graph: OnnxGraph,
    /** Of its input: those of the latent, and for inpainting five more. */
    readonly channels: number,
    private readonly neighbours: UnetNeighbours,
    /** Latents have sides that are multiples of this. */
    readonly granularity: number,
  ) {}

  /** Runs the model once to see that it fits. Throws {@link InitError}. */
  static async create(graph: OnnxGraph, configured: number | null, neighbours: UnetNeighbours): Promise<Unet> {
    const unknown = [...graph.inputs.keys()].filter((name) => !KNOWN.includes(name));
    if (unknown.length > 0) throw new InitError('invalid-file', `${graph.file} wants ${unknown.join(', ')}, too`);
    const { latentChannels } = neighbours;
    const channels = graph.inputs.get(graph.input('sample'))?.dims[1] ?? configured ?? latentChannels;
    if (channels !== latentChannels && channels !== 2 * latentChannels + 1) {
      const [has, made] = [String(channels), String(latentChannels)];
      throw new InitError('invalid-file', `${graph.file} takes ${has} channels, but vae_decoder has ${made}`);
    }
    checkWidths(graph, neighbours);
    const unet = new Unet(graph, channels, neighbours, HALVED);
    await unet.trial(TRIAL).catch((error: unknown) => {
      console.error(error);
      throw new InitError('invalid-file', `${graph.file} does not fit the text encoder and the autoencoder beside it`);
    });
    const takesAll = await unet.trial(ODD_TRIAL).then(
      () => true,
      () => false, // as most do
    );
    return takesAll ? new Unet(graph, channels, neighbours, 1) : unet;
  }

  /** Whether it was distilled with guidance, which it then takes as an input. */
  get takesGuidance(): boolean {
    return this.graph.inputs.has('timestep_cond');
  }

  get isForInpainting(): boolean {
    return this.channels !== this.neighbours.latentChannels;
  }

  /** What it says of the same latent for each of the prompts. */
  async predict(sample: Planes, timestep: number, conditions: Conditions): Promise<Float32Array[]> {
    const { prompts } = conditions;
    const batch = prompts.length;
    const feeds: Record<string, NumberTensor> = {
      sample: {
        data: batch === 1 ? sample.data : stacked(prompts.map(() => sample.data)),
        dims: [batch, sample.channels, sample.height, sample.width],
      },
      timestep: this.timestepTensor(timestep),
      encoder_hidden_states: this.statesTensor(prompts),
      ...this.extras(conditions),
    };
    const { data } = await this.graph.run(feeds, this.graph.output('out_sample', 'sample'));
    const length = this.neighbours.latentChannels * sample.width * sample.height;
    if (data.length !== batch * length) throw new Error(`${this.graph.file} answers in another size`);
    return prompts.map((_, index) => data.subarray(index * length, (index + 1) * length));
  }

  /** Old exports take the timestep as a list of one. */
  private timestepTensor(timestep: number): NumberTensor {
    const rank = this.graph.inputs.get('timestep')?.dims.length ?? 0;
    return { data: [timestep], dims: rank === 0 ? [] : [1] };
  }

  private statesTensor(prompts: readonly TextStates[]): NumberTensor {
    const { textWidth } = this.neighbours;
    const data = stacked(prompts.map(({ states }) => states));
    return { data, dims: [prompts.length, data.length / textWidth / prompts.length, textWidth] };
  }

  private extras({ prompts, picture, guidanceScale }: Conditions): Record<string, NumberTensor> {
    const { inputs } = this.graph;
    const batch = prompts.length;
    const extras: Record<string, NumberTensor> = {};
    if (inputs.has('timestep_cond')) {
      const width = inputs.get('timestep_cond')?.dims[1] ?? GUIDANCE_WIDTH;
      const embedding = guidanceEmbedding(guidanceScale, width);
      extras.timestep_cond = { data: stacked(prompts.map(() => embedding)), dims: [batch, width] };
    }
    if (inputs.has('text_embeds')) {
      const data = stacked(prompts.map(({ pooled }) => pooled ?? new Float32Array()));
      extras.text_embeds = { data, dims: [batch, data.length / batch] };
    }
    if (inputs.has('time_ids')) {
      // Size of the training picture, how much was cut off its top and left, size wanted: Podell et al. 2023, 2.2.
      const { width, height } = picture;
      const ids = prompts.flatMap(() => [height, width, 0, 0, height, width]);
      extras.time_ids = { data: ids, dims: [batch, 6] };
    }
    return extras;
  }

  /** Throws whatever it throws when it does not take a latent of that size. */
  private async trial(size: Size): Promise<void> {
    const { textWidth, pooledWidth } = this.neighbours;
    const data = new Float32Array(this.channels * size.width * size.height);
    const pooled = pooledWidth === null ? null : new Float32Array(pooledWidth);
    const prompts = [{ states: new Float32Array(TRIAL_TOKENS * textWidth), pooled }];
    const sample = { data, channels: this.channels, ...size };
    await this.predict(sample, 1, { prompts, picture: size, guidanceScale: 1 });
  }
}

/** Width of `timestep_cond` where the file does not tell: that of the published LCM. */
const GUIDANCE_WIDTH = 256;

/** Sines and cosines of the guidance scale less one: Luo et al. 2023, appendix F, as in diffusers. */
export function guidanceEmbedding(guidanceScale: number, width: number): Float32Array {
  const half = Math.floor(width / 2);
  const embedding = new Float32Array(width);
  for (let i = 0; i < half; i++) {
    const angle = (guidanceScale - 1) * 1000 * Math.exp((-Math.log(10_000) * i) / (half - 1));
    embedding[i] = Math.sin(angle);
    embedding[half + i] = Math.cos(angle);
  }
  return embedding;
}

/** Throws {@link InitError} for text models that are another's. */
function checkWidths(graph: OnnxGraph, { textWidth, pooledWidth }: UnetNeighbours): void {
  const wanted = graph.inputs.get(graph.input('encoder_hidden_states'))?.dims[2] ?? textWidth;
  if (wanted !== textWidth) {
    const [has, wants] = [String(textWidth), String(wanted)];
    throw new InitError(
      'invalid-file',
      `${graph.file} attends to ${wants} numbers a token, but text_encoder gives ${has}`,
    );
  }
  if (graph.inputs.has('text_embeds') && pooledWidth === null) {
    throw new InitError('invalid-file', `${graph.file} wants text_embeds, which need a text_encoder_2`);
  }
}
