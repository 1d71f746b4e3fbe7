import { describe, expect, it, vi } from 'vitest';
import { ChatTemplate } from '../../src/inference/engines/transformers/vision/chat-template.js';
import {
  bindPictures,
  messagesOf,
  picturesOf,
  type BoundMessage,
} from '../../src/inference/engines/transformers/vision/conversation.js';
import { GuardedTokenizer } from '../../src/inference/engines/transformers/vision/guarded-tokenizer.js';
import { boundPictures } from '../../src/inference/engines/transformers/vision/picture-budget.js';
import { pictureTokens } from '../../src/inference/engines/transformers/vision/picture-tokens.js';
import { fitConversation } from '../../src/inference/engines/transformers/vision/prompt-fit.js';
import { Preparation } from '../../src/inference/engines/text/preparation/preparations.js';
import type { VisionMessage } from '../../src/inference/text-tasks.js';

const IMAGE = { type: 'image' } as const;
const text = (content: string): { readonly type: 'text'; readonly text: string } => ({ type: 'text', text: content });

describe('pictures of a conversation', () => {
  const messages: VisionMessage[] = [
    { role: 'user', parts: [IMAGE, text('one')] },
    { role: 'assistant', parts: [text('yes')] },
    { role: 'user', parts: [IMAGE, IMAGE] },
  ];

  it('come in their places', () => {
    const bound = bindPictures(messages, [['a'], ['b'], ['c']]);
    expect(bound[0]?.parts).toEqual([{ type: 'image', image: 'a' }, text('one')]);
    expect(picturesOf(bound)).toEqual(['a', 'b', 'c']);
    expect(picturesOf(bound.slice(1))).toEqual(['b', 'c']);
  });

  it('may have pages', () => {
    expect(picturesOf(bindPictures(messages, [['a'], ['b1', 'b2'], ['c']]))).toEqual(['a', 'b1', 'b2', 'c']);
  });

  it.each([[[]], [[['a']]], [[['a'], ['b'], ['c'], ['d']]]])('need as many places: %j', (files) => {
    expect(() => bindPictures(messages, files)).toThrow(/have room for 3 pictures, and \d came/);
  });

  it('are none in a text task', () => {
    const common = { kind: 'text-generation', model: 'm', sampling: {}, stop: [], overflow: 'refuse' } as const;
    const prompt = { kind: 'messages', messages: [{ role: 'user', content: 'hi' }] } as const;
    expect(messagesOf({ ...common, prompt })).toEqual([{ role: 'user', parts: [text('hi')] }]);
    expect(messagesOf({ ...common, prompt: { kind: 'raw', text: 'hi' } })).toBeNull();
  });
});

describe('a chat template', () => {
  const PARTS =
    "{% for m in messages %}[{{ m.role }}]{% for c in m.content %}{% if c.type == 'image' %}<image>{% else %}{{ c.text }}{% endif %}{% endfor %}{% endfor %}{% if add_generation_prompt %}[assistant]{% endif %}";
  const TEXTS = '{{ bos_token }}{% for m in messages %}[{{ m.role }}]{{ m.content }}{% endfor %}[assistant]';
  const template = (source: string | null): ChatTemplate =>
    new ChatTemplate({ template: source, specialTokens: { bos_token: '<s>' } }, '<image>');
  const asked: BoundMessage<string>[] = [
    { role: 'system', parts: [text('Brief.')] },
    { role: 'user', parts: [{ type: 'image', image: 'a' }, text('What?')] },
  ];

  it('that takes parts gets them', async () => {
    expect(await template(PARTS).render(asked, new Preparation('a'))).toBe(
      '[system]Brief.[user]<image>What?[assistant]',
    );
    expect(await template(PARTS).render([{ role: 'user', parts: [] }], new Preparation('a'))).toBe('[user][assistant]');
  });

  it('that takes texts gets pictures worded', async () => {
    expect(await template(TEXTS).render(asked, new Preparation('a'))).toBe(
      '<s>[system]Brief.[user]<image>\nWhat?[assistant]',
    );
  });

  it('that refuses says why', async () => {
    const refusing = template("{{ raise_exception('no system role') }}");
    await expect(refusing.render(asked, new Preparation('a'))).rejects.toThrow(
      /template refuses these messages: .*no system role/,
    );
  });

  it('that leaves pictures out is not used', async () => {
    const blind = template('{% for m in messages %}{{ m.content | length }}{% endfor %}');
    await expect(blind.render(asked, new Preparation('a'))).rejects.toThrow(/cannot show pictures/);
  });

  it('may be missing: a single text is continued', async () => {
    expect(await template(null).render(asked.slice(1), new Preparation('a'))).toBe('<image>\nWhat?');
    await expect(template(null).render(asked, new Preparation('a'))).rejects.toThrow(/takes one user message only/);
  });

  it('may be broken', () => {
    const log = vi.spyOn(console, 'error').mockReturnValue();
    expect(() => template('{% if %}')).toThrow(/not sound Jinja/);
    expect(log).toHaveBeenCalledOnce();
    log.mockRestore();
  });
});

describe('templates of real models', () => {
  const asked: BoundMessage<string>[] = [
    { role: 'user', parts: [{ type: 'image', image: 'a' }, text('What?')] },
    { role: 'assistant', parts: [text('A cat.')] },
    { role: 'user', parts: [text('Sure?')] },
  ];

  it('SmolVLM', async () => {
    const source =
      "<|im_start|>{% for message in messages %}{{message['role'] | capitalize}}{% if message['content'][0]['type'] == 'image' %}{{':'}}{% else %}{{': '}}{% endif %}{% for line in message['content'] %}{% if line['type'] == 'text' %}{{line['text']}}{% elif line['type'] == 'image' %}{{ '<image>' }}{% endif %}{% endfor %}<end_of_utterance>\n{% endfor %}{% if add_generation_prompt %}{{ 'Assistant:' }}{% endif %}";
    expect(
      await new ChatTemplate({ template: source, specialTokens: {} }, '<image>').render(asked, new Preparation('a')),
    ).toBe(
      '<|im_start|>User:<image>What?<end_of_utterance>\nAssistant: A cat.<end_of_utterance>\nUser: Sure?<end_of_utterance>\nAssistant:',
    );
  });

  it('Qwen2-VL', async () => {
    const source =
      "{% set image_count = namespace(value=0) %}{% for message in messages %}{% if loop.first and message['role'] != 'system' %}<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n{% endif %}<|im_start|>{{ message['role'] }}\n{% if message['content'] is string %}{{ message['content'] }}<|im_end|>\n{% else %}{% for content in message['content'] %}{% if content['type'] == 'image' or 'image' in content or 'image_url' in content %}{% set image_count.value = image_count.value + 1 %}{% if add_vision_id %}Picture {{ image_count.value }}: {% endif %}<|vision_start|><|image_pad|><|vision_end|>{% elif 'text' in content %}{{ content['text'] }}{% endif %}{% endfor %}<|im_end|>\n{% endif %}{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}";
    expect(
      await new ChatTemplate({ template: source, specialTokens: {} }, '<|image_pad|>').render(
        asked,
        new Preparation('a'),
      ),
    ).toBe(
      '<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n<|im_start|>user\n<|vision_start|><|image_pad|><|vision_end|>What?<|im_end|>\n<|im_start|>assistant\nA cat.<|im_end|>\n<|im_start|>user\nSure?<|im_end|>\n<|im_start|>assistant\n',
    );
  });
});

describe('the guarded tokenizer', () => {
  /** Letters are their codes; `<a>` is 1, `<ab>` 2; each text begins with 0. */
  const letters = {
    encode: (content: string, options?: { readonly add_special_tokens?: boolean }): number[] => {
      const tokens = (content.match(/<a>|<ab>|[^]/g) ?? []).map((part) =>
        part === '<a>' ? 1 : part === '<ab>' ? 2 : part.charCodeAt(0),
      );
      return options?.add_special_tokens === false ? tokens : [0, ...tokens];
    },
    decode: (tokens: number[]): string => String.fromCharCode(...tokens.filter((token) => token > 2)),
  };
  const guarded = new GuardedTokenizer(letters, ['<a>', '<ab>', '<a>']);
  const codes = (content: string): number[] => [...content].map((letter) => letter.charCodeAt(0));

  it('takes the template’s special texts for tokens, and a user’s for text', () => {
    expect(guarded.encode(`<a>${guarded.mask('x<a>y')}`)).toEqual([0, 1, ...codes('x<a>y')]);
    expect(guarded.encode(`<ab>${guarded.mask('<ab><a>')}`)).toEqual([0, 2, ...codes('<ab><a>')]);
  });

  it('leaves no special text that overlapped another', () => {
    const overlapping = new GuardedTokenizer(letters, ['ab', 'bc']);
    expect(overlapping.mask('abc')).not.toMatch(/ab|bc/);
  });

  it('takes no marks from users', () => {
    expect(guarded.mask('x\uFDD0y')).toBe('xy');
  });

  it('begins a prompt once', () => {
    expect(guarded.encode('b')).toEqual([0, 98]);
    const begun = new GuardedTokenizer({ ...letters, encode: () => [0, 97] }, []);
    expect(begun.encode('whatever')).toEqual([0, 97]);
  });

  it('gives the text of tokens where they follow others', () => {
    expect(guarded.decode(codes('cd'), codes('ab'))).toBe('cd');
    expect(guarded.decode([1, 99], [])).toBe('c');
  });

  it('makes one character of an incomplete one', () => {
    const byBytes = { ...letters, decode: (tokens: number[]) => tokens.map(() => '\uFFFD').join('') };
    expect(new GuardedTokenizer(byBytes, []).decode([1, 2, 3], [4])).toBe('\uFFFD');
  });
});

describe('fitting a conversation', () => {
  const of = (role: VisionMessage['role'], image: number, length: number): BoundMessage<number> => ({
    role,
    parts: [...(image > 0 ? [{ type: 'image' as const, image }] : []), text('x'.repeat(length))],
  });
  /** A letter is a token; a picture is as many as its number. */
  const made: number[] = [];
  const maker = {
    count: (messages: readonly BoundMessage<number>[]) =>
      messages.reduce(
        (sum, { parts }) => sum + parts.reduce((s, p) => s + (p.type === 'text' ? p.text.length : 1), 0),
        0,
      ),
    make: (messages: readonly BoundMessage<number>[]) => {
      const unfolded = picturesOf(messages).reduce((sum, image) => sum + image - 1, 0);
      made.push(messages.length);
      return Promise.resolve({ inputs: messages.length, promptTokens: maker.count(messages) + unfolded });
    },
  };
  const chat = [
    of('system', 0, 5),
    of('user', 40, 5),
    of('assistant', 0, 5),
    of('user', 0, 50),
    of('assistant', 0, 5),
    of('user', 10, 5),
  ];

  it('counts what pictures take', async () => {
    const options = { overflow: 'refuse', maxTokens: 1000, contextSize: 200 } as const;
    expect(await fitConversation(chat, options, maker)).toMatchObject({
      promptTokens: 125,
      droppedMessages: 0,
      maxTokens: 75,
    });
  });

  it('refuses what leaves no room', async () => {
    const options = { overflow: 'refuse', maxTokens: 1, contextSize: 125 } as const;
    await expect(fitConversation(chat, options, maker)).rejects.toMatchObject({ code: 'context_length_exceeded' });
  });

  it('drops turns with their pictures, and keeps room for the answer', async () => {
    const options = { overflow: 'drop-oldest', maxTokens: 20, contextSize: 110 } as const;
    expect(await fitConversation(chat, options, maker)).toMatchObject({
      promptTokens: 75,
      droppedMessages: 2,
      maxTokens: 20,
      messages: [{ role: 'system' }, { role: 'user' }, { role: 'assistant' }, { role: 'user' }],
    });
  });

  it('works on no pictures of prompts that are too long without them', async () => {
    made.length = 0;
    const options = { overflow: 'drop-oldest', maxTokens: 10, contextSize: 60 } as const;
    expect(await fitConversation(chat, options, maker)).toMatchObject({ promptTokens: 20, droppedMessages: 4 });
    expect(made).toEqual([2]);
  });

  it('never drops the last question', async () => {
    const options = { overflow: 'drop-oldest', maxTokens: 10, contextSize: 18 } as const;
    await expect(fitConversation(chat, options, maker)).rejects.toMatchObject({ code: 'context_length_exceeded' });
  });
});

describe('what a picture may cost', () => {
  it('is bounded by pixels', () => {
    const settings = { patch_size: 14, merge_size: 2, min_pixels: 3136, max_pixels: 12_845_056 };
    boundPictures(settings, 32_768);
    expect(settings).toMatchObject({ min_pixels: 3136, max_pixels: 1_003_520 });
  });

  it('is bounded by half of the context', () => {
    const settings = { patch_size: 14, merge_size: 2, min_pixels: 3136, max_pixels: 12_845_056 };
    boundPictures(settings, 512);
    expect(settings.max_pixels).toBe(256 * 28 * 28);
  });

  it('is what the model says when that is less', () => {
    const settings = { patch_size: 16, merge_size: 2, min_pixels: 65_536, max_pixels: 100_000 };
    boundPictures(settings, 4096);
    expect(settings).toMatchObject({ min_pixels: 65_536, max_pixels: 100_000 });
  });

  it('is one square for Idefics3', () => {
    const settings = { size: { longest_edge: 2048 }, max_image_size: { longest_edge: 512 } };
    boundPictures(settings, 4096);
    expect(settings).toEqual({ size: { height: 512, width: 512 }, max_image_size: { longest_edge: 512 } });
  });

  it('is left alone for pictures of one size', () => {
    const settings = { size: { height: 336, width: 336 } };
    boundPictures(settings, 4096);
    expect(settings).toEqual({ size: { height: 336, width: 336 } });
  });
});

describe('the tokens of each picture', () => {
  it.each([
    [[1, 9, 9, 9, 2, 9, 3], 2, [3, 1]],
    [[9, 9, 9, 9], 2, [2, 2]], // they touch
    [[9, 9, 5, 9, 9, 5, 1], 1, [4]], // rows of one picture
    [[1, 2], 0, []],
  ])('in %j of %i pictures are %j', (prompt, pictures, tokens) => {
    expect(pictureTokens(prompt, 9, pictures)).toEqual(tokens);
  });

  it('are none when config.json names no token', () => {
    expect(pictureTokens([1, 9], undefined, 1)).toEqual([0]);
  });
});
