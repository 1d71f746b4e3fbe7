import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { CatalogueEntry } from '../../../src/inference/catalogue/catalogue-entry.js';
import { Catalogue } from '../../../src/inference/catalogue/catalogue.js';
import type { Manifest } from '../../../src/inference/catalogue/manifest.js';
import { isInstalled, type InstalledModel } from '../../../src/inference/catalogue/model-entry.js';
import { temporaryFolder, writeFiles } from './temporary-folder.js';

export const STARTER: CatalogueEntry = {
  id: 'starter-chat',
  title: 'Starter',
  engine: 'llama',
  tasks: ['text-generation'],
  starter: 'chat/starter.gguf',
};

export const HUB: CatalogueEntry = {
  id: 'Llama3-8B',
  title: 'Llama 3',
  engine: 'llama',
  tasks: ['text-generation'],
  aliases: ['llama-3', 'meta-llama/Llama-3'],
  hub: { repo: 'meta/Llama-3', files: ['llama-3-q4.gguf'] },
  context: 4096,
  sampling: { temperature: 0.5 },
};

/** A model in two parts. */
export const PARTS: CatalogueEntry = {
  ...HUB,
  id: 'Qwen-7B',
  aliases: [],
  hub: { repo: 'qwen/7B', files: ['qwen-q4-00001-of-00002.gguf', 'qwen-q4-00002-of-00002.gguf'] },
};

/** A model whose engine opens the folder. */
export const VLM: CatalogueEntry = {
  id: 'qwen_vl',
  title: 'Qwen VL',
  engine: 'unsupported',
  tasks: ['image-text-to-text'],
  hub: { repo: 'onnx/qwen-vl', revision: 'v2', files: ['config.json', 'onnx/decoder.onnx'] },
};

/** A catalogue over real folders. The content of every file is its own path, unless said otherwise. */
export class CatalogueWorld {
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
    writeFiles(this.root, { 'secret.gguf': 'not for anybody' });
    this.write(...files);
    this.catalogue = new Catalogue({
      entries,
      modelsDir: this.models,
      startersDir,
      aliases: new Map(Object.entries(aliases)),
    });
  }

  /** Writes files below MODELS_DIR. */
  write(...files: readonly string[]): void {
    writeFiles(this.models, Object.fromEntries(files.map((file) => [file, file])));
  }

  /** Writes the manifest that a pull of these files would leave, and not the files. */
  writeManifest(repo: string, name: string, files: readonly string[], change: Partial<Manifest> = {}): void {
    const manifest: Manifest = {
      version: 1,
      name,
      repo,
      revision: '0'.repeat(40),
      files: files.map((path) => ({ path, size: `${repo}/${path}`.length, sha256: '0'.repeat(64) })),
      installedAt: '2026-01-01T00:00:00.000Z',
      ...change,
    };
    writeFiles(this.models, { [`${repo}/${name}.manifest.json`]: JSON.stringify(manifest) });
  }

  /** Files and manifest, as after a pull. */
  pull(repo: string, name: string, files: readonly string[]): void {
    this.write(...files.map((file) => `${repo}/${file}`));
    this.writeManifest(repo, name, files);
  }

  has(file: string): boolean {
    return existsSync(join(this.models, file));
  }

  installed(): InstalledModel[] {
    return this.catalogue.list().filter(isInstalled);
  }

  installedIds(): string[] {
    return this.installed().map(({ id }) => id);
  }

  /** Path from MODELS_DIR of what a name leads to. */
  fileOf(name: string): string {
    return (this.catalogue.findInstalled(name).path ?? '').slice(this.models.length + 1);
  }

  remove(name: string): Promise<void> {
    return this.catalogue.remove(this.catalogue.findInstalled(name));
  }
}
