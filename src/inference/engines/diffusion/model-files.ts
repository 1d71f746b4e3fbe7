import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { InitError } from '../engine.js';
import { sizeOfFile } from '../onnx/onnx-file.js';
import type { ConfigFile } from './config-file.js';

/** The graphs of a latent diffusion model, by their folders in diffusers' layout. */
export const PARTS = ['text_encoder', 'text_encoder_2', 'unet', 'vae_decoder', 'vae_encoder'] as const;
export type Part = (typeof PARTS)[number];

/** A part's files, as paths inside the model's folder. */
export interface PartFiles {
  readonly graph: string;
  /** Of the graph and of the weights that lie beside it. */
  readonly bytes: number;
}

export type ModelFiles = Readonly<Record<Exclude<Part, 'text_encoder_2' | 'vae_encoder'>, PartFiles>> & {
  readonly text_encoder_2: PartFiles | null;
  /** Null: it can draw from words alone. */
  readonly vae_encoder: PartFiles | null;
};

/** Names of the same graph with other weights, best first: those in half precision take longer on a CPU. */
const VARIANTS = ['model.onnx', 'model_fp16.onnx', 'model_quantized.onnx', 'model_int8.onnx', 'model_uint8.onnx'];

/**
 * Finds a model's parts. `index` is its `model_index.json`, which some exports lack: then the folders decide. `listed` are
 * those of the folder's files that are the model's own. Throws {@link InitError}.
 */
export async function findParts(
  folder: string,
  index: ConfigFile | null,
  listed: readonly string[] | undefined,
): Promise<ModelFiles> {
  if (isNamed(index, 'transformer')) {
    throw new InitError('invalid-file', `model_index.json names a transformer: only models with a UNet can be used`);
  }
  const optional = async (part: Part): Promise<PartFiles | null> => {
    if (index?.raw(part) !== undefined && !isNamed(index, part)) return null;
    const names = await filesOf(folder, part, listed);
    if (graphAmong(names) !== undefined) return filesOfPart(folder, part, names);
    if (isNamed(index, part)) throw missing(part);
    return null;
  };
  const needed = async (part: Part): Promise<PartFiles> => (await optional(part)) ?? Promise.reject(missing(part));
  return {
    text_encoder: await needed('text_encoder'),
    text_encoder_2: await optional('text_encoder_2'),
    unet: await needed('unet'),
    vae_decoder: await needed('vae_decoder'),
    vae_encoder: await optional('vae_encoder'),
  };
}

/** `[library, class]`, or `[null, null]` for a part that a model does without. */
function isNamed(index: ConfigFile | null, part: string): boolean {
  return typeof index?.list(part)[0] === 'string';
}

function missing(part: Part): InitError {
  return new InitError('invalid-file', `${part}/model.onnx is missing from its folder`);
}

async function filesOf(folder: string, part: Part, listed: readonly string[] | undefined): Promise<string[]> {
  const names = await readdir(join(folder, part)).catch(() => []);
  return names.filter((name) => listed?.includes(`${part}/${name}`) !== false).sort();
}

function graphAmong(names: readonly string[]): string | undefined {
  return VARIANTS.find((name) => names.includes(name)) ?? names.find((name) => name.endsWith('.onnx'));
}

/** All but the settings and the other variants counts as weights: their names are up to who exported it. */
async function filesOfPart(folder: string, part: Part, names: readonly string[]): Promise<PartFiles> {
  const graph = graphAmong(names) ?? '';
  const others = names.filter((name) => !/\.(?:onnx|json|txt|md)$/i.test(name) && !isOfVariant(name, graph, names));
  const sizes = await Promise.all([graph, ...others].map((name) => sizeOfFile(folder, `${part}/${name}`)));
  return { graph: `${part}/${graph}`, bytes: sizes.reduce((sum, size) => sum + size, 0) };
}

/** Whether a file of weights, such as `model_fp16.onnx_data`, is named after another graph than the one that is used. */
function isOfVariant(name: string, graph: string, names: readonly string[]): boolean {
  const owners = names.filter((one) => one.endsWith('.onnx') && name.startsWith(one));
  return owners.length > 0 && !owners.includes(graph);
}
