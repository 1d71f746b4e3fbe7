import 'reflect-metadata';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PACKAGE_ROOT } from '../../src/config/package-root.js';
import { readModelsFile, type CatalogueEntry } from '../../src/inference/catalogue/models-file.js';
import { messageOf } from './support/errors.js';
import { temporaryFolder, writeFiles } from './support/temporary-folder.js';

function fileWith(content: string): string {
  const folder = temporaryFolder();
  writeFiles(folder, { 'models.yaml': content });
  return join(folder, 'models.yaml');
}

/** A file with one sound entry but for these lines. */
function entryWith(...lines: readonly string[]): string {
  const sound = { id: 'm', title: 'M', engine: 'llama', tasks: '[text-generation]' };
  const kept = Object.entries(sound).filter(([key]) => !lines.some((line) => line.startsWith(`${key}:`)));
  const all = [...kept.map(([key, value]) => `${key}: ${value}`), ...lines].filter(
    (line) => !line.endsWith(': ~absent'),
  );
  return `models:\n  - ${all.join('\n    ')}\n`;
}

function read(content: string): readonly CatalogueEntry[] {
  return readModelsFile(fileWith(content));
}

describe('models.yaml', () => {
  it('as it ships is sound, and has the starter', () => {
    const entries = readModelsFile(join(PACKAGE_ROOT, 'config/models.yaml'));
    expect(entries.map(({ id }) => id)).toContain('starter-chat');
  });

  it('gives what it says', () => {
    expect(read(entryWith('sampling: { temperature: 0, topK: 40 }', 'heavy: true', 'context: 64'))).toMatchObject([
      {
        id: 'm',
        title: 'M',
        engine: 'llama',
        tasks: ['text-generation'],
        heavy: true,
        context: 64,
        sampling: { temperature: 0, topK: 40 },
      },
    ]);
  });

  it('may name no models', () => {
    expect(read('models: []')).toEqual([]);
  });
});

describe('a bad field', () => {
  it.each([
    ['id', entryWith('id: a/b')],
    ['id', entryWith('id: "a b"')],
    ['id', entryWith('id: 7')],
    ['title', entryWith('title: ~absent')],
    ['engine', entryWith('engine: warp')],
    ['tasks', entryWith('tasks: []')],
    ['tasks', entryWith('tasks: [telepathy]')],
    ['starter', entryWith('starter: 7')],
    ['hub.repo', entryWith('hub: { repo: norepo, file: m.gguf }')],
    ['hub.repo', entryWith('hub: { repo: ../.., file: m.gguf }')],
    ['hub.file', entryWith('hub: { repo: a/b, file: ../../m.gguf }')],
    ['hub.file', entryWith('hub: { repo: a/b, file: /etc/m.gguf }')],
    ['heavy', entryWith('heavy: perhaps')],
    ['params', entryWith('params: 3')],
    ['sampling.temperature', entryWith('sampling: { temperature: 3 }')],
    ['sampling.topP', entryWith('sampling: { topP: 2 }')],
    ['sampling.topK', entryWith('sampling: { topK: 1.5 }')],
    ['sampling.heat', entryWith('sampling: { heat: 1 }')],
    ['context', entryWith('context: 63')],
    ['contxt', entryWith('contxt: 64')],
    ['models', entryWith() + entryWith().slice('models:\n'.length)],
    ['models', 'model: []'],
    ['models', 'models: starter-chat'],
    ['models', 'models: [starter-chat]'],
    ['models', 'models: [~]'],
  ])('%s is named, with the file: %s', (field, content) => {
    const path = fileWith(content);
    const message = messageOf(() => readModelsFile(path));
    expect(message).toContain(path);
    expect(message).toContain(field);
  });
});

describe('a file that is no catalogue', () => {
  it.each(['', 'models: [', '- a\n- b', 'just text', 'models: \t{'])('is named: %j', (content) => {
    const path = fileWith(content);
    expect(messageOf(() => readModelsFile(path))).toContain(path);
  });

  it('is named when it is not there', () => {
    expect(messageOf(() => readModelsFile('/nowhere/models.yaml'))).toContain('/nowhere/models.yaml');
  });
});
