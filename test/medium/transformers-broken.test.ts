import { mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { LoadFailure } from '../../src/inference/runners/load-failure.js';
import { toyModel } from './support/transformers-toy.js';
import { TransformersRunner } from './support/transformers-runner.js';

type Change = (folder: string) => void;

const without =
  (...files: readonly string[]): Change =>
  (folder) =>
    files.forEach((file) => rmSync(join(folder, file)));

const changed =
  (file: string, change: (content: Record<string, unknown>) => object): Change =>
  (folder) => {
    const content = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Record<string, unknown>;
    writeFileSync(join(folder, file), JSON.stringify(change(content)));
  };

async function failureOf(change: Change): Promise<{ failure: LoadFailure; folder: string }> {
  const folder = toyModel('idefics3');
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  change(folder);
  const model = new TransformersRunner(folder);
  onTestFinished(() => model.stop());
  const failure = await model.load().then(
    () => {
      throw new Error('it was loaded');
    },
    (error: unknown) => error as LoadFailure,
  );
  return { failure, folder };
}

const CASES: readonly (readonly [what: string, change: Change, message: RegExp])[] = [
  ['no folder', (folder) => rmSync(folder, { recursive: true }), /^its folder is not there: fetch the model again/],
  ['no config.json', without('config.json'), /^its folder lacks config\.json: fetch the model again/],
  [
    'no tokenizer',
    without('tokenizer.json', 'tokenizer_config.json'),
    /^its folder lacks tokenizer\.json, tokenizer_config\.json: /,
  ],
  ['no preprocessor', without('preprocessor_config.json'), /^its folder lacks preprocessor_config\.json: /],
  ['no processor', without('processor_config.json'), /^its folder lacks processor_config\.json: /],
  [
    'graphs that are missing',
    without('onnx/decoder_model_merged.onnx', 'onnx/vision_encoder.onnx'),
    /^its folder lacks onnx\/vision_encoder\.onnx, onnx\/decoder_model_merged\.onnx: /,
  ],
  [
    'a config.json that is no JSON',
    (folder) => truncateSync(join(folder, 'config.json'), 20),
    /^its config\.json is not valid JSON: fetch it again/,
  ],
  [
    'a config.json that is a list',
    (folder) => writeFileSync(join(folder, 'config.json'), '[]'),
    /^its config\.json does not hold a JSON object/,
  ],
  [
    'another family',
    changed('config.json', (config) => ({ ...config, model_type: 'florence2' })),
    /^its model_type "florence2" is not supported; these are: albert, .*idefics3, .*qwen3_vl, /,
  ],
  [
    'no family',
    changed('config.json', ({ architectures, text_config }) => ({ architectures, text_config })),
    /^its config\.json has no model_type; these are: /,
  ],
  [
    'another processor',
    changed('preprocessor_config.json', (config) => ({ ...config, processor_class: 'JanusProcessor' })),
    /^its preprocessor_config\.json names the processor_class "JanusProcessor"; supported are Idefics3Processor, /,
  ],
  [
    'a broken template',
    changed('tokenizer_config.json', (config) => ({ ...config, chat_template: '{% for m in %}' })),
    /^its chat template is not sound Jinja/,
  ],
  [
    'a graph that was cut off',
    (folder) => truncateSync(join(folder, 'onnx/decoder_model_merged.onnx'), 1000),
    /^onnx\/decoder_model_merged\.onnx is damaged or no ONNX model: fetch it again/,
  ],
  [
    'a pointer in the place of a graph',
    (folder) => writeFileSync(join(folder, 'onnx/embed_tokens.onnx'), 'version https://git-lfs.github.com/spec/v1\n'),
    /^onnx\/embed_tokens\.onnx is a Git LFS pointer/,
  ],
  [
    'graphs that do not fit its config.json',
    changed('config.json', (config) => ({ ...config, text_config: { model_type: 'llama', num_hidden_layers: 0 } })),
    /^its ONNX graphs fit neither each other nor its config\.json/,
  ],
  [
    'a tokenizer of an unknown kind',
    changed('tokenizer.json', (tokenizer) => ({ ...tokenizer, model: { type: 'Other' } })),
    /^the engine could not load it: one of its JSON files does not fit the others/,
  ],
  ['no onnx folder', (folder) => rmSync(join(folder, 'onnx'), { recursive: true }), /^its folder lacks onnx\/vision_/],
];

describe('a folder with', () => {
  it.each(CASES)('%s is refused, saying what is wrong', async (_, change, message) => {
    const { failure, folder } = await failureOf(change);
    expect(failure.message).toMatch(message);
    expect(failure.message).not.toContain(folder);
    expect(failure.message).not.toMatch(/\/tmp\/|node_modules/);
    expect(failure.message.length).toBeLessThan(900);
    expect(failure.failure).toMatch(/invalid-file|failed/);
  });
});

describe('an embedding model whose vectors would be others than it was made to give', () => {
  const embedding =
    (files: Readonly<Record<string, unknown>>): Change =>
    (folder) => {
      changed('config.json', () => ({ model_type: 'bert' }))(folder);
      writeFileSync(join(folder, 'onnx/model.onnx'), readFileSync(join(folder, 'onnx/embed_tokens.onnx')));
      mkdirSync(join(folder, '1_Pooling'));
      for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), JSON.stringify(content));
    };

  it.each([
    [{ 'modules.json': [{ type: 'sentence_transformers.models.Dense' }] }, /^its modules\.json has a step "Dense"/],
    [{ '1_Pooling/config.json': { pooling_mode_max_tokens: true } }, /asks for pooling_mode_max_tokens; supported is/],
    [{}, /^its ONNX graph does not fit its config\.json and its tokenizer/],
  ])('is refused (%#)', async (files, message) => {
    const { failure } = await failureOf(embedding(files));
    expect(failure.message).toMatch(message);
  });
});
