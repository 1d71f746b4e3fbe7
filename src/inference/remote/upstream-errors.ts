import { networkReason } from '../network-reasons.js';
import { ParleyError, type ErrorCode, type ErrorDetails } from '../errors.js';
import type { JsonValue } from '../json-value.js';
import { BrokenEvents } from './sse.js';
import { TookTooLong } from './patience.js';
import { numberAt, objectAt, parseJson, textAt } from './wire.js';

/** What went wrong with a request to another server. */
export class UpstreamError extends ParleyError {
  constructor(
    code: ErrorCode,
    message: string,
    /** Whether it speaks for a server that is away or broken, which the circuit breaker counts. */
    readonly away: boolean,
    details: ErrorDetails = {},
  ) {
    super(code, message, details);
  }
}

/** An answer that is no success: its status, and the beginning of its body. */
export interface Refusal {
  readonly status: number;
  /** The header's text; null: there was none. */
  readonly retryAfter: string | null;
  readonly body: string;
}

const MAX_MESSAGE_CHARS = 300;
const LONGEST_RETRY_SECONDS = 3600;
/** Words of vLLM, llama-server, text-embeddings-inference and OpenAI for a prompt that does not fit. */
const CONTEXT_WORDS =
  /context[ _](?:length|size|window)|maximum (?:model|context|input|sequence) length|(?:prompt|input) is too (?:long|large)|must have less than \d+ tokens/i;

/** The error that stands for an answer that is no success. `model` is Parley's name of the model. */
export function refusalError(model: string, refusal: Refusal): UpstreamError {
  const { status } = refusal;
  const said = wordsOf(refusal.body);
  const server = `The server that has "${model}"`;
  if (isContext(refusal, said)) {
    return new UpstreamError('context_length_exceeded', `${server} has no room: ${said.message}`, false, PROMPT);
  }
  const [code, message, away] = meaningOf(status, server, said.message);
  const retryAfterSeconds = code === 'overloaded' ? secondsOf(refusal.retryAfter) : undefined;
  return new UpstreamError(code, message, away, retryAfterSeconds === undefined ? {} : { retryAfterSeconds });
}

const PROMPT: ErrorDetails = { param: 'messages' };

function meaningOf(status: number, server: string, said: string): [ErrorCode, string, boolean] {
  const why = said === '' ? `status ${String(status)}` : said;
  switch (status) {
    case 401:
    case 403:
      // Nobody's fault but the operator's: the client's own key is good, and it can do nothing about it.
      return ['runner_crashed', `${server} refused Parley's key.`, false];
    case 404:
      return ['model_load_failed', `${server} does not have it: ${why}`, false];
    case 413:
      return ['payload_too_large', `${server} takes no request as large as this one: ${why}`, false];
    case 429:
    case 503:
      return ['overloaded', `${server} is busy: ${why}`, false];
    case 408:
    case 504:
      return ['timeout', `${server} gave up: ${why}`, true];
  }
  if (status >= 500) return ['runner_crashed', `${server} failed: ${why}`, true];
  if (status >= 400) return ['invalid_request', `${server} refused the request: ${why}`, false];
  if (status >= 300) return ['runner_crashed', `${server} answered with a redirect, which is not followed.`, false];
  return ['runner_crashed', `${server} answered with status ${String(status)}.`, false];
}

/** Trouble that a stream tells of in one of its events: a status, where it has one, is what the answer's would have been. */
export function eventError(model: string, event: JsonValue): UpstreamError {
  const status = numberAt(objectAt(event, 'error') ?? event, 'code') ?? numberAt(event, 'code') ?? 500;
  const known = status >= 400 && status < 600 ? status : 500;
  return refusalError(model, { status: known, retryAfter: null, body: JSON.stringify(event) });
}

/** An answer that makes no sense; `what` continues a sentence that begins with the server. */
export function nonsense(model: string, what: string): UpstreamError {
  return new UpstreamError('runner_crashed', `The server that has "${model}" ${what}.`, true);
}

/** Names what the HTTP client or the reading of an answer threw. */
export function brokenError(model: string, error: unknown): ParleyError {
  if (error instanceof ParleyError) return error;
  const server = `The server that has "${model}"`;
  if (error instanceof TookTooLong) return new UpstreamError('timeout', `${server} ${error.message}.`, true);
  if (error instanceof BrokenEvents) return nonsense(model, error.message);
  const reason = networkReason(error);
  // Not a connection's fault, so that it has to be in the log.
  if (reason === null) {
    return new ParleyError('internal', 'Something went wrong inside the service.', { cause: error });
  }
  const message = `${server} could not be reached: ${reason}.`;
  return new UpstreamError('runner_crashed', message, true, { cause: error });
}

interface Words {
  readonly message: string;
  /** Machine names of what is wrong. */
  readonly names: readonly string[];
}

/** OpenAI's `{error: {message, type, code}}`, vLLM's older `{message, type}`, FastAPI's `{detail}`, or bare text. */
function wordsOf(body: string): Words {
  const parsed = parseJson(body);
  if (parsed === null) return { message: oneLine(body), names: [] };
  const { value } = parsed;
  const error = objectAt(value, 'error') ?? value;
  const message = textAt(error, 'message') ?? textAt(value, 'error') ?? textAt(value, 'detail') ?? '';
  const names = [textAt(error, 'code'), textAt(error, 'type'), textAt(value, 'error_type')];
  return { message: oneLine(message), names: names.filter((name) => name !== null) };
}

function oneLine(text: string): string {
  const line = text.replace(/[\p{Cc}\s]+/gu, ' ').trim();
  return line.length > MAX_MESSAGE_CHARS ? `${line.slice(0, MAX_MESSAGE_CHARS - 1)}…` : line;
}

/** llama-server says 500 where a batch is too small for a text to embed. */
function isContext({ status }: Refusal, { message, names }: Words): boolean {
  if (names.includes('context_length_exceeded') || names.includes('exceed_context_size_error')) return true;
  return [400, 413, 422, 500].includes(status) && CONTEXT_WORDS.test(message);
}

/** Seconds from a header that has them, or a date; at least 1. */
function secondsOf(header: string | null): number {
  const text = header?.trim() ?? '';
  const seconds = /^\d+$/.test(text) ? Number(text) : (Date.parse(text) - Date.now()) / 1000;
  if (Number.isNaN(seconds)) return 1;
  return Math.min(Math.max(1, Math.ceil(seconds)), LONGEST_RETRY_SECONDS);
}
