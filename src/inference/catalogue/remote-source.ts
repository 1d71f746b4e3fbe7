/** Where the key of an upstream lies. It is never in a catalogue file itself. */
export type KeySource =
  { readonly kind: 'env'; readonly name: string } | { readonly kind: 'file'; readonly path: string };

/** Fields of an upstream's requests that an entry may leave out, because the upstream refuses fields it does not know. */
export const OMITTABLE_FIELDS = [
  'temperature',
  'top_p',
  'top_k',
  'min_p',
  'seed',
  'presence_penalty',
  'frequency_penalty',
  'repetition_penalty',
  'repeat_penalty',
  'stream_options',
  'encoding_format',
  'return_documents',
] as const;

export type OmittableField = (typeof OMITTABLE_FIELDS)[number];

/** What an upstream calls the limit of an answer's length. */
export type MaxTokensField = 'max_tokens' | 'max_completion_tokens';

/** What an upstream's `relevance_score` is: 0..1, or any number of which the sigmoid is. */
export type ScoreKind = 'probabilities' | 'logits';

/** A server that has a model, as a catalogue file spells it. */
export interface RemoteEntry {
  readonly base_url: string;
  readonly model?: string;
  readonly key_env?: string;
  readonly key_file?: string;
  readonly slots?: number;
  readonly timeouts?: { readonly connect?: number; readonly first_byte?: number; readonly idle?: number };
  readonly omit?: readonly OmittableField[];
  readonly max_tokens_field?: MaxTokensField;
  readonly scores?: ScoreKind;
}

/** In milliseconds. */
export interface UpstreamTimeouts {
  /** Until the connection is open. */
  readonly connect: number;
  /** From the request to the first byte of the answer's body. */
  readonly firstByte: number;
  /** The longest time without a byte after that. */
  readonly idle: number;
}

/** A server that has a model, and how it is asked. */
export interface RemoteSource {
  /** Without a slash at its end: `http://10.0.0.5:8000/v1`. */
  readonly baseUrl: string;
  /** What the server calls the model. */
  readonly model: string;
  /** Null: it wants none. */
  readonly key: KeySource | null;
  /** Requests that it gets at a time. */
  readonly slots: number;
  readonly timeouts: UpstreamTimeouts;
  readonly omit: readonly OmittableField[];
  readonly maxTokensField: MaxTokensField;
  readonly scores: ScoreKind;
}

const DEFAULT_SLOTS = 16;
/** Seconds. A first byte comes only when the prompt has been read, which is minutes for a long one on a slow machine. */
const DEFAULT_TIMEOUTS = { connect: 5, first_byte: 120, idle: 60 };

/** What an entry says, with the defaults filled in. */
export function remoteSourceOf(entry: RemoteEntry, id: string): RemoteSource {
  const { connect, first_byte: firstByte, idle } = { ...DEFAULT_TIMEOUTS, ...entry.timeouts };
  return {
    baseUrl: entry.base_url.replace(/\/+$/, ''),
    model: entry.model ?? id,
    key: keySourceOf(entry),
    slots: entry.slots ?? DEFAULT_SLOTS,
    timeouts: { connect: connect * 1000, firstByte: firstByte * 1000, idle: idle * 1000 },
    omit: entry.omit ?? [],
    maxTokensField: entry.max_tokens_field ?? 'max_tokens',
    scores: entry.scores ?? 'probabilities',
  };
}

function keySourceOf({ key_env: name, key_file: path }: RemoteEntry): KeySource | null {
  if (name !== undefined) return { kind: 'env', name };
  return path === undefined ? null : { kind: 'file', path };
}
