import { existsSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CatalogueWorld, HUB, PARTS, STARTER, VLM } from './support/catalogue-world.js';
import { errorOf } from './support/errors.js';

const PARTS_FILES = ['qwen-q4-00001-of-00002.gguf', 'qwen-q4-00002-of-00002.gguf'];
const VLM_FILES = ['config.json', 'onnx/decoder.onnx'];

function world(...files: readonly string[]): CatalogueWorld {
  return new CatalogueWorld(files, {}, [STARTER, HUB, PARTS, VLM]);
}

describe('removal', () => {
  it('deletes the file and the folders that are empty then, and the model is gone', async () => {
    const some = world('m.gguf', 'u1/repo/n.gguf');
    await some.remove('n');
    expect(some.has('u1')).toBe(false);
    expect(some.has('m.gguf')).toBe(true);
    expect((await errorOf(() => some.catalogue.find('n'))).code).toBe('model_not_found');
  });

  it('never deletes MODELS_DIR itself, nor a folder that holds something else', async () => {
    const some = world('m.gguf', 'u1/repo/n.gguf', 'u1/repo/README.md');
    await some.remove('m');
    await some.remove('n');
    expect(some.has('.')).toBe(true);
    expect(some.has('u1/repo/README.md')).toBe(true);
  });

  it('leaves an entry in the catalogue, not installed', async () => {
    const some = world('meta/Llama-3/llama-3-q4.gguf');
    await some.remove('Llama3-8B');
    expect(some.catalogue.find('Llama3-8B').path).toBeNull();
  });

  it('deletes every file of the entry and the manifest', async () => {
    const some = world('other/r/kept.gguf');
    some.pull('qwen/7B', 'Qwen-7B', PARTS_FILES);
    some.pull('onnx/qwen-vl', 'qwen_vl', [...VLM_FILES, 'onnx/old.onnx']);
    await some.remove('Qwen-7B');
    await some.remove('qwen_vl');
    expect(some.has('qwen')).toBe(false);
    expect(some.has('onnx')).toBe(false);
    expect(some.installedIds()).toEqual(['starter-chat', 'kept.gguf']);
  });

  it('deletes every part of a model that is in no entry, and a file of another kind', async () => {
    const some = world('big-00001-of-00002.gguf', 'big-00002-of-00002.gguf');
    some.pull('u/r', 'x.rkllm', ['x.rkllm']);
    await some.remove('big-00001-of-00002');
    await some.remove('x.rkllm');
    expect(some.has('big-00002-of-00002.gguf')).toBe(false);
    expect(some.has('u')).toBe(false);
  });

  it('keeps files that another installed model has too, until that is removed', async () => {
    const other = { ...VLM, id: 'second', hub: { repo: 'onnx/qwen-vl', files: ['config.json', 'onnx/second.onnx'] } };
    const some = new CatalogueWorld([], {}, [VLM, other]);
    some.pull('onnx/qwen-vl', 'qwen_vl', VLM_FILES);
    some.pull('onnx/qwen-vl', 'second', ['config.json', 'onnx/second.onnx', 'shared.json']);
    some.pull('onnx/qwen-vl', 'qwen_vl', [...VLM_FILES, 'shared.json']);
    await some.remove('qwen_vl');
    expect(some.installedIds()).toEqual(['second']);
    expect(some.has('onnx/qwen-vl/shared.json')).toBe(true);
    expect(some.has('onnx/qwen-vl/onnx/decoder.onnx')).toBe(false);
    expect(some.has('onnx/qwen-vl/qwen_vl.manifest.json')).toBe(false);
    await some.remove('second');
    expect(some.has('onnx')).toBe(false);
  });

  it('deletes a link and not what it leads to', async () => {
    const some = world();
    symlinkSync(join(some.root, 'secret.gguf'), join(some.models, 'link.gguf'));
    await some.remove('link');
    expect(existsSync(join(some.root, 'secret.gguf'))).toBe(true);
    expect(some.has('link.gguf')).toBe(false);
  });

  it('of a model that has gone meanwhile does nothing', async () => {
    const some = world('m.gguf');
    const entry = some.catalogue.findInstalled('m');
    await some.catalogue.remove(entry);
    await some.catalogue.remove(entry);
    expect(some.installedIds()).toEqual(['starter-chat']);
  });

  it('of a starter is forbidden, and its file stays', async () => {
    const some = world();
    const starter = some.catalogue.findInstalled('starter-chat');
    expect((await errorOf(() => some.catalogue.remove(starter))).code).toBe('forbidden');
    expect((await errorOf(() => some.catalogue.refuseRemoval(starter))).code).toBe('forbidden');
    expect(existsSync(starter.path ?? '')).toBe(true);
  });
});
