/** Loads a diffusers tokenizer folder: transformers.js wants a tokenizer.json, which is built here from its parts. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CLIPTokenizer } from '@huggingface/transformers';

const WORDS = "'s|'t|'re|'ve|'m|'ll|'d|[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+";

/** A function from text to the padded ids, always with an end token. */
export function loadTokenizer(folder) {
  const read = (name) => readFileSync(join(folder, name), 'utf8');
  const config = JSON.parse(read('tokenizer_config.json'));
  const vocab = JSON.parse(read('vocab.json'));
  const merges = read('merges.txt')
    .split('\n')
    .slice(1)
    .filter(Boolean)
    .map((line) => line.split(' '));
  const tokenizer = new CLIPTokenizer(describe(vocab, merges, config), config);
  const length = config.model_max_length;
  const end = vocab[config.eos_token];
  return (text) => {
    const ids = tokenizer(text, { return_tensor: false }).input_ids.slice(0, length - 1);
    return [...ids, ...Array(length - ids.length).fill(end)];
  };
}

function describe(vocab, merges, { bos_token: start, eos_token: end }) {
  const special = { single_word: false, lstrip: false, rstrip: false, normalized: false, special: true };
  const bytes = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true };
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: [start, end].map((content) => ({ id: vocab[content], content, ...special })),
    normalizer: {
      type: 'Sequence',
      normalizers: [
        { type: 'NFC' },
        { type: 'Replace', pattern: { Regex: '\\s+' }, content: ' ' },
        { type: 'Lowercase' },
      ],
    },
    pre_tokenizer: {
      type: 'Sequence',
      pretokenizers: [{ type: 'Split', pattern: { Regex: WORDS }, behavior: 'Removed', invert: true }, bytes],
    },
    post_processor: {
      type: 'RobertaProcessing',
      sep: [end, vocab[end]],
      cls: [start, vocab[start]],
      trim_offsets: false,
      add_prefix_space: false,
    },
    decoder: { ...bytes, add_prefix_space: true },
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: end,
      continuing_subword_prefix: '',
      end_of_word_suffix: '</w>',
      fuse_unk: false,
      vocab,
      merges,
    },
  };
}
