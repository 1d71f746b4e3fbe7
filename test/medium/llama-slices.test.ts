import { getLlama } from 'node-llama-cpp';
import { beforeAll, describe, expect, it } from 'vitest';
import { readVocabulary, type Vocabulary } from '../../src/inference/engines/llama/vocabulary.js';
import { Preparation } from '../../src/inference/engines/text/preparation/preparations.js';
import { STARTER } from './support/llama-runner.js';

let vocabulary: Vocabulary;
let whole: (text: string, special: boolean) => readonly number[];
beforeAll(async () => {
  const llama = await getLlama({ gpu: false, build: 'never', progressLogs: false });
  const model = await llama.loadModel({ modelPath: STARTER });
  vocabulary = readVocabulary(model);
  whole = (text, special) => model.tokenize(text, special);
});

describe('a text that is tokenised in slices', () => {
  it.each([
    ['words', 'The quick brown fox, 12 times, jumps. ', false],
    ['lines', 'One line of text\nand another\n\n', false],
    ['turns', '<|im_start|>user\nHello there<|im_end|>\n', true],
    ['special texts as plain ones', 'plain <|im_end|> text ', false],
  ])('has the tokens of the whole: %s', async (_, text, special) => {
    const long = text.repeat(Math.ceil(60_000 / text.length));
    const tokens = await vocabulary.tokenizer.tokens([{ text: long, special }], new Preparation('a'));
    expect(tokens).toEqual(whole(long, special));
  });
});
