import { existsSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Catalogue } from '../../src/inference/catalogue/catalogue.js';
import { isInstalled, type InstalledModel } from '../../src/inference/catalogue/model-entry.js';
import type { CatalogueEntry } from '../../src/inference/catalogue/models-file.js';
import { errorOf } from './support/errors.js';
import { temporaryFolder, writeFiles } from './support/temporary-folder.js';

const STARTER: CatalogueEntry = {
  id: 'starter-chat',
  title: 'Starter',
  engine: 'llama',
  tasks: ['text-generation'],
  starter: 'chat/starter.gguf',
};

const HUB: CatalogueEntry = {
  id: 'Llama3-8B',
  title: 'Llama 3',
  engine: 'llama',
  tasks: ['text-generation'],
  hub: { repo: 'meta/Llama-3', file: 'llama-3-q4.gguf' },
  context: 4096,
  sampling: { temperature: 0.5 },
};

class World {
  readonly root = temporaryFolder();
  readonly models = join(this.root, 'models');
  readonly catalogue: Catalogue;

  constructor(
    files: readonly string[] = [],
    aliases: Readonly<Record<string, string>> = {},
    entries: readonly CatalogueEntry[] = [STARTER, HUB],
  ) {
    const startersDir = join(this.root, 'starters');
    writeFiles(startersDir, { 'chat/starter.gguf': 'GGUF' });
    writeFiles(this.models, Object.fromEntries(files.map((file) => [file, file])));
    writeFiles(this.root, { 'secret.gguf': 'not for anybody' });
    this.catalogue = new Catalogue({
      entries,
      modelsDir: this.models,
      startersDir,
      aliases: new Map(Object.entries(aliases)),
    });
  }

  installed(): InstalledModel[] {
    return this.catalogue.list().filter(isInstalled);
  }

  /** Path from MODELS_DIR of what a name leads to. */
  fileOf(name: string): string {
    return this.catalogue.findInstalled(name).path.slice(this.models.length + 1);
  }
}

describe('the list', () => {
  it('has the entries first, installed or not, and then what lies in MODELS_DIR', () => {
    const world = new World(['b.gguf', 'a.GGUF', 'notes.txt', 'meta/other/x.gguf']);
    expect(world.catalogue.list().map(({ id, path }) => [id, path === null])).toEqual([
      ['starter-chat', false],
      ['Llama3-8B', true],
      ['a.GGUF', false],
      ['b.gguf', false],
      ['x.gguf', false],
    ]);
  });

  it('sees an entry as installed when its file has come, and lists the file once', () => {
    const world = new World();
    expect(world.installed().map(({ id }) => id)).toEqual(['starter-chat']);
    writeFiles(world.models, { 'meta/Llama-3/llama-3-q4.gguf': 'GGUF' });
    expect(world.installed().map(({ id }) => id)).toEqual(['starter-chat', 'Llama3-8B']);
    expect(world.catalogue.find('Llama3-8B')).toMatchObject({ contextSize: 4096, sampling: { temperature: 0.5 } });
    expect(world.catalogue.find('Llama3-8B').created).toBeGreaterThan(0);
  });

  it('looks no deeper than <user>/<repo>/<file>', () => {
    const world = new World(['a/b/c/deep.gguf', 'a/b/here.gguf', 'a/there.gguf']);
    expect(world.installed().map(({ id }) => id)).toEqual(['starter-chat', 'here.gguf', 'there.gguf']);
  });

  it('is empty of files, and no error, when MODELS_DIR was taken away', () => {
    const world = new World(['a.gguf']);
    rmSync(world.models, { recursive: true });
    expect(world.installed().map(({ id }) => id)).toEqual(['starter-chat']);
    expect(world.catalogue.modelsDirExists()).toBe(false);
  });

  it('leaves out a link that leads nowhere', () => {
    const world = new World();
    symlinkSync('/nowhere/at/all.gguf', join(world.models, 'gone.gguf'));
    expect(world.installed().map(({ id }) => id)).toEqual(['starter-chat']);
  });

  it('takes no folder for a model', () => {
    const world = new World();
    mkdirSync(join(world.models, 'folder.gguf'));
    expect(world.installed().map(({ id }) => id)).toEqual(['starter-chat']);
  });
});

describe('ids', () => {
  it('are <user>--<repo>--<file> when the file name is taken', () => {
    const world = new World(['u1/repo/m.gguf', 'u2/repo/m.gguf']);
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
    const ids = new World(files).catalogue.list().map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('lead to a file that lies in MODELS_DIR itself', () => {
    expect(new World(['a1/repo/m.gguf', 'm.gguf']).fileOf('m.gguf')).toBe('m.gguf');
  });

  it('of an entry lead to a file of that name that was put into MODELS_DIR by hand', () => {
    const world = new World(['llama-3-q4.gguf']);
    expect(world.fileOf('llama-3-q4.gguf')).toBe('llama-3-q4.gguf');
    const named = new World(['Llama3-8B.gguf']);
    expect(named.fileOf('Llama3-8B.gguf')).toBe('Llama3-8B.gguf');
  });

  it('that are themselves file names are no obstacle to that', () => {
    const world = new World([], {}, [{ ...HUB, id: 'named.gguf', hub: { repo: 'meta/n', file: 'named.gguf' } }]);
    writeFiles(world.models, { 'named.gguf': 'GGUF' });
    expect(world.fileOf('named.gguf')).toBe('named.gguf');
  });

  it('never hold a slash', () => {
    for (const { id } of new World(['a/b/m.gguf', 'c/d/m.gguf']).catalogue.list()) expect(id).not.toContain('/');
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
  ])('%s leads to %s', (name, id) => {
    expect(new World(['m.gguf']).catalogue.find(name).id).toBe(id);
  });

  it('may be an alias, of a name with or without its suffix', () => {
    const world = new World(['m.gguf'], { 'gpt-4': 'm', 'a/b': 'starter-chat' });
    expect(world.catalogue.find('gpt-4').id).toBe('m.gguf');
    expect(world.catalogue.find('a/b').id).toBe('starter-chat');
  });

  it('that is nobody’s is model_not_found, at the field model', async () => {
    const error = await errorOf(() => new World([], { ghost: 'nobody' }).catalogue.find('ghost'));
    expect(error).toMatchObject({ code: 'model_not_found', param: 'model' });
  });

  it('of a model that is not here says where its file goes, without the folder’s own path', async () => {
    const world = new World();
    const error = await errorOf(() => world.catalogue.findInstalled('Llama3-8B'));
    expect(error.code).toBe('model_not_found');
    expect(error.message).toContain('MODELS_DIR/meta/Llama-3/');
    expect(error.message).not.toContain(world.root);
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
  ])('%j is nothing but a name', async (name) => {
    const world = new World(['m.gguf', 'u1/repo/m2.gguf']);
    expect((await errorOf(() => world.catalogue.find(name))).code).toBe('model_not_found');
  });
});

describe('removal', () => {
  it('deletes the file, and the model is gone', async () => {
    const world = new World(['m.gguf', 'u1/repo/n.gguf']);
    await world.catalogue.remove(world.catalogue.findInstalled('n'));
    expect(existsSync(join(world.models, 'u1/repo/n.gguf'))).toBe(false);
    expect(existsSync(join(world.models, 'm.gguf'))).toBe(true);
    expect((await errorOf(() => world.catalogue.find('n'))).code).toBe('model_not_found');
  });

  it('leaves an entry in the catalogue, not installed', async () => {
    const world = new World(['meta/Llama-3/llama-3-q4.gguf']);
    await world.catalogue.remove(world.catalogue.findInstalled('Llama3-8B'));
    expect(world.catalogue.find('Llama3-8B').path).toBeNull();
  });

  it('deletes a link and not what it leads to', async () => {
    const world = new World();
    symlinkSync(join(world.root, 'secret.gguf'), join(world.models, 'link.gguf'));
    await world.catalogue.remove(world.catalogue.findInstalled('link'));
    expect(existsSync(join(world.root, 'secret.gguf'))).toBe(true);
    expect(existsSync(join(world.models, 'link.gguf'))).toBe(false);
  });

  it('of a starter is forbidden, and its file stays', async () => {
    const world = new World();
    const starter = world.catalogue.findInstalled('starter-chat');
    expect((await errorOf(() => world.catalogue.remove(starter))).code).toBe('forbidden');
    expect((await errorOf(() => world.catalogue.refuseStarter(starter))).code).toBe('forbidden');
    expect(existsSync(starter.path)).toBe(true);
  });
});
