import { describe, expect, it } from 'vitest';
import { languageName, languageTag, scriptOf } from '../../src/inference/engines/piper/text/language.js';
import { blocksOf } from '../../src/inference/engines/piper/text/markup.js';
import { numberReader } from '../../src/inference/engines/piper/text/number-languages.js';
import { piecesOf } from '../../src/inference/engines/piper/text/pieces.js';
import { sentencesOf } from '../../src/inference/engines/piper/text/sentences.js';
import { utterancesOf, type Reader } from '../../src/inference/engines/piper/text/speech-text.js';
import { errorOf } from './support/errors.js';

const ENGLISH: Reader = { language: 'en-US', spells: true, knows: (letter) => /[a-z]/i.test(letter) };
const RUSSIAN: Reader = { language: 'ru-RU', spells: false, knows: () => true };

describe('markup', () => {
  it.each([
    ['# Title #\ntext', ['Title', 'text']],
    ['some **bold**, *it*, _em_, ~~gone~~ and `code`', ['some bold, it, em, gone and code']],
    ['a [link](https://x.y/(z) "title") and ![a picture](p.png)', ['a link and a picture']],
    ['- one\n* two\n• three', ['one', 'two', 'three']],
    ['1. wash\n2) dry', ['1, wash', '2, dry']],
    ['> quoted\n> text', ['quoted text']],
    ['one line\nand the next', ['one line and the next']],
    ['above\n\n---\n\nbelow', ['above', 'below']],
    ['```js\nlet x;\n```', ['let x;']],
    ['| a | b |\n|---|---|\n| c | d |', ['a, b', 'c, d']],
    ['<b>bold</b> &amp; a < b', ['bold & a < b']],
    ['nice 😀👍🏽 day ☀️!', ['nice day!']],
    ['soft\u00adhyphen zero\u200bwidth', ['softhyphen zerowidth']],
    ['5 * 3 and snake_case_name', ['5 * 3 and snake_case_name']],
    ['  \n\n\t', []],
  ])('%j', (text, blocks) => {
    expect(blocksOf(text).map((block) => block.text)).toEqual(blocks);
  });

  it('tells paragraphs from items of a list', () => {
    const blocks = blocksOf('- one\n- two\n\nAnd a paragraph.');
    expect(blocks.map(({ endsParagraph }) => endsParagraph)).toEqual([false, true, true]);
  });
});

describe('sentences', () => {
  it.each([
    ['en', 'Dr. Smith went home. He slept.', ['Dr. Smith went home.', 'He slept.']],
    ['en', 'It cost 3.14. No. 5 is alive!', ['It cost 3.14.', 'No. 5 is alive!']],
    ['en', '"Really?" she said. Yes.', ['"Really?" she said.', 'Yes.']],
    ['en', 'J. R. R. Tolkien wrote. I read.', ['J. R. R. Tolkien wrote.', 'I read.']],
    ['en', 'It is I. You know.', ['It is I.', 'You know.']],
    ['en', 'Go to example.com. Now.', ['Go to example.com.', 'Now.']],
    ['fr', 'M. Dupont dit : « Bonjour ! » Mme Durand aussi.', ['M. Dupont dit : « Bonjour ! »', 'Mme Durand aussi.']],
    ['ru', 'Это г. Москва. Он пришёл.', ['Это г. Москва.', 'Он пришёл.']],
    ['de', 'Das ist z. B. gut. Nr. 5 lebt.', ['Das ist z. B. gut.', 'Nr. 5 lebt.']],
    ['ja', 'これはペンです。元気ですか？', ['これはペンです。', '元気ですか？']],
  ])('%s: %s', (language, text, sentences) => {
    expect(sentencesOf(text, language)).toEqual(sentences);
  });
});

describe('pieces of a long sentence', () => {
  const LONG =
    'it goes on and on; and then again, because it likes to, very much so, until the end of all days comes near.';

  it('are cut at marks where there are any', () => {
    expect(piecesOf(LONG, 50)).toEqual([
      'it goes on and on;',
      'and then again, because it likes to, very much so,',
      'until the end of all days comes near.',
    ]);
  });

  it.each([20, 50, 80, 1000])('hold all words, none with more than %i characters', (most) => {
    const pieces = piecesOf(LONG, most);
    expect(pieces.join(' ')).toBe(LONG);
    for (const piece of pieces) expect(piece.length).toBeLessThanOrEqual(most);
  });

  it('of a text without spaces are cut anyhow', () => {
    expect(piecesOf('x'.repeat(30), 12).map(({ length }) => length)).toEqual([12, 12, 6]);
    expect(piecesOf('これはペンです、元気ですか、はい', 10)).toEqual(['これはペンです、', '元気ですか、はい']);
  });
});

describe('utterances', () => {
  it('are words, with the pause that follows each', async () => {
    expect(await utterancesOf('Hello, Mr. X! It is 5 p.m. now.\n\n- one\n- two', ENGLISH)).toEqual([
      { text: 'Hello, Mister X!', pause: 'sentence' },
      { text: 'It is five P M now.', pause: 'paragraph' },
      { text: 'one', pause: 'sentence' },
      { text: 'two', pause: 'paragraph' },
    ]);
  });

  it('begin with a short one, so that the listener hears something soon', async () => {
    const long = `So ${Array(30).fill('a few more words').join(', ')}.`;
    const [first, second, ...others] = await utterancesOf(`${long} ${long}`, ENGLISH);
    expect(first?.text.length).toBeLessThanOrEqual(120);
    expect(first?.pause).toBe('clause');
    expect(second?.text.length).toBeLessThanOrEqual(120);
    expect(others.some(({ text }) => text.length > 120)).toBe(true);
    expect(others.every(({ text }) => text.length <= 250)).toBe(true);
  });

  it('leave the figures of other languages to espeak-ng, and say them where a voice spells', async () => {
    expect((await utterancesOf('Мне 42 года.', RUSSIAN))[0]?.text).toBe('Мне 42 года.');
    expect((await utterancesOf('Мне 42 года.', { ...RUSSIAN, spells: true }))[0]?.text).toBe('Мне сорок два года.');
  });

  it.each(['', '   \n', '!?…', '***', '😀 👍', '%', '---'])('refuse %j: nothing to say', async (text) => {
    const error = await errorOf(() => utterancesOf(text, ENGLISH));
    expect(error).toMatchObject({ code: 'invalid_request', param: 'input' });
    expect(error.message).toContain('nothing to say');
  });

  it('refuse another language, and say which one the voice has', async () => {
    const error = await errorOf(() => utterancesOf('Fine so far. Привет, как дела сегодня, дорогой друг?', ENGLISH));
    expect(error).toMatchObject({ code: 'invalid_request', param: 'input' });
    expect(error.message).toMatch(/^This voice speaks English only: it cannot read "Привет, .*…"\.$/);
  });

  it('take a foreign word within a sentence', async () => {
    expect(await utterancesOf('She said "привет" to everybody.', ENGLISH)).toHaveLength(1);
  });
});

describe('languages', () => {
  it.each([
    ['en_US', 'en-US', 'English'],
    ['fra', 'fr', 'French'],
    ['ru', 'ru', 'Russian'],
    ['???', 'en', 'English'],
  ])('%s', (name, tag, spoken) => {
    expect(languageTag(name)).toBe(tag);
    expect(languageName(tag)).toBe(spoken);
  });

  it.each([
    ['en-US', 'a', 'я'],
    ['ru', 'я', 'a'],
    ['ja', 'か', 'я'],
    ['zh', '你', 'a'],
    ['ko', '한', 'a'],
  ])('%s is written with %s, not with %s', (tag, own, foreign) => {
    expect(scriptOf(tag).test(own)).toBe(true);
    expect(scriptOf(tag).test(foreign)).toBe(false);
  });

  it.each([
    ['fr', '71,5 % de 1 234', 'soixante et onze virgule cinq pour cent de mille deux cent trente-quatre'],
    ['ru', 'в 2024 году', 'в две тысячи двадцать четыре году'],
    ['xx', '42 %', '42 %'],
  ])('%s says %s', async (language, written, said) => {
    expect((await numberReader(language))(written)).toBe(said);
  });
});
