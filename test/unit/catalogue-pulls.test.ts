import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CatalogueWorld, HUB, PARTS, STARTER, VLM } from './support/catalogue-world.js';
import { writeFiles } from './support/temporary-folder.js';

const ENTRIES = [STARTER, HUB, PARTS, VLM];
const [FIRST_PART, SECOND_PART] = ['qwen-q4-00001-of-00002.gguf', 'qwen-q4-00002-of-00002.gguf'];
const VLM_FILES = ['config.json', 'onnx/decoder.onnx'];

function world(...files: readonly string[]): CatalogueWorld {
  return new CatalogueWorld(files, {}, ENTRIES);
}

describe('an entry of several files', () => {
  it('is installed when all are there, and opened at the first', () => {
    const some = world(`qwen/7B/${FIRST_PART}`);
    expect(some.installedIds()).toEqual(['starter-chat']);
    some.write(`qwen/7B/${SECOND_PART}`);
    expect(some.installedIds()).toEqual(['starter-chat', 'Qwen-7B']);
    expect(some.fileOf('Qwen-7B')).toBe(`qwen/7B/${FIRST_PART}`);
    expect(some.fileOf('qwen-q4-00001-of-00002')).toBe(`qwen/7B/${FIRST_PART}`);
  });

  it('may lie in MODELS_DIR itself when its engine opens a file', () => {
    expect(world(FIRST_PART, SECOND_PART).fileOf('Qwen-7B')).toBe(FIRST_PART);
    expect(world(FIRST_PART, SECOND_PART).installedIds()).toEqual(['starter-chat', 'Qwen-7B']);
    expect(world('config.json', 'decoder.onnx').installedIds()).toEqual(['starter-chat']);
  });

  it('is opened at its folder when its engine opens folders', () => {
    const some = world(...VLM_FILES.map((file) => `onnx/qwen-vl/${file}`));
    expect(some.fileOf('qwen_vl')).toBe('onnx/qwen-vl');
    expect(some.catalogue.find('qwen_vl').created).toBeGreaterThan(0);
    rmSync(join(some.models, 'onnx/qwen-vl/onnx/decoder.onnx'));
    expect(some.catalogue.find('qwen_vl')).toMatchObject({ path: null, created: 0 });
  });
});

describe('a manifest', () => {
  it('is found for an entry and for a file that is in none', () => {
    const some = world('by-hand.gguf', 'u/r/by-hand-too.gguf');
    some.pull('onnx/qwen-vl', 'qwen_vl', VLM_FILES);
    some.pull('u/r', 'm.gguf', ['m.gguf']);
    const manifestOf = (name: string): unknown => some.catalogue.manifestOf(some.catalogue.find(name));
    expect(manifestOf('qwen_vl')).toMatchObject({ name: 'qwen_vl', files: [{ path: 'config.json' }, {}] });
    expect(manifestOf('m')).toMatchObject({ name: 'm.gguf', repo: 'u/r' });
    for (const none of ['by-hand', 'by-hand-too', 'starter-chat', 'Llama3-8B']) expect(manifestOf(none)).toBeNull();
  });

  it('says how large the files must be', () => {
    const some = world();
    some.pull('onnx/qwen-vl', 'qwen_vl', VLM_FILES);
    some.pull('u/r', 'm.gguf', ['m.gguf']);
    expect(some.installedIds()).toEqual(['starter-chat', 'qwen_vl', 'm.gguf']);
    writeFiles(some.models, { 'onnx/qwen-vl/onnx/decoder.onnx': 'torso', 'u/r/m.gguf': 'torso' });
    expect(some.installedIds()).toEqual(['starter-chat']);
  });

  it('may list files that the entry no longer has, and not fewer than it has now', () => {
    const some = world();
    some.pull('onnx/qwen-vl', 'qwen_vl', [...VLM_FILES, 'vocab.json']);
    expect(some.installedIds()).toEqual(['starter-chat', 'qwen_vl']);
    some.pull('onnx/qwen-vl', 'qwen_vl', ['config.json']);
    rmSync(join(some.models, 'onnx/qwen-vl/onnx/decoder.onnx'));
    expect(some.installedIds()).toEqual(['starter-chat']);
  });

  it.each([
    ['no JSON', '{'],
    ['no object', '7'],
    ['empty', '{}'],
  ])('that is %s counts for nothing', (_what, content) => {
    const some = world();
    some.pull('onnx/qwen-vl', 'qwen_vl', VLM_FILES);
    writeFiles(some.models, {
      'onnx/qwen-vl/qwen_vl.manifest.json': content,
      'u/r/x.rkllm.manifest.json': content,
      'u/r/x.rkllm': 'x',
    });
    expect(some.installedIds()).toEqual(['starter-chat', 'qwen_vl']);
    expect(some.catalogue.manifestOf(some.catalogue.find('qwen_vl'))).toBeNull();
  });

  it.each([
    ['../../../secret.gguf', 'u/r/x'],
    ['a/../../../../secret.gguf', 'u/r/a/x'],
    ['/etc/m.gguf', 'u/r/etc/m.gguf'],
    ['a\\b', 'u/r/a\\b'],
    ['a//b', 'u/r/a/b'],
    ['./a', 'u/r/a'],
  ])('with the path %j counts for nothing', (path, file) => {
    const some = world();
    writeFiles(some.models, { [file]: 'not for anybody' });
    some.writeManifest('u/r', 'x.rkllm', [], { files: [{ path, size: 15, sha256: '' }] });
    expect(some.installedIds()).not.toContain('x.rkllm');
    some.writeManifest('u/r', 'x.rkllm', [], { files: [{ path: file.slice(4), size: 15, sha256: '' }] });
    expect(some.installedIds().includes('x.rkllm')).toBe(!file.includes('\\'));
  });

  it('of another repository counts for nothing', () => {
    const some = world('u/r/x.rkllm', 'u/s/x.rkllm');
    some.writeManifest('u/r', 'x.rkllm', ['x.rkllm'], { repo: 'u/s' });
    expect(some.installedIds()).toEqual(['starter-chat']);
  });

  it('that is hidden, or not in a repository’s folder, counts for nothing', () => {
    const some = world();
    some.pull('.downloads/r', 'x.rkllm', ['x.rkllm']);
    some.pull('u', 'y.rkllm', ['y.rkllm']);
    expect(some.installedIds()).toEqual(['starter-chat']);
  });
});

describe('a model that was pulled by the name of its file', () => {
  it('is listed once, whatever kind of file it is', () => {
    const some = world();
    some.pull('u/r', 'm.gguf', ['m.gguf']);
    some.pull('u/r', 'x.rkllm', ['x.rkllm']);
    expect(some.installed().slice(1)).toMatchObject([
      { id: 'm.gguf', engine: 'llama', tasks: ['text-generation'], hub: { repo: 'u/r', files: ['m.gguf'] } },
      { id: 'x.rkllm', engine: 'unsupported', tasks: [], hub: { repo: 'u/r', files: ['x.rkllm'] } },
    ]);
    expect(some.fileOf('x.rkllm')).toBe('u/r/x.rkllm');
  });

  it('is found where no scan looks', () => {
    const some = world();
    some.pull('u/r', 'deep.gguf', ['sub/folder/deep.gguf']);
    expect(some.fileOf('deep')).toBe('u/r/sub/folder/deep.gguf');
    expect(some.catalogue.findRunnable('deep').engine).toBe('llama');
  });

  it('in parts is a model once all parts are here, and until then only something to remove', () => {
    const some = world();
    some.pull('u/r', 'big-00001-of-00002.gguf', ['big-00001-of-00002.gguf']);
    some.pull('u/r', 'mmproj-big.gguf', ['mmproj-big.gguf']);
    expect(some.installed().slice(1)).toMatchObject([
      { id: 'big-00001-of-00002.gguf', engine: 'unsupported', tasks: [] },
      { id: 'mmproj-big.gguf', engine: 'unsupported', tasks: [] },
    ]);
    some.pull('u/r', 'big-00002-of-00002.gguf', ['big-00002-of-00002.gguf']);
    expect(some.installed().slice(1)).toMatchObject([
      { id: 'big-00001-of-00002.gguf', engine: 'llama' },
      { id: 'mmproj-big.gguf', engine: 'unsupported' },
    ]);
  });

  it('has its folders in its id when its name is taken', () => {
    const some = world();
    some.pull('u1/r', 'x.rkllm', ['x.rkllm']);
    some.pull('u2/r', 'x.rkllm', ['x.rkllm']);
    some.pull('u3/r', 'starter-chat', ['starter-chat']);
    expect(some.installedIds()).toEqual(['starter-chat', 'x.rkllm', 'u2--r--x.rkllm', 'u3--r--starter-chat']);
  });

  it('is gone when its file is', () => {
    const some = world();
    some.pull('u/r', 'x.rkllm', ['x.rkllm']);
    rmSync(join(some.models, 'u/r/x.rkllm'));
    expect(some.installedIds()).toEqual(['starter-chat']);
  });

  it('is not listed beside the entry that it belongs to', () => {
    const some = world();
    some.pull('meta/Llama-3', 'Llama3-8B', ['llama-3-q4.gguf']);
    some.pull('onnx/qwen-vl', 'qwen_vl', VLM_FILES);
    some.pull('onnx/qwen-vl', 'config.json', ['config.json']);
    expect(some.installedIds()).toEqual(['starter-chat', 'Llama3-8B', 'qwen_vl']);
  });
});

describe('what a pull has to fetch', () => {
  it('is what the entry says, under its id', () => {
    const { catalogue } = world();
    expect(catalogue.sourceOf(catalogue.find('qwen_vl'))).toEqual({
      name: 'qwen_vl',
      repo: 'onnx/qwen-vl',
      revision: 'v2',
      files: VLM_FILES,
    });
    expect(catalogue.sourceOf(catalogue.find('Llama3-8B'))).toMatchObject({ name: 'Llama3-8B', revision: null });
    expect(catalogue.sourceOf(catalogue.find('starter-chat'))).toBeNull();
  });

  it('is a file under its own name, also where its id is longer', () => {
    const some = world('u1/r/m.gguf', 'u2/r/m.gguf', 'plain.gguf');
    const source = some.catalogue.sourceOf(some.catalogue.find('u2--r--m'));
    expect(source).toEqual({ name: 'm.gguf', repo: 'u2/r', revision: null, files: ['m.gguf'] });
    expect(some.catalogue.sourceOf(some.catalogue.find('plain'))).toBeNull();
  });

  it.each([
    ['the entry that is this file', 'meta/Llama-3', 'llama-3-q4.gguf', 'Llama3-8B'],
    ['another file of its repository', 'meta/Llama-3', 'llama-3-q8.gguf', 'llama-3-q8.gguf'],
    ['a file of that name elsewhere', 'u/r', 'llama-3-q4.gguf', 'llama-3-q4.gguf'],
    ['one of an entry’s files', 'onnx/qwen-vl', 'onnx/decoder.onnx', 'decoder.onnx'],
  ])('of a file named by a client is %s', (_what, repo, file, name) => {
    expect(world().catalogue.sourceOfFile(repo, file)).toEqual({ name, repo, revision: null, files: [file] });
  });
});
