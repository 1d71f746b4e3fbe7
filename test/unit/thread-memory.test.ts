import { readdirSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ThreadMemory } from '../../src/inference/residency/thread-memory.js';
import { temporaryFolder } from './support/temporary-folder.js';

const PLAN = [
  { tokens: 1, threads: 1 },
  { tokens: 16, threads: 4 },
];

describe('thread memory', () => {
  it('survives in its file, in a folder that it makes', () => {
    const file = `${temporaryFolder()}/made/threads.json`;
    const memory = new ThreadMemory(file, 4);
    expect(memory.get('f')).toBeNull();
    memory.put('f', PLAN);
    memory.put('g', [{ tokens: 1, threads: 2 }]);
    expect(memory.get('f')).toEqual(PLAN);
    const again = new ThreadMemory(file, 4);
    expect(again.get('f')).toEqual(PLAN);
    expect(again.get('g')).toEqual([{ tokens: 1, threads: 2 }]);
    expect(again.get('h')).toBeNull();
  });

  it('leaves no partial file behind', () => {
    const folder = temporaryFolder();
    new ThreadMemory(`${folder}/threads.json`, 4).put('f', PLAN);
    expect(readdirSync(folder)).toEqual(['threads.json']);
  });

  it('does not take what was measured with other cores', () => {
    const file = `${temporaryFolder()}/threads.json`;
    new ThreadMemory(file, 4).put('f', PLAN);
    expect(new ThreadMemory(file, 8).get('f')).toBeNull();
  });

  it.each(['', '{', 'null', '[]', '"text"', '\u0000\u0001'])('starts anew from a damaged file: %j', (content) => {
    const file = `${temporaryFolder()}/threads.json`;
    writeFileSync(file, content);
    const memory = new ThreadMemory(file, 4);
    expect(memory.get('f')).toBeNull();
    memory.put('f', PLAN);
    expect(new ThreadMemory(file, 4).get('f')).toEqual(PLAN);
  });

  it.each([
    ['an empty plan', []],
    ['no plan', 'fast'],
    ['a step without threads', [{ tokens: 1 }]],
    ['threads that are no number', [{ tokens: 1, threads: 'all' }]],
    ['half a thread', [{ tokens: 1, threads: 0.5 }]],
    ['no threads at all', [{ tokens: 1, threads: 0 }]],
    ['fewer than none', [{ tokens: 1, threads: -2 }]],
  ])('takes no notice of %s', (_, plan) => {
    const file = `${temporaryFolder()}/threads.json`;
    new ThreadMemory(file, 4).put('f', plan as unknown as typeof PLAN);
    expect(new ThreadMemory(file, 4).get('f')).toBeNull();
  });

  it('still remembers for itself when its file cannot be written', () => {
    const folder = temporaryFolder();
    writeFileSync(`${folder}/data`, 'a file where a folder was expected');
    const memory = new ThreadMemory(`${folder}/data/threads.json`, 4);
    expect(() => memory.put('f', PLAN)).not.toThrow();
    expect(memory.get('f')).toEqual(PLAN);
  });
});
