import type { JsonObject, JsonValue } from '../json-value.js';
import type { Chunk } from '../tasks.js';
import type { FeatureExtractionTask, RankedText, TextRankingTask } from '../vector-tasks.js';
import type { Upstream } from './upstream.js';
import { nonsense } from './upstream-errors.js';
import { countAt, isList, listAt, numberAt, objectAt } from './wire.js';

/** Texts of one question: text-embeddings-inference takes no more, unless told otherwise. */
const TEXTS_AT_ONCE = 32;

/**
 * Vectors of texts, from `/embeddings`, brought to unit length. Servers count the tokens of all texts together: the sum is
 * told with the first text of each question.
 */
export async function* embeddings(
  upstream: Upstream,
  { texts }: FeatureExtractionTask,
  signal: AbortSignal,
): AsyncGenerator<Chunk<'feature-extraction'>, void> {
  let promptTokens = 0;
  for (let from = 0; from < texts.length; from += TEXTS_AT_ONCE) {
    const input = texts.slice(from, from + TEXTS_AT_ONCE);
    const answer = await ask(
      upstream,
      'embeddings',
      { input, ...optional(upstream, 'encoding_format', 'float') },
      signal,
    );
    const vectors = inOrder(upstream, listAt(answer, 'data'), input.length);
    const tokens = tokensOf(answer);
    for (const [at, item] of vectors.entries()) {
      const vector = unitVector(upstream, listAt(item, 'embedding'));
      yield { type: 'embedding', index: from + at, vector, promptTokens: at === 0 ? tokens : 0 };
    }
    promptTokens += tokens;
  }
  yield { type: 'finished', finishReason: 'stop', promptTokens, completionTokens: 0 };
}

/** Scores of texts, from `/rerank` as Jina, vLLM and llama-server have it. Tokens are told as for {@link embeddings}. */
export async function* rankings(
  upstream: Upstream,
  { query, texts }: TextRankingTask,
  signal: AbortSignal,
): AsyncGenerator<Chunk<'text-ranking'>, void> {
  const wanted = { query, documents: texts, ...optional(upstream, 'return_documents', false) };
  const answer = texts.length === 0 ? null : await ask(upstream, 'rerank', wanted, signal);
  const results = answer === null ? [] : inOrder(upstream, listAt(answer, 'results'), texts.length);
  const promptTokens = answer === null ? 0 : tokensOf(answer);
  for (const [index, result] of results.entries()) {
    yield {
      type: 'ranked',
      index,
      score: scoreOf(upstream, result),
      promptTokens: index === 0 ? promptTokens : 0,
    } satisfies RankedText;
  }
  yield { type: 'finished', finishReason: 'stop', promptTokens, completionTokens: 0 };
}

function ask(upstream: Upstream, path: string, body: JsonObject, signal: AbortSignal): Promise<JsonValue> {
  return upstream.ask({ method: 'POST', path, body: { model: upstream.source.model, ...body } }, signal);
}

function optional(
  { source }: Upstream,
  field: 'encoding_format' | 'return_documents',
  value: string | boolean,
): JsonObject {
  return source.omit.includes(field) ? {} : { [field]: value };
}

/** Items by their `index`, each there once. */
function inOrder({ model }: Upstream, items: readonly JsonValue[] | null, count: number): JsonValue[] {
  const byIndex = new Map((items ?? []).map((item) => [countAt(item, 'index'), item]));
  const ordered = Array.from({ length: count }, (_, index) => byIndex.get(index));
  const known = ordered.filter((item) => item !== undefined);
  if (known.length !== count) throw nonsense(model, 'did not answer for each of the texts');
  return known;
}

function unitVector({ model }: Upstream, values: readonly JsonValue[] | null): Float32Array {
  const vector = isVector(values) ? Float32Array.from(values) : null;
  const length = Math.hypot(...(vector ?? []));
  if (vector === null || !(length > 0) || !Number.isFinite(length)) throw nonsense(model, 'sent no vector for a text');
  return vector.map((value) => value / length);
}

function isVector(values: readonly JsonValue[] | null): values is readonly number[] {
  return isList(values ?? undefined) && values?.every((value) => typeof value === 'number') === true;
}

function scoreOf({ model, source }: Upstream, result: JsonValue): number {
  const score = numberAt(result, 'relevance_score') ?? numberAt(result, 'score');
  if (score === null) throw nonsense(model, 'sent no score for a text');
  if (source.scores === 'logits') return 1 / (1 + Math.exp(-score));
  if (score >= 0 && score <= 1) return score;
  throw nonsense(model, 'sent a score outside of 0 to 1, which the catalogue has to say with `scores: logits`');
}

function tokensOf(answer: JsonValue): number {
  const usage = objectAt(answer, 'usage') ?? undefined;
  return countAt(usage, 'prompt_tokens') ?? countAt(usage, 'total_tokens') ?? 0;
}
