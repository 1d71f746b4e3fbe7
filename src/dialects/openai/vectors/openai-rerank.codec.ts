import { randomUUID } from 'node:crypto';
import type { Ranking, RankRequest } from '../../../domains/embeddings/rank.service.js';
import { ParleyError } from '../../../inference/errors.js';
import type { OpenAiRerankRequest, OpenAiRerankResponse, OpenAiRerankResult } from './openai-rerank.schema.js';
import { documentText } from './openai-rerank.validators.js';

/** Throws `invalid_request` for what would change the ranking and cannot be honoured. */
export function toRankRequest(body: OpenAiRerankRequest): RankRequest {
  if (typeof body.max_tokens_per_doc === 'number') refuse('max_tokens_per_doc', 'no document is cut');
  if (typeof body.max_chunks_per_doc === 'number') refuse('max_chunks_per_doc', 'a document is read as one');
  if (body.rank_fields?.some((field) => field !== 'text') === true) refuse('rank_fields', 'only ["text"] is');
  return { model: body.model ?? undefined, query: body.query, texts: textsOf(body) };
}

export function toRerankResponse(
  model: string,
  body: OpenAiRerankRequest,
  { ranked, promptTokens }: Ranking,
): OpenAiRerankResponse {
  const texts = body.return_documents === true ? textsOf(body) : null;
  const results = ranked.slice(0, body.top_n ?? ranked.length).map(({ index, score }): OpenAiRerankResult => {
    const document = texts === null ? {} : { document: { text: texts[index] ?? '' } };
    return { index, relevance_score: score, ...document };
  });
  return {
    id: `rerank-${randomUUID().replaceAll('-', '')}`,
    object: 'list',
    model,
    results,
    usage: { prompt_tokens: promptTokens, total_tokens: promptTokens },
    code: 0,
    message: 'success',
  };
}

function textsOf({ documents }: OpenAiRerankRequest): string[] {
  return documents.map((document) => documentText(document) ?? '');
}

function refuse(param: string, why: string): never {
  throw new ParleyError('invalid_request', `"${param}" is not supported: ${why}.`, { param });
}
