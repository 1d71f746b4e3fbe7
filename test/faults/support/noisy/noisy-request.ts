import { bodyOf, type FormPart } from '../hostile-forms.js';

/** One worst-case request of the noisy key, sent again and again. */
export interface NoisyRequest {
  readonly name: string;
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

type Headers = NoisyRequest['headers'];

export const CHAT = '/v1/chat/completions';

/** A POST of JSON text as it stands, valid or not. */
export function rawJson(name: string, target: string, text: string, headers: Headers = {}): NoisyRequest {
  return {
    name,
    method: 'POST',
    target,
    headers: { 'content-type': 'application/json', ...headers },
    body: Buffer.from(text),
  };
}

/** A POST of a value as JSON. */
export function json(name: string, target: string, value: unknown, headers: Headers = {}): NoisyRequest {
  return rawJson(name, target, JSON.stringify(value), headers);
}

/** A POST of a multipart form. */
export function form(name: string, target: string, parts: readonly FormPart[], headers: Headers = {}): NoisyRequest {
  return {
    name,
    method: 'POST',
    target,
    headers: { 'content-type': 'multipart/form-data; boundary=parley-boundary', ...headers },
    body: bodyOf(parts),
  };
}

/** A chat request of one short question and these other fields. */
export function chat(name: string, fields: object, headers: Headers = {}): NoisyRequest {
  return json(name, CHAT, { messages: [{ role: 'user', content: 'Hello!' }], max_tokens: 16, ...fields }, headers);
}

/** The same piece of text so many times, separated by commas. */
export function repeated(piece: string, count: number): string {
  return `${`${piece},`.repeat(count - 1)}${piece}`;
}
