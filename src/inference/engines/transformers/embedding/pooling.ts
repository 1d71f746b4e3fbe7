import { InitError } from '../../engine.js';
import { textOf, type Json } from '../../onnx/json.js';

/** How the vectors of a text's tokens become one. */
export type Pooling = 'mean' | 'cls' | 'last';

const MODES: Readonly<Record<string, Pooling>> = {
  pooling_mode_mean_tokens: 'mean',
  pooling_mode_cls_token: 'cls',
  pooling_mode_lasttoken: 'last',
};

/** What 1_Pooling/config.json of sentence-transformers asks for; mean when there is none. Throws {@link InitError}. */
export function poolingOf(config: Json): Pooling {
  const wanted = Object.keys(config).filter((key) => key.startsWith('pooling_mode_') && config[key] === true);
  const [only] = wanted;
  if (only === undefined) return 'mean';
  const pooling = MODES[only];
  if (wanted.length === 1 && pooling !== undefined) return pooling;
  throw new InitError(
    'invalid-file',
    `its 1_Pooling/config.json asks for ${wanted.join(' and ')}; supported is one of ${Object.keys(MODES).join(', ')}`,
  );
}

/** Steps of sentence-transformers that follow the transformer, as modules.json names them. */
const KNOWN_STEPS = new Set(['Transformer', 'Pooling', 'Normalize']);

/** Throws {@link InitError} for a model whose vectors would be others than those it was made to give. */
export function checkSteps(modules: readonly Json[]): void {
  for (const { type } of modules) {
    const step = textOf(type)?.split('.').at(-1) ?? '?';
    if (!KNOWN_STEPS.has(step)) {
      throw new InitError('invalid-file', `its modules.json has a step "${step}", which is not supported`);
    }
  }
}

/** Vectors of the tokens of some texts, [texts, tokens, width] row by row, each text padded on one side. */
export interface TokenVectors {
  readonly data: Float32Array;
  readonly dims: readonly number[];
  /** 1 for a token, 0 for padding; [texts, tokens]. */
  readonly mask: readonly (readonly number[])[];
}

/** One vector of unit length for each text. */
export function poolTexts(vectors: TokenVectors, pooling: Pooling): Float32Array[] {
  const [, tokens = 0, width = 0] = vectors.dims;
  return vectors.mask.map((mask, text) => {
    const places = placesOf(mask, pooling);
    const pooled = new Float32Array(width);
    for (const place of places) {
      const start = (text * tokens + place) * width;
      for (let i = 0; i < width; i++) pooled[i] = (pooled[i] ?? 0) + (vectors.data[start + i] ?? 0) / places.length;
    }
    return toUnitLength(pooled);
  });
}

function placesOf(mask: readonly number[], pooling: Pooling): number[] {
  const places = mask.flatMap((bit, place) => (bit === 1 ? [place] : []));
  if (pooling === 'cls') return places.slice(0, 1);
  return pooling === 'last' ? places.slice(-1) : places;
}

/** In place. */
export function toUnitLength(vector: Float32Array): Float32Array {
  const length = Math.hypot(...vector);
  return length === 0 ? vector : vector.map((value) => value / length);
}
