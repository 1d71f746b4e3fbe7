import { cpSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Random } from '../../unit/support/random.js';
import { onnxFile, type Constant, type ElementType, type Node, type Port } from './diffusion-onnx.js';
import { STARTER_IMAGE } from './diffusion-runner.js';

/** What kind of export a toy stands for. Its weights are random, its shapes and names are those of real ones. */
export interface ToyKind {
  /** SDXL: two text models, of which the last states but one and a pooled vector are used. */
  readonly xl?: boolean;
  /** A UNet that takes the guidance as an input. */
  readonly lcm?: boolean;
  /** All floats in half precision. */
  readonly half?: boolean;
  /** A UNet of nine channels. */
  readonly inpainting?: boolean;
  /** Of the ids and the timestep. */
  readonly whole?: ElementType;
  /** Whether the timestep is a list of one, as in old exports. */
  readonly listedTimestep?: boolean;
  /** A UNet that takes latents of multiples of 8 alone, as those that halve them three times. */
  readonly coarse?: boolean;
  readonly scheduler?: Readonly<Record<string, unknown>>;
  /** Without `model_index.json` and the configurations of the parts. */
  readonly bare?: boolean;
}

const WIDTH = 16;
const WIDTH_2 = 24;
const POOLED = 12;
const LAYERS = 3;
const BATCH = 'batch';

/** Makes a model's folder in a temporary place. */
export function toyModel(kind: ToyKind = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'parley-toy-'));
  const put = (file: string, content: Buffer | object): void => {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), Buffer.isBuffer(content) ? content : JSON.stringify(content));
  };
  const { xl = false, bare = false } = kind;
  put('text_encoder/model.onnx', textEncoder(kind, WIDTH, 1));
  put('unet/model.onnx', unet(kind));
  put('vae_decoder/model.onnx', vaeDecoder(kind));
  put('vae_encoder/model.onnx', vaeEncoder(kind));
  put('scheduler/scheduler_config.json', { _class_name: 'EulerDiscreteScheduler', ...SD_BETAS, ...kind.scheduler });
  cpSync(join(STARTER_IMAGE, 'tokenizer'), join(folder, 'tokenizer'), { recursive: true });
  if (xl) {
    put('text_encoder_2/model.onnx', textEncoder(kind, WIDTH_2, 2));
    cpSync(join(STARTER_IMAGE, 'tokenizer'), join(folder, 'tokenizer_2'), { recursive: true });
  }
  if (!bare) {
    put('model_index.json', { _class_name: 'OnnxStableDiffusionPipeline', unet: ['diffusers', 'OnnxRuntimeModel'] });
    put('unet/config.json', { sample_size: 16, time_cond_proj_dim: kind.lcm === true ? 32 : null });
    put('vae_decoder/config.json', { block_out_channels: [8, 8, 8, 8], latent_channels: 4, scaling_factor: 0.5 });
  }
  return folder;
}

const SD_BETAS = { beta_start: 0.00085, beta_end: 0.012, beta_schedule: 'scaled_linear' };

function float({ half = false }: ToyKind): ElementType {
  return half ? 'float16' : 'float';
}

function weights(name: string, dims: readonly number[], scale: number, seed: number): Constant {
  const random = new Random(seed);
  const data = Float32Array.from({ length: dims.reduce((a, b) => a * b, 1) }, () => (random.next() - 0.5) * scale);
  return { name, dims, data };
}

/** Each id times a vector, which differs by layer. */
function textEncoder(kind: ToyKind, width: number, seed: number): Buffer {
  const type = float(kind);
  const states = [BATCH, 'sequence', width];
  const names = kind.xl === true ? ['last_hidden_state', ...layers()] : ['last_hidden_state'];
  const pooled: Port[] = kind.xl === true ? [{ name: 'text_embeds', type, dims: [BATCH, POOLED] }] : [];
  const nodes: Node[] = [
    { op: 'Unsqueeze', inputs: ['input_ids'], output: 'column', attributes: { axes: [2] } },
    ...names.map((name): Node => ({ op: 'Mul', inputs: ['column', `w_${name}`], output: name })),
    ...(pooled.length === 0 ? [] : pooledNodes()),
  ];
  return onnxFile({
    inputs: [{ name: 'input_ids', type: kind.whole ?? 'int32', dims: [BATCH, 'sequence'] }],
    outputs: [...pooled, ...names.map((name) => ({ name, type, dims: states }))],
    nodes,
    constants: [
      ...names.map((name, index) => weights(`w_${name}`, [1, 1, width], 0.01, 10 * seed + index)),
      weights('w_pooled', [width, POOLED], 1, seed),
    ],
  });
}

function layers(): string[] {
  return Array.from({ length: LAYERS }, (_, layer) => `hidden_states.${String(layer)}`);
}

function pooledNodes(): Node[] {
  return [
    { op: 'ReduceMean', inputs: ['last_hidden_state'], output: 'mean', attributes: { axes: [1], keepdims: 0 } },
    { op: 'MatMul', inputs: ['mean', 'w_pooled'], output: 'text_embeds' },
  ];
}

/** Mixes the latent's channels, and adds the mean of everything else that it is told. */
function unet(kind: ToyKind): Buffer {
  const type = float(kind);
  const channels = kind.inpainting === true ? 9 : 4;
  const width = kind.xl === true ? WIDTH + WIDTH_2 : WIDTH;
  const told: Port[] = [
    { name: 'encoder_hidden_states', type, dims: [BATCH, 'sequence', width] },
    ...(kind.xl === true
      ? [
          { name: 'text_embeds', type, dims: [BATCH, POOLED] },
          { name: 'time_ids', type, dims: [BATCH, 6] },
        ]
      : []),
    ...(kind.lcm === true ? [{ name: 'timestep_cond', type, dims: [BATCH, 32] }] : []),
  ];
  const latent = [BATCH, channels, 'height', 'width'];
  const timestep: Port = {
    name: 'timestep',
    type: kind.whole ?? 'int64',
    dims: kind.listedTimestep === true ? [1] : [],
  };
  let sum = 'mixed';
  const added = told.flatMap(({ name, dims }): Node[] => {
    const axes = dims.map((_, axis) => axis).slice(1);
    const nodes: Node[] = [
      { op: 'ReduceMean', inputs: [name], output: `${name}.mean`, attributes: { axes, keepdims: 0 } },
      { op: 'Mul', inputs: [`${name}.mean`, name === 'time_ids' ? 'little' : 'one'], output: `${name}.part` },
      { op: 'Unsqueeze', inputs: [`${name}.part`], output: `${name}.cell`, attributes: { axes: [1, 2, 3] } },
      { op: 'Add', inputs: [sum, `${name}.cell`], output: `${name}.sum` },
    ];
    sum = `${name}.sum`;
    return nodes;
  });
  const coarse: Node[] = [
    // Fails unless the sides are multiples of 8, as skip connections of other sizes do.
    { op: 'Conv', inputs: ['sample', 'w_down'], output: 'down', attributes: { strides: [8, 8] } },
    { op: 'ConvTranspose', inputs: ['down', 'w_up'], output: 'up', attributes: { strides: [8, 8] } },
    { op: 'Conv', inputs: ['sample', 'w_mix'], output: 'fine' },
    { op: 'Add', inputs: ['up', 'fine'], output: 'mixed' },
  ];
  return onnxFile({
    inputs: [{ name: 'sample', type, dims: latent }, timestep, ...told],
    outputs: [{ name: 'out_sample', type, dims: [BATCH, 4, 'height', 'width'] }],
    nodes: [
      ...(kind.coarse === true ? coarse : [{ op: 'Conv', inputs: ['sample', 'w_mix'], output: 'mixed' }]),
      ...added,
      { op: 'Mul', inputs: ['timestep', 'little'], output: 'time' },
      { op: 'Add', inputs: [sum, 'time'], output: 'out_sample' },
    ],
    constants: [
      weights('w_mix', [4, channels, 1, 1], 1, 3),
      ...(kind.coarse === true
        ? [weights('w_down', [4, channels, 8, 8], 0.05, 6), weights('w_up', [4, 4, 8, 8], 0.05, 7)]
        : []),
      { name: 'one', dims: [1], data: Float32Array.of(1) },
      { name: 'little', dims: [1], data: Float32Array.of(0.0001) },
    ],
  });
}

function vaeDecoder(kind: ToyKind): Buffer {
  const type = float(kind);
  return onnxFile({
    inputs: [{ name: 'latent_sample', type, dims: [BATCH, 4, 'height', 'width'] }],
    outputs: [{ name: 'sample', type, dims: [BATCH, 3, 'image_height', 'image_width'] }],
    nodes: [{ op: 'ConvTranspose', inputs: ['latent_sample', 'w'], output: 'sample', attributes: { strides: [8, 8] } }],
    constants: [weights('w', [4, 3, 8, 8], 0.5, 4)],
  });
}

/** Mean and logarithm of the variance, as newer exports give them. */
function vaeEncoder(kind: ToyKind): Buffer {
  const type = float(kind);
  return onnxFile({
    inputs: [{ name: 'sample', type, dims: [BATCH, 3, 'height', 'width'] }],
    outputs: [{ name: 'latent_parameters', type, dims: [BATCH, 8, 'latent_height', 'latent_width'] }],
    nodes: [{ op: 'Conv', inputs: ['sample', 'w'], output: 'latent_parameters', attributes: { strides: [8, 8] } }],
    constants: [weights('w', [8, 3, 8, 8], 0.2, 5)],
  });
}
