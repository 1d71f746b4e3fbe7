import { describe, expect, it } from 'vitest';
import type { ErrorCode } from '../../src/inference/errors.js';
import {
  brokenError,
  eventError,
  refusalError,
  type UpstreamError,
} from '../../src/inference/remote/upstream-errors.js';

function refused(status: number, body: unknown, retryAfter: string | null = null): UpstreamError {
  return refusalError('m', { status, retryAfter, body: typeof body === 'string' ? body : JSON.stringify(body) });
}

describe('a refusal of another server', () => {
  it.each<[number, ErrorCode, boolean]>([
    [302, 'runner_crashed', false],
    [400, 'invalid_request', false],
    [401, 'runner_crashed', false],
    [403, 'runner_crashed', false],
    [404, 'model_load_failed', false],
    [408, 'timeout', true],
    [413, 'payload_too_large', false],
    [422, 'invalid_request', false],
    [429, 'overloaded', false],
    [500, 'runner_crashed', true],
    [502, 'runner_crashed', true],
    [503, 'overloaded', false],
    [504, 'timeout', true],
  ])('with status %i is %s', (status, code, away) => {
    expect(refused(status, { error: { message: 'because' } })).toMatchObject({ code, away });
  });

  it.each([
    ["OpenAI's form", { error: { message: 'bad top_p', type: 'x' } }],
    ["vLLM's older form", { object: 'error', message: 'bad top_p', code: 400 }],
    ["FastAPI's form", { detail: 'bad top_p' }],
    ["text-embeddings-inference's form", { error: 'bad top_p', error_type: 'Validation' }],
    ['bare text', 'bad\n top_p\u0007'],
  ])('is told in its words: %s', (_, body) => {
    expect(refused(400, body).message).toBe('The server that has "m" refused the request: bad top_p');
  });

  it('is told in one short line', () => {
    const { message } = refused(400, { error: { message: `a\n${'b'.repeat(1000)}` } });
    expect(message).not.toContain('\n');
    expect(message.length).toBeLessThan(350);
  });

  it.each([
    ['OpenAI, Parley', 400, { error: { message: 'no', code: 'context_length_exceeded' } }],
    ['llama-server', 400, { error: { message: 'no', type: 'exceed_context_size_error' } }],
    ['vLLM', 400, { error: { message: "This model's maximum context length is 4096 tokens. However, …", code: 400 } }],
    ['newer vLLM', 400, { message: 'The decoder prompt (length 9) is longer than the maximum model length of 4.' }],
    ['llama-server, a text to embed', 500, { error: { message: 'input is too large to process', code: 500 } }],
    ['text-embeddings-inference', 413, { error: 'inputs must have less than 512 tokens. Given: 600' }],
  ])('for lack of room is that: %s', (_, status, body) => {
    expect(refused(status, body)).toMatchObject({ code: 'context_length_exceeded', away: false });
  });

  it('does not pass on what the key was refused with', () => {
    expect(refused(401, { error: { message: 'Incorrect API key provided: sk-12345' } }).message).not.toContain('sk-');
  });

  it.each([
    ['7', 7],
    [' 7 ', 7],
    ['0', 1],
    [null, 1],
    ['soon', 1],
    ['999999', 3600],
    [new Date(Date.now() - 60_000).toUTCString(), 1],
  ])('that is busy has its Retry-After: %s', (header, seconds) => {
    expect(refused(503, {}, header).retryAfterSeconds).toBe(seconds);
  });

  it('with a date waits until then', () => {
    const seconds = refused(429, {}, new Date(Date.now() + 60_000).toUTCString()).retryAfterSeconds;
    expect(seconds).toBeGreaterThan(50);
    expect(seconds).toBeLessThanOrEqual(60);
  });
});

describe('trouble in the middle of a stream', () => {
  it.each<[string, object, ErrorCode]>([
    ['with a status', { error: { message: 'no', code: 400 } }, 'invalid_request'],
    ['of Parley', { error: { message: 'gone', code: 'runner_crashed' }, code: 502 }, 'runner_crashed'],
    ['without any', { error: 'broken' }, 'runner_crashed'],
    ['with a number that is no status', { error: { message: 'no', code: 7 } }, 'runner_crashed'],
  ])('%s', (_, event, code) => {
    expect(eventError('m', JSON.parse(JSON.stringify(event)) as never)).toMatchObject({ code });
  });
});

describe('a connection that fails', () => {
  it.each([
    ['ECONNREFUSED', 'the connection was refused'],
    ['UND_ERR_CONNECT_TIMEOUT', 'did not answer in time'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'certificate'],
    ['EWHATEVER', 'the connection broke'],
  ])('is told without an address: %s', (code, words) => {
    const error = brokenError('m', Object.assign(new Error('connect 10.0.0.5:8000'), { code }));
    expect(error).toMatchObject({ code: 'runner_crashed', away: true });
    expect(error.message).toContain(words);
    expect(error.message).not.toContain('10.0');
  });

  it('is not what a mistake of our own is called', () => {
    expect(brokenError('m', new TypeError('x is not a function'))).toMatchObject({ code: 'internal' });
  });
});
