import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CatalogueWorld, HUB, PARTS, STARTER, VLM } from './support/catalogue-world.js';
import { errorOf } from './support/errors.js';
import { writeFiles } from './support/temporary-folder.js';

describe('the list', () => {
  it('has the entries first, installed or not, and then what lies in MODELS_DIR', () => {
    const world = new CatalogueWorld(['b.gguf', 'a.GGUF', 'notes.txt', 'meta/other/x.gguf']);
    expect(world.catalogue.list().map(({ id, path }) => [id, path === null])).toEqual([
      ['starter-chat', false],
      ['Llama3-8B', true],
      ['a.GGUF', false],
      ['b.gguf', false],
      ['x.gguf', false],
    ]);
  });

  it('sees an entry as installed when its file has come, and lists the file once', () => {
    const world = new CatalogueWorld();
    expect(world.installedIds()).toEqual(['starter-chat']);
    writeFiles(world.models, { 'meta/Llama-3/llama-3-q4.gguf': 'GGUF' });
    expect(world.installedIds()).toEqual(['starter-chat', 'Llama3-8B']);
    expect(world.catalogue.find('Llama3-8B')).toMatchObject({ contextSize: 4096, sampling: { temperature: 0.5 } });
    expect(world.catalogue.find('Llama3-8B').created).toBeGreaterThan(0);
  });

  it('looks no deeper than <user>/<repo>/<file>', () => {
    const world = new CatalogueWorld(['a/b/c/deep.gguf', 'a/b/here.gguf', 'a/there.gguf']);
    expect(world.installedIds()).toEqual(['starter-chat', 'here.gguf', 'there.gguf']);
  });

  it('is empty of files, and no error, when MODELS_DIR was taken away', () => {
    const world = new CatalogueWorld(['a.gguf']);
    rmSync(world.models, { recursive: true });
    expect(world.installedIds()).toEqual(['starter-chat']);
    expect(world.catalogue.modelsDirExists()).toBe(false);
  });

  it('leaves out a link that leads nowhere', () => {
    const world = new CatalogueWorld();
    symlinkSync('/nowhere/at/all.gguf', join(world.models, 'gone.gguf'));
    expect(world.installedIds()).toEqual(['starter-chat']);
  });

  it('follows a link to a folder', () => {
    const world = new CatalogueWorld();
    writeFiles(world.root, { 'disk/u/r/m.gguf': 'GGUF' });
    symlinkSync(join(world.root, 'disk/u'), join(world.models, 'u'));
    symlinkSync(world.models, join(world.models, 'round'));
    expect(world.fileOf('m.gguf')).toBe('u/r/m.gguf');
  });

  it('leaves out what is hidden: partial downloads lie there', () => {
    const files = ['.downloads/u/x.gguf', 'u/.cache/y.gguf', 'u/r/.z.gguf', '.w.gguf'];
    expect(new CatalogueWorld(files).installedIds()).toEqual(['starter-chat']);
  });

  it('leaves out projectors and later parts, which are no models of their own', () => {
    const parts = ['big-00001-of-00003.gguf', 'big-00002-of-00003.gguf', 'big-00003-of-00003.gguf'];
    const world = new CatalogueWorld([...parts, 'u/r/mmproj-big-f16.gguf']);
    expect(world.installedIds()).toEqual(['starter-chat', 'big-00001-of-00003.gguf']);
    rmSync(join(world.models, 'big-00003-of-00003.gguf'));
    expect(world.installedIds()).toEqual(['starter-chat']);
  });

  it('takes no folder for a model', () => {
    const world = new CatalogueWorld();
    mkdirSync(join(world.models, 'folder.gguf'));
    expect(world.installedIds()).toEqual(['starter-chat']);
  });
});

describe('ids', () => {
  it('are <user>--<repo>--<file> when the file name is taken', () => {
    const world = new CatalogueWorld(['u1/repo/m.gguf', 'u2/repo/m.gguf']);
    expect(world.fileOf('m.gguf')).toBe('u1/repo/m.gguf');
    expect(world.fileOf('u2--repo--m.gguf')).toBe('u2/repo/m.gguf');
    expect(world.fileOf('u2--repo--m')).toBe('u2/repo/m.gguf');
  });

  it.each([
    [['a1/repo/m.gguf', 'b2/repo/m.gguf', 'm.gguf']],
    [['m.gguf', 'z1/repo/m.gguf', 'z1/other/m.gguf']],
    [['Llama3-8B.gguf', 'meta/Llama-3/llama-3-q4.gguf', 'a1/repo/llama-3-q4.gguf']],
    [['a1/m.gguf', 'm.gguf']],
  ])('are never given twice: %j', (files) => {
    const ids = new CatalogueWorld(files).catalogue.list().map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('lead to a file that lies in MODELS_DIR itself', () => {
    expect(new CatalogueWorld(['a1/repo/m.gguf', 'm.gguf']).fileOf('m.gguf')).toBe('m.gguf');
  });

  it('of an entry lead to a file of that name that was put into MODELS_DIR by hand', () => {
    const world = new CatalogueWorld(['llama-3-q4.gguf']);
    expect(world.fileOf('llama-3-q4.gguf')).toBe('llama-3-q4.gguf');
    const named = new CatalogueWorld(['Llama3-8B.gguf']);
    expect(named.fileOf('Llama3-8B.gguf')).toBe('Llama3-8B.gguf');
  });

  it('that are themselves file names are no obstacle to that', () => {
    const world = new CatalogueWorld([], {}, [
      { ...HUB, id: 'named.gguf', hub: { repo: 'meta/n', files: ['named.gguf'] } },
    ]);
    writeFiles(world.models, { 'named.gguf': 'GGUF' });
    expect(world.fileOf('named.gguf')).toBe('named.gguf');
  });

  it('never hold a slash', () => {
    for (const { id } of new CatalogueWorld(['a/b/m.gguf', 'c/d/m.gguf']).catalogue.list())
      expect(id).not.toContain('/');
  });
});

describe('a name', () => {
  it.each([
    ['starter-chat', 'starter-chat'],
    ['starter-chat.gguf', 'starter-chat'],
    ['m', 'm.gguf'],
    ['m.gguf', 'm.gguf'],
    ['Llama3-8B', 'Llama3-8B'],
    ['llama-3-q4', 'Llama3-8B'],
    ['llama-3-q4.gguf', 'Llama3-8B'],
    ['llama-3', 'Llama3-8B'],
    ['llama-3.gguf', 'Llama3-8B'],
    ['meta-llama/Llama-3', 'Llama3-8B'],
  ])('%s leads to %s', (name, id) => {
    expect(new CatalogueWorld(['m.gguf']).catalogue.find(name).id).toBe(id);
  });

  it('may be an alias, of a name with or without its suffix', () => {
    const world = new CatalogueWorld(['m.gguf'], { 'gpt-4': 'm', 'a/b': 'starter-chat' });
    expect(world.catalogue.find('gpt-4').id).toBe('m.gguf');
    expect(world.catalogue.find('a/b').id).toBe('starter-chat');
  });

  it('leads where MODEL_ALIASES says before where the catalogue says', () => {
    const world = new CatalogueWorld(['m.gguf'], {
      'llama-3': 'm',
      'Llama3-8B': 'starter-chat',
      'gpt-4': 'meta-llama/Llama-3',
    });
    expect(world.catalogue.find('llama-3').id).toBe('m.gguf');
    expect(world.catalogue.find('Llama3-8B').id).toBe('starter-chat');
    expect(world.catalogue.find('gpt-4').id).toBe('Llama3-8B');
  });

  it('leads to the file that is called so before the entry that has it for an alias', () => {
    const world = new CatalogueWorld(['x.gguf'], {}, [{ ...HUB, aliases: ['x.gguf'] }]);
    expect(world.catalogue.find('x.gguf').id).toBe('x.gguf');
    expect(new CatalogueWorld([], {}, [{ ...HUB, aliases: ['x.gguf'] }]).catalogue.find('x').id).toBe('Llama3-8B');
  });

  it('leads to the entry that has it for an alias before one whose id is longer by .gguf', () => {
    const world = new CatalogueWorld([], {}, [
      { ...PARTS, id: 'x.gguf' },
      { ...HUB, aliases: ['x'] },
    ]);
    expect(world.catalogue.find('x').id).toBe('Llama3-8B');
  });

  it('that is nobody’s is model_not_found, at the field model', async () => {
    const error = await errorOf(() => new CatalogueWorld([], { ghost: 'nobody' }).catalogue.find('ghost'));
    expect(error).toMatchObject({ code: 'model_not_found', param: 'model' });
  });

  it.each([
    ['Llama3-8B', ': pull it with POST /model/launch, or put llama-3-q4.gguf into MODELS_DIR/meta/Llama-3/.'],
    ['Qwen-7B', ': pull it with POST /model/launch, or put its 2 files into MODELS_DIR/qwen/7B/.'],
    ['qwen_vl', ': put its 2 files into MODELS_DIR/onnx/qwen-vl/.'],
  ])('of a model that is not here says how it comes here: %s', async (name, how) => {
    const world = new CatalogueWorld([], {}, [HUB, PARTS, VLM]);
    const error = await errorOf(() => world.catalogue.findInstalled(name));
    expect(error).toMatchObject({ code: 'model_not_found', param: 'model' });
    expect(error.message).toBe(`The model "${name}" is known but not installed${how}`);
  });

  it.each([
    '../secret.gguf',
    '..--secret.gguf',
    'x/../../secret.gguf',
    '/etc/passwd',
    '..',
    '.',
    '',
    '.gguf',
    '__proto__',
    'constructor',
    'toString',
    'm.gguf\u0000',
    '%2e%2e%2fsecret.gguf',
    '..\\secret.gguf',
    'u1/repo/m.gguf',
    'config.json',
    'decoder.onnx',
  ])('%j is nothing but a name', async (name) => {
    const world = new CatalogueWorld(['m.gguf', 'u1/repo/m2.gguf'], {}, [STARTER, HUB, VLM]);
    expect((await errorOf(() => world.catalogue.find(name))).code).toBe('model_not_found');
  });
});

describe('a model that no engine runs', () => {
  it('is known, and refused by what it does before anything else', async () => {
    const world = new CatalogueWorld([], {}, [HUB, VLM]);
    const entry = world.catalogue.find('qwen_vl');
    expect(entry).toMatchObject({ engine: 'unsupported', tasks: ['image-text-to-text'] });
    for (const refused of [
      (): unknown => world.catalogue.refuseUnsupported(entry),
      (): unknown => world.catalogue.findRunnable('qwen_vl'),
    ]) {
      const error = await errorOf(refused);
      expect(error).toMatchObject({ code: 'invalid_request', param: 'model' });
      expect(error.message).toBe('No engine of this version runs "qwen_vl" (image-text-to-text).');
    }
  });

  it('is refused also when it is installed', async () => {
    const world = new CatalogueWorld([], {}, [VLM]);
    world.pull('onnx/qwen-vl', 'qwen_vl', ['config.json', 'onnx/decoder.onnx']);
    expect(world.fileOf('qwen_vl')).toBe('onnx/qwen-vl');
    expect((await errorOf(() => world.catalogue.findRunnable('qwen_vl'))).code).toBe('invalid_request');
  });

  it('is not one that an engine runs', () => {
    const world = new CatalogueWorld(['m.gguf']);
    expect(world.catalogue.findRunnable('m')).toMatchObject({ id: 'm.gguf', engine: 'llama' });
    world.catalogue.refuseUnsupported(world.catalogue.find('Llama3-8B'));
  });

  it('and is not here: an engine’s model is model_not_found', async () => {
    const world = new CatalogueWorld();
    expect((await errorOf(() => world.catalogue.findRunnable('Llama3-8B'))).code).toBe('model_not_found');
  });
});
