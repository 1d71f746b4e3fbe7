import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { CatalogueEntry } from '../../src/inference/catalogue/catalogue-entry.js';
import { readModelsFile } from '../../src/inference/catalogue/models-file.js';
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

/** A second entry for the file above. */
function secondWith(...lines: readonly string[]): string {
  return entryWith(...lines).slice('models:\n'.length);
}

function read(content: string): readonly CatalogueEntry[] {
  return readModelsFile(fileWith(content));
}

/** The error of a file, without the file's own path. */
function problemOf(content: string): string {
  const path = fileWith(content);
  const message = messageOf(() => readModelsFile(path));
  expect(message.startsWith(`${path}:`)).toBe(true);
  return message.slice(path.length + 1);
}

describe('a catalogue file', () => {
  it('gives what it says', () => {
    const lines = [
      'aliases: [n, a/b]',
      'hub: { repo: a/b, revision: v1, files: [x/m.gguf] }',
      'bytes: 7',
      'licence: MIT',
      'sampling: { temperature: 0, topK: 40 }',
      'heavy: true',
      'context: 64',
      'verified: false',
    ];
    expect(read(entryWith(...lines))).toEqual([
      {
        id: 'm',
        title: 'M',
        engine: 'llama',
        tasks: ['text-generation'],
        aliases: ['n', 'a/b'],
        hub: { repo: 'a/b', revision: 'v1', files: ['x/m.gguf'] },
        bytes: 7,
        licence: 'MIT',
        sampling: { temperature: 0, topK: 40 },
        heavy: true,
        context: 64,
        verified: false,
      },
    ]);
  });

  it('may name no models', () => {
    expect(read('models: []')).toEqual([]);
  });
});

describe('a bad field is named with its line', () => {
  it.each([
    ['5:5', 'models[0].id', entryWith('id: a/b')],
    ['5:5', 'models[0].id', entryWith('id: "a b"')],
    ['5:5', 'models[0].id', entryWith('id: .hidden')],
    ['5:5', 'models[0].id', entryWith('id: 7')],
    ['2:5', 'models[0].title', entryWith('title: ~absent')],
    ['5:5', 'models[0].engine', entryWith('engine: warp')],
    ['5:5', 'models[0].tasks', entryWith('tasks: []')],
    ['5:13', 'models[0].tasks[0]', entryWith('tasks: [telepathy]')],
    ['6:15', 'models[0].aliases[0]', entryWith('aliases: [" a"]')],
    ['6:5', 'models[0].aliases', entryWith('aliases: [a, a]')],
    ['6:5', 'models[0].starter', entryWith('starter: 7')],
    ['6:5', 'models[0].starter', entryWith('starter: ../m.gguf')],
    ['7:7', 'models[0].hub.repo', entryWith('hub:', '  repo: norepo', '  files: [m.gguf]')],
    ['6:12', 'models[0].hub.repo', entryWith('hub: { repo: ../.., files: [m.gguf] }')],
    ['6:12', 'models[0].hub.repo', entryWith('hub: { repo: .a/b, files: [m.gguf] }')],
    ['6:5', 'models[0].hub.repo', entryWith('hub: { files: [m.gguf] }')],
    ['6:5', 'models[0].hub.files', entryWith('hub: { repo: a/b }')],
    ['6:23', 'models[0].hub.file', entryWith('hub: { repo: a/b, file: m.gguf }')],
    ['6:23', 'models[0].hub.files', entryWith('hub: { repo: a/b, files: [] }')],
    [
      '9:11',
      'models[0].hub.files[1]',
      entryWith('hub:', '  files:', '    - m.gguf', '    - ../../m.gguf', '  repo: a/b'),
    ],
    ['6:31', 'models[0].hub.files[0]', entryWith('hub: { repo: a/b, files: [/etc/m.gguf] }')],
    ['6:31', 'models[0].hub.files[0]', entryWith('hub: { repo: a/b, files: [.m.gguf] }')],
    ['6:23', 'models[0].hub.revision', entryWith('hub: { repo: a/b, revision: "", files: [m] }')],
    ['6:5', 'models[0].bytes', entryWith('bytes: 2.0G')],
    ['6:5', 'models[0].heavy', entryWith('heavy: perhaps')],
    ['6:5', 'models[0].params', entryWith('params: 3')],
    ['6:17', 'models[0].sampling.temperature', entryWith('sampling: { temperature: 3 }')],
    ['6:17', 'models[0].sampling.topP', entryWith('sampling: { topP: 2 }')],
    ['6:17', 'models[0].sampling.topK', entryWith('sampling: { topK: 1.5 }')],
    ['6:17', 'models[0].sampling.heat', entryWith('sampling: { heat: 1 }')],
    ['6:5', 'models[0].context', entryWith('context: 63')],
    ['6:5', 'models[0].contxt', entryWith('contxt: 64')],
    ['6:5', 'models[1].id', entryWith() + secondWith()],
    ['11:15', 'models[1].aliases[0]', entryWith('aliases: [x]') + secondWith('id: n', 'aliases: [x]')],
    ['6:15', 'models[0].aliases[0]', entryWith('aliases: [n]') + secondWith('id: n')],
    ['6:15', 'models[0].aliases[0]', entryWith('aliases: [m]')],
    ['6:5', 'models[0].starter', entryWith('engine: unsupported', 'starter: m.onnx')],
    ['1:1', 'model', 'model: []'],
    ['1:1', 'models', '{}'],
    ['1:1', 'models', 'models: starter-chat'],
    ['1:10', 'models[0]', 'models: [starter-chat]'],
    ['1:10', 'models[0]', 'models: [~]'],
    ['1:1', 'the file', '- a\n- b'],
    ['1:1', 'the file', 'just text'],
    ['1:1', 'the file', ''],
  ])('%s %s: %s', (place, field, content) => {
    expect(problemOf(content)).toMatch(new RegExp(`^${place}: ${field.replace(/[[\].]/g, '\\$&')} `));
  });
});

describe('an error says what is expected', () => {
  it.each([
    [entryWith('title: ~absent'), 'models[0].title is missing'],
    [
      entryWith('engine: warp'),
      'models[0].engine must be one of llama, paddle-ocr, transformers, diffusion, piper, remote, unsupported',
    ],
    [
      entryWith('hub: { repo: x, files: [m] }'),
      'models[0].hub.repo must match ^[\\w-][\\w.-]*/[\\w-][\\w.-]*$ (<user>/<repo>)',
    ],
    [entryWith('hub: { file: m }'), 'models[0].hub.file is not known; the fields are repo, revision, files'],
    [entryWith('context: 63'), 'models[0].context must be >= 64'],
    [entryWith('aliases: [m]'), 'models[0].aliases[0] is "m", which is already a name of "m"'],
  ])('%j', (content, text) => {
    expect(problemOf(content)).toContain(text);
  });
});

describe('a file that is no YAML', () => {
  it.each([
    ['2:1', 'models: [\n'],
    ['3:5', 'models:\n  - id: a\n    id: b\n'],
    ['1:1', 'models: *nowhere'],
    ['2:2', 'models:\n \t- id: a\n'],
  ])('is named with line %s: %j', (place, content) => {
    expect(problemOf(content)).toMatch(new RegExp(`^${place}: \\S`));
  });

  it('is named when it is not there', () => {
    expect(messageOf(() => readModelsFile('/nowhere/models.yaml'))).toContain('/nowhere/models.yaml');
  });
});
