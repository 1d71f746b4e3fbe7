import { CHAT, json, rawJson, repeated, type NoisyRequest } from './noisy-request.js';

const user = (content: string): object[] => [{ role: 'user', content }];
/** Just below the largest body of a route without pictures. */
const LARGEST_TEXT = 1_040_000;
const MOST_INPUTS = 2048;

function words(length: number): string {
  return 'The quick brown fox jumps over the lazy dog. '.repeat(Math.ceil(length / 45)).slice(0, length);
}

/** Bodies whose cost is in what a text model does with them. */
export function generationBodies(): NoisyRequest[] {
  const story = 'Tell me a very long story about a fox.';
  return [
    rawJson(
      '20,000 messages of 650 KB',
      CHAT,
      `{"messages":[${repeated('{"role":"user","content":"abc"}', 20_000)}],"max_tokens":16}`,
    ),
    json('n: 8 with log probabilities, top 20', CHAT, {
      messages: user(story),
      n: 8,
      logprobs: true,
      top_logprobs: 20,
      max_tokens: 500,
      stream: true,
    }),
    json('completions of 10,000 prompts', '/v1/completions', {
      prompt: Array.from({ length: 10_000 }, (_, n) => `Once ${String(n)}`),
      max_tokens: 16,
    }),
    json('ml-backend prompt of 1 MB', '/ml-backend/generate/fromtext', {
      model_name: 'starter-chat',
      prompt: words(LARGEST_TEXT),
    }),
    json('ml-backend prompts that drop the oldest', '/ml-backend/generate/fromtext', {
      model_name: 'starter-chat',
      prompt: words(1800),
      max_new_tokens: 64,
    }),
    json('prompts that fill the context', CHAT, { messages: user(words(1700)), max_tokens: 64, stream: true }),
    json('speech of 19,000 characters', '/ml-backend/generate/texttospeech', {
      model_name: 'starter-voice',
      prompt: words(19_000),
    }),
  ];
}

/** Bodies of the routes that read texts: vectors, ranks, tokens. */
export function vectorBodies(): NoisyRequest[] {
  const texts = Array.from({ length: MOST_INPUTS }, (_, n) => `${String(n)} ${words(400)}`);
  return [
    json('2,048 texts to embed', '/v1/embeddings', { input: texts }),
    json('2,048 documents to rank', '/v1/rerank', { query: 'fox', documents: texts, return_documents: true }),
    json('1 MB to tokenise', '/tokenize', { prompt: words(LARGEST_TEXT), return_token_strs: true, with_pieces: true }),
    rawJson('340,000 tokens to detokenise', '/detokenize', `{"tokens":[${repeated('99', 340_000)}]}`),
  ];
}
