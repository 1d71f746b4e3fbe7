import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CLIPTokenizer } from '@huggingface/transformers';
import { InitError } from '../../engine.js';
import { sizeOfFile } from '../../onnx/onnx-file.js';
import { readOptionalConfig, type ConfigFile } from '../config-file.js';

const START = '<|startoftext|>';
const END = '<|endoftext|>';
/** Radford et al. 2021: words, single digits and runs of other signs. */
const WORDS = "'s|'t|'re|'ve|'m|'ll|'d|[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+";
/** Tokens of CLIP's text model, start and end included. */
const CLIP_LENGTH = 77;
/** OpenCLIP, the text model of Stable Diffusion 2, pads with this id; the others with the end's. */
const OPEN_CLIP_PAD = 0;

/** Text → the ids of a CLIP text model. */
export class PromptTokenizer {
  private constructor(
    private readonly tokenizer: CLIPTokenizer,
    private readonly start: number,
    private readonly end: number,
    /** Null: by the text model's family. */
    private readonly pad: number | null,
    private readonly length: number,
  ) {}

  /** Reads a diffusers tokenizer folder. Throws {@link InitError}. */
  static async read(model: string, folder: string): Promise<PromptTokenizer> {
    const { vocab, merges } = await readWords(model, folder);
    const config = await readOptionalConfig(model, `${folder}/tokenizer_config.json`);
    const special = await readOptionalConfig(model, `${folder}/special_tokens_map.json`);
    const start = needed(vocab, tokenOf(config, 'bos_token') ?? START);
    const end = needed(vocab, tokenOf(config, 'eos_token') ?? END);
    // As in transformers: the map of special tokens goes before the settings. Stable Diffusion 2 relies on it.
    const pad = tokenOf(special, 'pad_token') ?? tokenOf(config, 'pad_token');
    const tokenizer = new CLIPTokenizer(tokenizerOf(vocab, merges), { tokenizer_class: 'CLIPTokenizer' });
    const length = config?.number('model_max_length') ?? CLIP_LENGTH;
    return new PromptTokenizer(tokenizer, start, end, pad === null ? null : vocab.number(pad), length);
  }

  /** Most tokens of a prompt. */
  get room(): number {
    return this.length - 2;
  }

  /** Ids of the words alone. Names of special tokens are words like others. */
  ids(text: string): number[] {
    return this.tokenizer.encode(text, { add_special_tokens: false });
  }

  /** A whole input of the text model: start, what there is room for, end, padding. */
  input(ids: readonly number[], openClip: boolean): number[] {
    const kept = [this.start, ...ids.slice(0, this.room), this.end];
    const pad = this.pad ?? (openClip ? OPEN_CLIP_PAD : this.end);
    return [...kept, ...Array<number>(this.length - kept.length).fill(pad)];
  }
}

function needed(vocab: ConfigFile, token: string): number {
  const id = vocab.number(token);
  if (id === null) throw new InitError('invalid-file', `${vocab.file} lacks the token ${token}: it is not CLIP's`);
  return id;
}

/** A special token is written as a text, or as an object that describes it. */
function tokenOf(config: ConfigFile | null, name: string): string | null {
  return config?.text(name) ?? config?.object(name).text('content') ?? null;
}

async function readWords(model: string, folder: string): Promise<{ vocab: ConfigFile; merges: [string, string][] }> {
  const vocab = await readOptionalConfig(model, `${folder}/vocab.json`);
  const whole = vocab === null ? await readOptionalConfig(model, `${folder}/tokenizer.json`) : null;
  // Newer exports have all in one file.
  if (whole !== null) {
    const parts = whole.object('model');
    return { vocab: parts.object('vocab'), merges: pairs(parts.list('merges'), whole.file) };
  }
  const file = `${folder}/merges.txt`;
  if (vocab === null) throw new InitError('invalid-file', `${folder}/vocab.json is missing from its folder`);
  await sizeOfFile(model, file); // it is there, and no pointer
  const text = await readFile(join(model, file), 'utf8');
  const lines = text.split(/\r?\n/).filter((line) => line !== '' && !line.startsWith('#version'));
  return { vocab, merges: pairs(lines, file) };
}

/** Merges as `left right` or as lists of the two. */
function pairs(merges: readonly unknown[], file: string): [string, string][] {
  return merges.map((merge) => {
    const parts: readonly unknown[] = typeof merge === 'string' ? merge.split(' ') : Array.isArray(merge) ? merge : [];
    const [left, right] = parts;
    if (typeof left !== 'string' || typeof right !== 'string' || parts.length !== 2) {
      throw new InitError('invalid-file', `${file} is not a list of pairs: fetch it again`);
    }
    return [left, right];
  });
}

/** The `tokenizer.json` that transformers.js wants and diffusers' folders lack. */
function tokenizerOf(vocab: ConfigFile, merges: [string, string][]): object {
  const byteLevel = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true };
  const normalizers = [
    { type: 'NFC' },
    { type: 'Replace', pattern: { Regex: '\\s+' }, content: ' ' },
    { type: 'Lowercase' },
  ];
  const words = { type: 'Split', pattern: { Regex: WORDS }, behavior: 'Removed', invert: true };
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: [],
    normalizer: { type: 'Sequence', normalizers },
    pre_tokenizer: { type: 'Sequence', pretokenizers: [words, byteLevel] },
    post_processor: null,
    decoder: byteLevel,
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: END,
      continuing_subword_prefix: '',
      end_of_word_suffix: '</w>',
      fuse_unk: false,
      vocab: Object.fromEntries(vocab.names.map((token) => [token, vocab.number(token)])),
      merges,
    },
  };
}
