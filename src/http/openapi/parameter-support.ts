import type { JsonValue } from '../../inference/json-value.js';

/**
 * honoured: it does what the original says, within the limits given.
 * accepted: it is checked, and changes nothing.
 * refused: 400 that names it, unless its value asks for nothing.
 * ignored: the documents do not know it; it is dropped as any unknown field is, or refused with STRICT=true.
 */
export type Level = 'honoured' | 'accepted' | 'refused' | 'ignored';

/** Fields of a request over those of the operation's example; undefined takes one out. Pictures are {@link picture}. */
export type Fields = Readonly<Record<string, JsonValue | undefined>>;

/** What came back, read to its end. */
export interface Answer {
  readonly status: number;
  /** Content type without its parameters. */
  readonly type: string;
  readonly headers: Headers;
  readonly bytes: Uint8Array;
  /** The bytes as UTF-8. */
  readonly text: string;
  /** The text as JSON; undefined when it is something else. */
  readonly body: unknown;
}

/** Something that a running service has to do. Requests are the operation's example with these fields over it. */
export type Proof =
  /** Both are taken, and their answers differ. */
  | { readonly kind: 'differ'; readonly from: Fields; readonly to: Fields }
  /** Both are taken, and their answers are equal, but for ids and times. */
  | { readonly kind: 'equal'; readonly from: Fields; readonly to: Fields }
  /** It is taken, and `holds` of the answer and of the one to the example. */
  | { readonly kind: 'gives'; readonly to: Fields; readonly holds: (answer: Answer, plain: Answer) => boolean }
  /** It is refused with this status in the dialect's shape, by the parameter's name. */
  | { readonly kind: 'refused'; readonly to: Fields; readonly status?: number }
  /** A test proves it that has what this page's has not: a hub, jobs, keys. */
  | { readonly kind: 'elsewhere'; readonly test: string };

export interface Support {
  readonly level: Level;
  /** What the document's description leaves unsaid: limits, and why nothing changes. */
  readonly note: string;
  readonly proofs: readonly Proof[];
  /** Of what is ignored: STRICT does not look so deep. */
  readonly evenWithStrict?: true;
  /** The operation under which the fields of this one are listed. */
  readonly fieldsAsIn?: string;
}

/** A request that names an operation of the same dialect. */
export interface Call {
  readonly operation: string;
  readonly fields: Fields;
  /** The example's field that becomes the `id` of the answer. */
  readonly idInto?: string;
}

export interface OperationSupport {
  /** A request that is taken, small and, as far as the operation lets it, always answered alike. */
  readonly example: Fields;
  /** What has to be done once before. */
  readonly before?: readonly Call[];
  /** Parameter → support; a nested one as `stream_options.include_usage`, one in a list as `tools[].type`. */
  readonly parameters: Readonly<Record<string, Support>>;
}

/** Routes of the original that are not there: `GET /v1/files`, and what to do instead. */
export type MissingRoutes = Readonly<Record<string, string>>;

export interface DialectSupport {
  readonly operations: Readonly<Record<string, OperationSupport>>;
  readonly missing: MissingRoutes;
}

export function honoured(proofs: readonly Proof[], note = ''): Support {
  return { level: 'honoured', note, proofs };
}

export function accepted(proofs: readonly Proof[], note = ''): Support {
  return { level: 'accepted', note, proofs };
}

export function refused(proofs: readonly Proof[], note = ''): Support {
  return { level: 'refused', note, proofs };
}

/** A field that clients of the original send and the documents do not know. */
export function ignored(note: string, to: Fields, from: Fields = {}): Support {
  return { level: 'ignored', note, proofs: [equals(to, from)] };
}

/** As {@link ignored}, where STRICT does not look. */
export function alwaysIgnored(note: string, to: Fields, from: Fields = {}): Support {
  return { ...ignored(note, to, from), evenWithStrict: true };
}

export function differs(to: Fields, from: Fields = {}): Proof {
  return { kind: 'differ', from, to };
}

export function equals(to: Fields, from: Fields = {}): Proof {
  return { kind: 'equal', from, to };
}

export function gives(to: Fields, holds: (answer: Answer, plain: Answer) => boolean): Proof {
  return { kind: 'gives', to, holds };
}

export function refuses(to: Fields, status?: number): Proof {
  return { kind: 'refused', to, ...(status !== undefined && { status }) };
}

/** @param test its path from the repository's root */
export function elsewhere(test: string): Proof {
  return { kind: 'elsewhere', test };
}

/** Stands for a small picture: a file in forms, a data URI in JSON. */
export const PICTURE_KEY = '$picture';

export type PictureName = 'red circle' | 'blue square' | 'printed HELLO' | 'printed WORLD';

export function picture(name: PictureName): JsonValue {
  return { [PICTURE_KEY]: name };
}

/** The value at a dotted path of the answer's JSON, as in `choices.0.finish_reason`; undefined where there is none. */
export function at({ body }: Answer, path: string): unknown {
  let value: unknown = body;
  for (const step of path.split('.')) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = new Map<string, unknown>(Object.entries(value)).get(step);
  }
  return value;
}
