import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onnx } from './transformers-onnx.js';

const SPECIAL = ['[PAD]', '[UNK]', '[CLS]', '[SEP]'] as const;
/** What each word of a document adds to its score; the query's words and special tokens add nothing. */
const WORDS = { good: 1, fine: 0.5, plain: 0, bad: -1 } as const;
const VOCABULARY = [...SPECIAL, ...Object.keys(WORDS)];

/** Writes a cross-encoder with a head of so many classes into a temporary folder, and gives its path. */
export function toyCrossEncoder(classes = 1): string {
  const folder = mkdtempSync(join(tmpdir(), 'parley-cross-'));
  const files = {
    'config.json': {
      architectures: ['BertForSequenceClassification'],
      model_type: 'bert',
      max_position_embeddings: 16,
      pad_token_id: 0,
    },
    'tokenizer.json': tokenizer(),
    'tokenizer_config.json': { tokenizer_class: 'BertTokenizer', model_max_length: 16, pad_token: '[PAD]' },
  };
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), JSON.stringify(content));
  mkdirSync(join(folder, 'onnx'));
  writeFileSync(join(folder, 'onnx', 'model.onnx'), graph(classes));
  return folder;
}

/** The sum of the words in the second segment, padding left out. */
function graph(classes: number): Buffer {
  const sizes = ['batch_size', 'sequence_length'];
  const weights = VOCABULARY.flatMap((word) =>
    new Array<number>(classes).fill((WORDS as Record<string, number>)[word] ?? 0),
  );
  const counted = (input: string): { op: string; inputs: string[]; outputs: string[]; attributes: { to: number } } => ({
    op: 'Cast',
    inputs: [input],
    outputs: [`${input}_float`],
    attributes: { to: 1 },
  });
  return onnx({
    inputs: ['input_ids', 'attention_mask', 'token_type_ids'].map((name) => ({ name, type: 'int64', dims: sizes })),
    outputs: [{ name: 'logits', type: 'float', dims: ['batch_size', classes] }],
    nodes: [
      { op: 'Gather', inputs: ['weights', 'input_ids'], outputs: ['words'] },
      counted('attention_mask'),
      counted('token_type_ids'),
      { op: 'Mul', inputs: ['attention_mask_float', 'token_type_ids_float'], outputs: ['counted'] },
      { op: 'Unsqueeze', inputs: ['counted'], outputs: ['each'], attributes: { axes: [2] } },
      { op: 'Mul', inputs: ['words', 'each'], outputs: ['parts'] },
      { op: 'ReduceSum', inputs: ['parts'], outputs: ['logits'], attributes: { axes: [1], keepdims: 0 } },
    ],
    constants: [{ name: 'weights', dims: [VOCABULARY.length, classes], data: Float32Array.from(weights) }],
  });
}

function tokenizer(): object {
  const flags = { single_word: false, lstrip: false, rstrip: false, normalized: false, special: true };
  const special = (id: string, type_id: number): object => ({ SpecialToken: { id, type_id } });
  const sequence = (id: string, type_id: number): object => ({ Sequence: { id, type_id } });
  const single = [special('[CLS]', 0), sequence('A', 0), special('[SEP]', 0)];
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: SPECIAL.map((content, id) => ({ id, content, ...flags })),
    normalizer: {
      type: 'BertNormalizer',
      clean_text: true,
      handle_chinese_chars: true,
      strip_accents: true,
      lowercase: true,
    },
    pre_tokenizer: { type: 'BertPreTokenizer' },
    post_processor: {
      type: 'TemplateProcessing',
      single,
      pair: [...single, sequence('B', 1), special('[SEP]', 1)],
      special_tokens: Object.fromEntries(
        ['[CLS]', '[SEP]'].map((id) => [id, { id, ids: [VOCABULARY.indexOf(id)], tokens: [id] }]),
      ),
    },
    decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
    model: {
      type: 'WordPiece',
      unk_token: '[UNK]',
      continuing_subword_prefix: '##',
      max_input_chars_per_word: 100,
      vocab: Object.fromEntries(VOCABULARY.map((word, id) => [word, id])),
    },
  };
}
