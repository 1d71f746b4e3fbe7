import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PACKAGE_ROOT } from '../../src/config/package-root.js';
import { Catalogue } from '../../src/inference/catalogue/catalogue.js';
import { CAPABILITIES, ENGINES, isInstalled } from '../../src/inference/catalogue/model-entry.js';
import { readModelsFile } from '../../src/inference/catalogue/models-file.js';
import { MODELS_SCHEMA } from '../../src/inference/catalogue/models-schema.js';
import { errorOf } from './support/errors.js';
import { temporaryFolder } from './support/temporary-folder.js';

const ENTRIES = readModelsFile(join(PACKAGE_ROOT, 'config/models.yaml'));

function shipped(): Catalogue {
  return new Catalogue({
    entries: ENTRIES,
    modelsDir: temporaryFolder(),
    startersDir: join(PACKAGE_ROOT, 'models/starter'),
    aliases: new Map(),
  });
}

/** Every model that a source document names, and what its clients use it for. Placeholders (`model1.rkllm`) are none. */
const NAMED: readonly (readonly [document: string, name: string, task: string])[] = [
  ['openai', 'Llama3-8B', 'text-generation'],
  ['openai', 'Llama3 70B', 'text-generation'],
  ['openai', 'Qwen1.5-110B', 'text-generation'],
  ['openai', 'SuperImage', 'text-to-image'],
  ['openai', 'SuperImage', 'image-to-image'],
  ['llama-local', 'Llama-3.2-3B-Instruct-Q4_K_M.gguf', 'text-generation'],
  ['chatvlm', 'got_ocr', 'image-to-text'],
  ['chatvlm', 'qwen_vl_2b', 'image-text-to-text'],
  ['chatvlm', 'qwen_vl_7b', 'image-text-to-text'],
  ['chatvlm', 'qwen3_vl_2b', 'image-text-to-text'],
  ['chatvlm', 'qwen3_vl_4b', 'image-text-to-text'],
  ['chatvlm', 'qwen3_vl_8b', 'image-text-to-text'],
  ['chatvlm', 'dots_ocr', 'image-to-text'],
];

describe('config/models.yaml', () => {
  it.each(NAMED)('has what the %s document calls %s, for %s', (_document, name, task) => {
    expect(shipped().find(name).tasks).toContain(task);
  });

  it.each([
    ['got_ocr', 'GOT-OCR 2.0', '580M'],
    ['qwen_vl_2b', 'Qwen2-VL 2B', '2B'],
    ['qwen_vl_7b', 'Qwen2-VL 7B', '7B'],
    ['qwen3_vl_2b', 'Qwen3-VL 2B', '2B'],
    ['qwen3_vl_4b', 'Qwen3-VL 4B', '4B'],
    ['qwen3_vl_8b', 'Qwen3-VL 8B', '8B'],
    ['dots_ocr', 'dots.ocr', '1.7B'],
  ])('lists %s as the chatvlm document does', (id, title, params) => {
    expect(shipped().find(id)).toMatchObject({ id, title, params });
  });

  it('has something for each thing that a model can do', () => {
    const tasks = new Set(ENTRIES.flatMap((entry) => entry.tasks));
    expect([...tasks].sort()).toEqual([...CAPABILITIES].sort());
  });

  it('leads every name to its own entry, and no other', () => {
    const catalogue = shipped();
    for (const { id, aliases = [] } of ENTRIES) {
      for (const name of [id, ...aliases]) expect([name, catalogue.find(name).id]).toEqual([name, id]);
    }
  });

  it('has the starters installed, and nothing else', () => {
    const installed = shipped().list().filter(isInstalled);
    expect(installed.map(({ id, starter }) => [id, starter])).toEqual(
      ['chat', 'ocr', 'vision', 'image', 'voice', 'embed'].map((name) => [`starter-${name}`, true]),
    );
  });

  it('can be pulled but for the starters, under a licence that is named', () => {
    const catalogue = shipped();
    for (const entry of catalogue.list()) {
      expect([entry.id, catalogue.sourceOf(entry) !== null]).toEqual([entry.id, !entry.starter]);
      expect([entry.id, entry.licence]).not.toEqual([entry.id, null]);
    }
  });

  it('gives engines of files files: the first of a llama model is a GGUF, and none is a projector', () => {
    for (const { id, engine, hub } of ENTRIES) {
      if (engine !== 'llama' || hub === undefined) continue;
      expect([id, hub.files.every((file) => /^(?!mmproj).*\.gguf$/.test(file))]).toEqual([id, true]);
    }
  });

  it('calls pictures and what is larger than 30 B heavy', () => {
    const heavy = shipped()
      .list()
      .filter((entry) => entry.heavy);
    const large = /^(\d+)B$/;
    for (const entry of shipped().list()) {
      const isLarge = Number(large.exec(entry.params ?? '')?.[1] ?? 0) >= 30;
      const isPicture = entry.tasks.includes('text-to-image');
      expect([entry.id, heavy.some(({ id }) => id === entry.id)]).toEqual([entry.id, isLarge || isPicture]);
    }
  });

  it('refuses what no engine runs, by name', async () => {
    const error = await errorOf(() => shipped().findRunnable('got_ocr'));
    expect(error.code).toBe('invalid_request');
    expect(error.message).toContain('(image-to-text)');
  });
});

describe('config/models.schema.json', () => {
  interface Schema {
    readonly description?: string;
    readonly enum?: readonly string[];
    readonly items?: Schema;
    readonly additionalProperties?: boolean;
    readonly properties?: Readonly<Record<string, Schema>>;
    readonly definitions?: Readonly<Record<string, Schema>>;
  }
  const schema = JSON.parse(readFileSync(MODELS_SCHEMA, 'utf8')) as Schema;
  const model = schema.definitions?.model?.properties;

  it('knows the engines and tasks that the code knows', () => {
    expect(model?.engine?.enum).toEqual([...ENGINES, 'unsupported']);
    expect(model?.tasks?.items?.enum).toEqual([...CAPABILITIES]);
  });

  it('describes every field, and lets no other in', () => {
    const objects = [schema, ...Object.values(schema.definitions ?? {})];
    expect(objects).toHaveLength(6);
    for (const object of objects) {
      expect(object.additionalProperties).toBe(false);
      for (const [name, field] of Object.entries(object.properties ?? {})) {
        expect([name, (field.description ?? Object.keys(field).join()).length > 3]).toEqual([name, true]);
      }
    }
  });
});
