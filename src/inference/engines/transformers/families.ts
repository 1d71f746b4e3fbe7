/** Graphs of a model that sees: transformers.js opens all of them. */
const VISION_GRAPHS = ['vision_encoder', 'embed_tokens', 'decoder_model_merged'] as const;

/** What one `model_type` of config.json is, and which graphs it consists of. */
export interface Family {
  readonly kind: 'vision' | 'encoder';
  readonly graphs: readonly string[];
}

const VISION = [
  'idefics3',
  'smolvlm',
  'llava',
  'llava_qwen2',
  'qwen2_vl',
  'qwen2_5_vl',
  'qwen3_vl',
  'qwen3_vl_moe',
  'qwen3_5',
  'qwen3_5_moe',
  'gemma3',
  'gemma3n',
  'paligemma',
  'lfm2_vl',
  'mistral3',
  'lighton_ocr',
  'glm_ocr',
] as const;

/** Encoders: their tokens become one vector by pooling, or their head judges two texts that are read together. */
const ENCODERS = [
  'bert',
  'modernbert',
  'nomic_bert',
  'eurobert',
  'neobert',
  'roberta',
  'xlm-roberta',
  'camembert',
  'mpnet',
  'distilbert',
  'albert',
  'electra',
  'convbert',
  'roformer',
  'deberta',
  'deberta-v2',
  'mobilebert',
  'squeezebert',
] as const;

export const FAMILIES: ReadonlyMap<string, Family> = new Map<string, Family>([
  ...VISION.map((name): [string, Family] => [
    name,
    { kind: 'vision', graphs: name === 'gemma3n' ? [...VISION_GRAPHS, 'audio_encoder'] : VISION_GRAPHS },
  ]),
  ...ENCODERS.map((name): [string, Family] => [name, { kind: 'encoder', graphs: ['model'] }]),
]);

/** Families that count positions from behind the padding token's id, so that two of them are no use to texts. */
export const OFFSET_POSITIONS: ReadonlySet<string> = new Set(['roberta', 'xlm-roberta', 'camembert', 'mpnet']);
