import type { Embeddings, EmbedRequest } from '../../../domains/embeddings/embed.service.js';
import type { OpenAiEmbedding, OpenAiEmbeddingRequest, OpenAiEmbeddingResponse } from './openai-embeddings.schema.js';
import { isTokenList } from './openai-embeddings.validators.js';

export function toEmbedRequest({ input, model, dimensions }: OpenAiEmbeddingRequest): EmbedRequest {
  return {
    model: model ?? undefined,
    inputs: typeof input === 'string' || isTokenList(input) ? [input] : input,
    dimensions: dimensions ?? undefined,
  };
}

export function toEmbeddingResponse(
  model: string,
  { vectors, promptTokens }: Embeddings,
  format: 'float' | 'base64',
): OpenAiEmbeddingResponse {
  const encode = format === 'base64' ? base64 : (vector: Float32Array) => Array.from(vector);
  return {
    object: 'list',
    data: vectors.map((vector, index): OpenAiEmbedding => ({ object: 'embedding', index, embedding: encode(vector) })),
    model,
    usage: { prompt_tokens: promptTokens, total_tokens: promptTokens },
    code: 0,
    message: 'success',
  };
}

/** 32-bit floats, little-endian on every machine. */
export function base64(vector: Float32Array): string {
  const bytes = Buffer.alloc(vector.length * Float32Array.BYTES_PER_ELEMENT);
  vector.forEach((value, at) => bytes.writeFloatLE(value, at * Float32Array.BYTES_PER_ELEMENT));
  return bytes.toString('base64');
}
