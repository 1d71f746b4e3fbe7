export type ToyFamily = 'idefics3' | 'llava' | 'qwen2_vl';

const SPECIAL = [
  '<unknown>',
  '<pad>',
  '<start>',
  '<end>',
  '<fake_token_around_image>',
  '<global-img>',
  '<image>',
  '<|vision_start|>',
  '<|vision_end|>',
  '<|image_pad|>',
  '<|video_pad|>',
  '<red>',
  '<green>',
  '<blue>',
] as const;

export const VOCABULARY = 256 + SPECIAL.length;

export function special(token: (typeof SPECIAL)[number]): number {
  return 256 + SPECIAL.indexOf(token);
}

export const END = special('<end>');
/** Channel by channel; no text holds them, but pictures do. */
export const COLOUR_TOKENS = { red: special('<red>'), green: special('<green>'), blue: special('<blue>') } as const;

/** GPT-2's printable stand-ins: byte → symbol. */
function byteSymbols(): string[] {
  let next = 256;
  const printable = (byte: number): boolean =>
    (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || (byte >= 174 && byte <= 255);
  return Array.from({ length: 256 }, (_, byte) => String.fromCodePoint(printable(byte) ? byte : next++));
}

/** A tokenizer.json whose tokens are the 256 bytes, each with its own number, and the special ones. */
export function tokenizerJson(): object {
  const byteLevel = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true };
  const flags = { single_word: false, lstrip: false, rstrip: false, normalized: false, special: true };
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: SPECIAL.map((content) => ({ id: special(content), content, ...flags })),
    normalizer: null,
    pre_tokenizer: byteLevel,
    post_processor: null,
    decoder: byteLevel,
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: false,
      vocab: Object.fromEntries(byteSymbols().map((symbol, byte) => [symbol, byte])),
      merges: [],
    },
  };
}

/** "<start>role: text<end>", a picture where it stands. */
export function chatTemplate(family: ToyFamily): string {
  const picture = family === 'qwen2_vl' ? '<|vision_start|><|image_pad|><|vision_end|>' : '<image>';
  return (
    "{% for m in messages %}{{ '<start>' + m['role'] + ': ' }}{% if m['content'] is string %}{{ m['content'] }}{% else %}" +
    `{% for c in m['content'] %}{% if c['type'] == 'image' %}{{ '${picture}' }}{% else %}{{ c['text'] }}{% endif %}` +
    "{% endfor %}{% endif %}{{ '<end>' }}{% endfor %}{% if add_generation_prompt %}{{ '<start>assistant:' }}{% endif %}"
  );
}
