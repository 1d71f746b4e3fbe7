import type { Token } from 'node-llama-cpp';
import { describe, expect, it } from 'vitest';
import { Detokenizer } from '../../src/inference/engines/text/detokenizer.js';
import { Random, seeds } from './support/random.js';

/** A model whose vocabulary is any run of bytes: what a byte-level tokenizer can come to. */
class ByteModel {
  private readonly vocabulary: Uint8Array[] = [];
  readonly asked: { tokens: readonly Token[]; last: readonly Token[] }[] = [];

  token(bytes: Uint8Array): Token {
    this.vocabulary.push(bytes);
    return (this.vocabulary.length - 1) as Token;
  }

  readonly detokenize = (tokens: readonly Token[], last: readonly Token[]): string => {
    this.asked.push({ tokens: [...tokens], last: [...last] });
    return Buffer.concat(tokens.map((token) => this.vocabulary[token] ?? Buffer.alloc(0))).toString('utf8');
  };
}

function piecesOf(chunks: readonly Uint8Array[]): string[] {
  const model = new ByteModel();
  const detokenizer = new Detokenizer(model.detokenize, []);
  return chunks.map((bytes) => detokenizer.push(model.token(bytes)));
}

function bytewise(text: string): Uint8Array[] {
  return [...Buffer.from(text)].map((byte) => Buffer.of(byte));
}

function cut(random: Random, bytes: Uint8Array): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  for (let at = 0; at < bytes.length;) {
    const length = 1 + random.below(4);
    chunks.push(bytes.subarray(at, at + length));
    at += length;
  }
  return chunks;
}

const TEXTS = ['plain', 'Привет, мир!', 'élève', '🚀🎉', '日本語', 'a🚀б🎉c', '👩‍🚀'];

describe('characters of several bytes', () => {
  it.each(TEXTS)('%s comes out whole, one byte at a time', (text) => {
    const pieces = piecesOf(bytewise(text));
    expect(pieces.join('')).toBe(text);
    for (const piece of pieces) expect(piece).not.toContain('\uFFFD');
  });

  it('a character is sent with the token that completes it', () => {
    expect(piecesOf(bytewise('я'))).toEqual(['', 'я']);
    expect(piecesOf(bytewise('🚀'))).toEqual(['', '', '', '🚀']);
  });

  it.each(seeds(10))('any cut within the characters gives the text, with none split (seed %i)', (seed) => {
    const random = new Random(seed);
    for (let round = 0; round < 20; round++) {
      const text = Array.from({ length: 1 + random.below(6) }, () => random.pick(TEXTS)).join('');
      const pieces = piecesOf([...text].flatMap((character) => cut(random, Buffer.from(character))));
      expect(pieces.join('')).toBe(text);
      expect(pieces.join('|')).not.toContain('\uFFFD');
    }
  });

  it('a token may end one character and begin the next', () => {
    const [a, b] = [Buffer.from('🚀'), Buffer.from('🎉')];
    const chunks = [
      a.subarray(0, 1),
      a.subarray(1, 3),
      Buffer.concat([a.subarray(3), b.subarray(0, 1)]),
      b.subarray(1, 2),
      b.subarray(2),
    ];
    expect(piecesOf(chunks).join('')).toBe('🚀🎉');
  });

  it('so may every token of a long text', () => {
    const text = '🚀🎉'.repeat(20);
    const bytes = Buffer.from(text);
    const chunks = Array.from({ length: bytes.length / 4 + 1 }, (_, index) =>
      bytes.subarray(Math.max(0, index * 4 - 3), index * 4 + 1),
    );
    expect(piecesOf(chunks).join('')).toBe(text);
  });

  it.each(seeds(5))('any cut at all gives the text (seed %i)', (seed) => {
    const random = new Random(seed);
    for (let round = 0; round < 20; round++) {
      const text = Array.from({ length: 1 + random.below(6) }, () => random.pick(TEXTS)).join('');
      expect(piecesOf(cut(random, Buffer.from(text))).join('')).toBe(text);
    }
  });
});

describe('bytes that are no character', () => {
  it('come out as a replacement once something follows', () => {
    expect(piecesOf([Buffer.of(0xff), Buffer.from('a')]).join('')).toBe('\uFFFDa');
  });

  it('come out even when nothing else does', () => {
    const pieces = piecesOf(Array.from({ length: 8 }, () => Buffer.of(0xff)));
    expect(pieces.join('')).toMatch(/^\uFFFD{4,8}$/);
  });

  it('do not spoil the character that follows them', () => {
    expect(piecesOf([Buffer.of(0xff), ...bytewise('🚀')]).join('')).toBe('\uFFFD🚀');
  });

  it('do not hold back the text around them', () => {
    expect(piecesOf([Buffer.from('ab'), Buffer.of(0xff), Buffer.from('c'), Buffer.from('d')]).join('')).toBe(
      'ab\uFFFDcd',
    );
  });
});

describe('the context of a piece', () => {
  it('is the last tokens before it, the prompt first', () => {
    const model = new ByteModel();
    const prompt = [...'prompt of many tokens'].map((letter) => model.token(Buffer.from(letter)));
    const detokenizer = new Detokenizer(model.detokenize, prompt);
    const first = model.token(Buffer.from('x'));
    detokenizer.push(first);
    detokenizer.push(model.token(Buffer.from('y')));
    expect(model.asked[0]?.last).toEqual(prompt.slice(-8));
    expect(model.asked[1]?.last).toEqual([...prompt.slice(-7), first]);
  });
});
