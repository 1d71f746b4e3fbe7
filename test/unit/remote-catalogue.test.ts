import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readSettings } from '../../src/config/settings.js';
import { Catalogue } from '../../src/inference/catalogue/catalogue.js';
import { isInstalled } from '../../src/inference/catalogue/model-entry.js';
import { readModelsFile } from '../../src/inference/catalogue/models-file.js';
import { fingerprintOf } from '../../src/inference/residency/fingerprint.js';
import { errorOf, messageOf } from './support/errors.js';
import { temporaryFolder, writeFiles } from './support/temporary-folder.js';

const HEAD = 'models:\n  - id: far\n    title: Far\n    engine: remote\n    tasks: [text-generation]\n';
const FAR = `${HEAD}    remote: { base_url: "http://10.0.0.5:8000/v1/" }\n`;
const NEAR = 'models:\n  - { id: near, title: Near, engine: unsupported, tasks: [text-generation], aliases: [n] }\n';

function fileWith(content: string): string {
  const folder = temporaryFolder();
  writeFiles(folder, { 'models.yaml': content });
  return join(folder, 'models.yaml');
}

function catalogueOf(content: string): Catalogue {
  const folder = temporaryFolder();
  const entries = readModelsFile(fileWith(content));
  return new Catalogue({ entries, modelsDir: folder, startersDir: folder, aliases: new Map() });
}

describe('an entry of a model on another server', () => {
  it('has defaults for what it does not say', () => {
    const entry = catalogueOf(FAR).findRunnable('far');
    expect(entry).toMatchObject({ engine: 'remote', path: null, hub: null, heavy: false });
    expect(entry.remote).toEqual({
      baseUrl: 'http://10.0.0.5:8000/v1',
      model: 'far',
      key: null,
      slots: 16,
      timeouts: { connect: 5000, firstByte: 120_000, idle: 60_000 },
      omit: [],
      maxTokensField: 'max_tokens',
      scores: 'probabilities',
    });
  });

  it('says the rest', () => {
    const fields = [
      'base_url: https://gpu.lan/api/v1',
      'model: Qwen/Qwen3-32B',
      'key_env: GPU_KEY',
      'slots: 4',
      'timeouts: { connect: 0.5, idle: 10 }',
      'omit: [min_p, top_k]',
      'max_tokens_field: max_completion_tokens',
      'scores: logits',
    ];
    const entry = catalogueOf(`${HEAD}    context: 8192\n    remote:\n      ${fields.join('\n      ')}\n`).find('far');
    expect(entry).toMatchObject({
      contextSize: 8192,
      remote: {
        model: 'Qwen/Qwen3-32B',
        key: { kind: 'env', name: 'GPU_KEY' },
        slots: 4,
        timeouts: { connect: 500, firstByte: 120_000, idle: 10_000 },
        omit: ['min_p', 'top_k'],
        maxTokensField: 'max_completion_tokens',
        scores: 'logits',
      },
    });
    const filed = catalogueOf(`${HEAD}    remote: { base_url: "http://a/v1", key_file: /run/key }\n`).find('far');
    expect(filed.remote?.key).toEqual({ kind: 'file', path: '/run/key' });
  });

  it('counts as installed, is never pulled, and cannot be removed', async () => {
    const catalogue = catalogueOf(FAR);
    const entry = catalogue.findInstalled('far');
    expect(isInstalled(entry)).toBe(true);
    expect(catalogue.sourceOf(entry)).toBeNull();
    expect((await errorOf(() => catalogue.refuseRemoval(entry))).code).toBe('forbidden');
    const error = await errorOf(() => catalogue.remove(entry));
    expect(error.code).toBe('forbidden');
    expect(error.message).toContain('another server');
  });

  it('has a fingerprint that changes with it', () => {
    const [one, same, other] = [FAR, FAR, FAR.replace('8000', '8001')].map((content) =>
      fingerprintOf(catalogueOf(content).findRunnable('far')),
    );
    expect(same).toBe(one);
    expect(other).not.toBe(one);
  });

  it.each([
    [`${HEAD}    remote: {}\n`, 'models[0].remote.base_url is missing'],
    [HEAD, 'models[0].remote is missing'],
    [`${HEAD}    remote: { base_url: "ftp://a/v1" }\n`, 'models[0].remote.base_url must match'],
    [`${HEAD}    remote: { base_url: "http://user:key@a/v1" }\n`, 'models[0].remote.base_url must match'],
    [`${HEAD}    remote: { base_url: "http://a/v1?key=x" }\n`, 'models[0].remote.base_url must match'],
    [`${HEAD}    remote: { base_url: "http://a:port/v1" }\n`, 'models[0].remote.base_url is no URL'],
    [`${HEAD}    remote: { base_url: "http://a/v1", key: secret }\n`, 'models[0].remote.key is not known'],
    [`${HEAD}    remote: { base_url: "http://a/v1", slots: 0 }\n`, 'models[0].remote.slots must be >= 1'],
    [
      `${HEAD}    remote: { base_url: "http://a/v1", timeouts: { idle: 0 } }\n`,
      'models[0].remote.timeouts.idle must be > 0',
    ],
    [`${HEAD}    remote: { base_url: "http://a/v1", omit: [model] }\n`, 'models[0].remote.omit[0] must be one of'],
    [
      `${HEAD}    remote: { base_url: "http://a/v1", key_env: A, key_file: /b }\n`,
      'models[0].remote.key_file and key_env',
    ],
    [`${FAR}    heavy: true\n`, 'models[0].heavy is not for'],
    [`${FAR}    hub: { repo: a/b, files: [c.gguf] }\n`, 'models[0].hub is not for'],
    [FAR.replace('[text-generation]', '[text-generation, text-to-image]'), 'models[0].tasks[1] of a remote model'],
    [FAR.replace('engine: remote', 'engine: llama'), 'models[0].remote goes with the engine remote alone'],
  ])('that is wrong is refused by its field: %#', (content, words) => {
    const message = messageOf(() => readModelsFile(fileWith(content)));
    expect(message).toContain(words);
    expect(message).not.toContain('\n');
  });
});

describe('a second catalogue file', () => {
  const shipped = (): ReturnType<typeof readModelsFile> => readModelsFile(fileWith(NEAR));

  it('adds its models, and replaces those of the same id', () => {
    const replaced = FAR.replace('id: far', 'id: near');
    expect(readModelsFile(fileWith(FAR), shipped()).map(({ id }) => id)).toEqual(['near', 'far']);
    expect(readModelsFile(fileWith(replaced), shipped()).map(({ id, engine }) => [id, engine])).toEqual([
      ['near', 'remote'],
    ]);
  });

  it('may not take a name that another model has', () => {
    const path = fileWith(FAR.replace('title', 'aliases: [n]\n    title'));
    expect(messageOf(() => readModelsFile(path, shipped()))).toBe(
      `${path}:3:15: models[0].aliases[0] is "n", which is already a name of "near"`,
    );
    const same = FAR.replace('id: far', 'id: near\n    aliases: [n]');
    expect(readModelsFile(fileWith(same), shipped())).toHaveLength(1);
  });
});

describe('the settings', () => {
  it('have the file, and the secrets that it names', () => {
    const settings = readSettings({ MODELS_FILE: '/etc/parley/models.yaml', GPU_KEY: ' abc\n', EMPTY: ' ' });
    expect(settings.modelsFile).toBe('/etc/parley/models.yaml');
    expect(['GPU_KEY', 'EMPTY', 'NOT_SET'].map((name) => settings.secretOf(name))).toEqual(['abc', null, null]);
    expect(JSON.stringify(settings)).not.toContain('abc');
  });
});
