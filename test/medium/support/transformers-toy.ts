import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decoder, embedTokens, PATCH, PICTURE_TOKENS, SIDE, visionEncoder } from './transformers-toy-graphs.js';
import { chatTemplate, special, tokenizerJson, VOCABULARY, type ToyFamily } from './transformers-toy-tokens.js';

const NORMALISED = {
  do_resize: true,
  do_rescale: true,
  rescale_factor: 1 / 255,
  do_normalize: true,
  do_convert_rgb: true,
  image_mean: [0.5, 0.5, 0.5],
  image_std: [0.5, 0.5, 0.5],
  resample: 1,
};

const TEXT = {
  model_type: 'llama',
  hidden_size: VOCABULARY,
  num_attention_heads: 1,
  num_key_value_heads: 1,
  head_dim: VOCABULARY,
  num_hidden_layers: 1,
  vocab_size: VOCABULARY,
  max_position_embeddings: 1024,
  eos_token_id: special('<end>'),
  pad_token_id: special('<pad>'),
};

type Files = Readonly<Record<string, object>>;

const FILES: Readonly<Record<ToyFamily, Files>> = {
  idefics3: {
    'config.json': {
      architectures: ['Idefics3ForConditionalGeneration'],
      model_type: 'idefics3',
      image_token_id: special('<image>'),
      text_config: TEXT,
    },
    'preprocessor_config.json': {
      ...NORMALISED,
      processor_class: 'Idefics3Processor',
      image_processor_type: 'Idefics3ImageProcessor',
      do_image_splitting: true, // as the real ones have it; the engine says otherwise
      do_pad: true,
      size: { longest_edge: 4 * SIDE },
      max_image_size: { longest_edge: SIDE },
    },
    'processor_config.json': { processor_class: 'Idefics3Processor', image_seq_len: PICTURE_TOKENS },
  },
  llava: {
    'config.json': {
      architectures: ['LlavaForConditionalGeneration'],
      model_type: 'llava',
      image_token_index: special('<image>'),
      text_config: TEXT,
    },
    'preprocessor_config.json': {
      ...NORMALISED,
      processor_class: 'LlavaProcessor',
      image_processor_type: 'CLIPImageProcessor',
      do_center_crop: false,
      size: { height: SIDE, width: SIDE },
    },
    'processor_config.json': {
      processor_class: 'LlavaProcessor',
      image_token: '<image>',
      patch_size: SIDE / Math.sqrt(PICTURE_TOKENS),
      num_additional_image_tokens: 0,
    },
  },
  qwen2_vl: {
    'config.json': {
      architectures: ['Qwen2VLForConditionalGeneration'],
      ...TEXT,
      model_type: 'qwen2_vl',
      image_token_id: special('<|image_pad|>'),
      video_token_id: special('<|video_pad|>'),
      vision_start_token_id: special('<|vision_start|>'),
      vision_config: { spatial_merge_size: 2 },
    },
    'preprocessor_config.json': {
      ...NORMALISED,
      processor_class: 'Qwen2VLProcessor',
      image_processor_type: 'Qwen2VLImageProcessor',
      min_pixels: 56 * 56,
      max_pixels: 12_845_056, // the real model's
      patch_size: PATCH,
      temporal_patch_size: 2,
      merge_size: 2,
    },
  },
};

/** Writes a small model whose answers are known in advance into a temporary folder, and gives its path. */
export function toyModel(family: ToyFamily): string {
  const folder = mkdtempSync(join(tmpdir(), `parley-${family}-`));
  const files: Files = {
    ...FILES[family],
    'tokenizer.json': tokenizerJson(),
    'tokenizer_config.json': {
      tokenizer_class: 'GPT2Tokenizer',
      eos_token: '<end>',
      pad_token: '<pad>',
      model_max_length: 1024,
      chat_template: chatTemplate(family),
    },
  };
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), JSON.stringify(content));
  mkdirSync(join(folder, 'onnx'));
  const graphs = {
    embed_tokens: embedTokens(),
    decoder_model_merged: decoder(family),
    vision_encoder: visionEncoder(family),
  };
  for (const [name, bytes] of Object.entries(graphs)) writeFileSync(join(folder, 'onnx', `${name}.onnx`), bytes);
  return folder;
}
