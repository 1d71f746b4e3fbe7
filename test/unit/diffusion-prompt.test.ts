import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PromptTokenizer } from '../../src/inference/engines/diffusion/text/prompt-tokenizer.js';
import { ModelFolder } from './support/model-folder.js';

/** CLIP's way: each letter, each letter that ends a word, a few merges, the special tokens last. */
const LETTERS = [...'abcdefghijklmnopqrstuvwxyz!,<|>'];
const MERGES = ['r e', 're d</w>', 'a t</w>'];
const TOKENS = [
  ...LETTERS,
  ...LETTERS.map((letter) => `${letter}</w>`),
  ...MERGES.map((merge) => merge.replace(' ', '')),
  '<|startoftext|>',
  '<|endoftext|>',
];
const VOCAB = Object.fromEntries(TOKENS.map((token, id) => [token, id]));
const [START, END] = [VOCAB['<|startoftext|>'] ?? -1, VOCAB['<|endoftext|>'] ?? -1];
const FILES = {
  'tokenizer/vocab.json': JSON.stringify(VOCAB),
  'tokenizer/merges.txt': `#version: 0.2\n${MERGES.join('\n')}\n`,
};

describe('a prompt’s tokens', () => {
  const folder = new ModelFolder();

  beforeEach(() => folder.create());
  afterEach(() => folder.remove());

  async function tokenizer(more: Readonly<Record<string, string>> = {}): Promise<PromptTokenizer> {
    await folder.put({ ...FILES, ...more });
    return PromptTokenizer.read(folder.path, 'tokenizer');
  }

  const idsOf = (...tokens: readonly string[]): (number | undefined)[] => tokens.map((token) => VOCAB[token]);

  it('are merged byte pairs of lower-case words', async () => {
    const clip = await tokenizer();
    expect(clip.ids('Red  at!')).toEqual(idsOf('red</w>', 'at</w>', '!</w>'));
    expect(clip.ids('red,\nred')).toEqual(idsOf('red</w>', ',</w>', 'red</w>'));
    expect(clip.ids('')).toEqual([]);
  });

  it('are letters where a special token is spelled out', async () => {
    const ids = (await tokenizer()).ids('<|endoftext|>');
    expect(ids).not.toContain(END);
    expect(ids.length).toBeGreaterThan(5);
  });

  it('become 77 with start, end and padding', async () => {
    const clip = await tokenizer();
    const [red = -1] = clip.ids('red');
    expect(clip.room).toBe(75);
    expect(clip.input([red], false)).toEqual([START, red, END, ...Array<number>(74).fill(END)]);
    expect(clip.input([red], true)).toEqual([START, red, END, ...Array<number>(74).fill(0)]);
  });

  it('keep their end when they are too many', async () => {
    const input = (await tokenizer()).input(Array<number>(90).fill(5), false);
    expect(input).toHaveLength(77);
    expect(input.at(-1)).toBe(END);
    expect(input.slice(1, -1)).toEqual(Array(75).fill(5));
  });

  it('are padded with what the folder says, the map of special tokens first', async () => {
    const settings = { 'tokenizer/tokenizer_config.json': '{"pad_token":"<|endoftext|>","model_max_length":5}' };
    expect((await tokenizer(settings)).input([], true)).toEqual([START, END, END, END, END]);
    const map = { ...settings, 'tokenizer/special_tokens_map.json': '{"pad_token":{"content":"!"}}' };
    const bang = VOCAB['!'];
    expect((await tokenizer(map)).input([], false)).toEqual([START, END, bang, bang, bang]);
  });

  it('may all be described in one file', async () => {
    await folder.put({
      'tokenizer/tokenizer.json': JSON.stringify({
        model: { vocab: VOCAB, merges: MERGES.map((one) => one.split(' ')) },
      }),
    });
    const clip = await PromptTokenizer.read(folder.path, 'tokenizer');
    expect(clip.ids('red')).toEqual(idsOf('red</w>'));
  });

  it('need a sound folder', async () => {
    const read = (): Promise<unknown> => PromptTokenizer.read(folder.path, 'tokenizer');
    expect(await folder.refusalOf(read)).toBe('tokenizer/vocab.json is missing from its folder');
    await folder.put({ 'tokenizer/vocab.json': '{"a":0}' });
    expect(await folder.refusalOf(read)).toBe('tokenizer/merges.txt is missing from its folder');
    await folder.put({ 'tokenizer/merges.txt': 'a b\n' });
    expect(await folder.refusalOf(read)).toContain('tokenizer/vocab.json lacks the token <|startoftext|>');
    await folder.put({ ...FILES, 'tokenizer/merges.txt': 'version https://git-lfs.github.com/spec/v1\nsize 7\n' });
    expect(await folder.refusalOf(read)).toContain('tokenizer/merges.txt is a Git LFS pointer');
    await folder.put({ 'tokenizer/merges.txt': 'one two three\n' });
    expect(await folder.refusalOf(read)).toContain('tokenizer/merges.txt is not a list of pairs');
    await folder.put({ 'tokenizer/vocab.json': '[' });
    expect(await folder.refusalOf(read)).toContain('tokenizer/vocab.json does not hold a JSON object');
  });
});
