// Judges the exported model with transformers.js: node tools/starter-models/embed/evaluate.mjs
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { env, pipeline } from '@huggingface/transformers';

const MODEL = 'starter-embed';
const KINDS = ['person', 'place', 'number', 'thing', 'negation', 'roles', 'relation'];
const BATCH = 64;
const GOAL = 95; // per cent of triplets

env.allowRemoteModels = false;
env.useFSCache = false;
env.localModelPath = fileURLToPath(new URL('../../../models/starter/', import.meta.url));

/** Rows of a tab-separated file of the evaluation. */
function table(name) {
  const text = readFileSync(new URL(`./evaluation/${name}.tsv`, import.meta.url), 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .map((line) => line.split('\t'));
}

/** Unit vectors of the texts, as a service would ask for them. */
async function vectorsOf(extract, texts) {
  const vectors = [];
  for (let start = 0; start < texts.length; start += BATCH) {
    const output = await extract(texts.slice(start, start + BATCH), { pooling: 'mean', normalize: true });
    vectors.push(...output.tolist());
  }
  return vectors;
}

const dot = (a, b) => a.reduce((sum, value, i) => sum + value * b[i], 0);
const percent = (outcomes) => (100 * outcomes.filter(Boolean).length) / outcomes.length;

/** A row of the table; `goal` is the least value allowed, or the largest with `atMost`. */
function row(measure, value, unit, { goal = null, atMost = false } = {}) {
  const met = goal === null ? null : atMost ? value <= goal : value >= goal;
  return { model: MODEL, measure, value, unit, goal, met };
}

/** How often the anchor is nearer to its paraphrase than to the sentence that says something else. */
async function triplets(extract) {
  const rows = table('triplets');
  const [anchors, positives, negatives] = await Promise.all(
    [1, 2, 3].map((i) =>
      vectorsOf(
        extract,
        rows.map((r) => r[i]),
      ),
    ),
  );
  const right = rows.map((_, i) => dot(anchors[i], positives[i]) > dot(anchors[i], negatives[i]));
  const accuracy = (wanted) => percent(right.filter((_, i) => wanted(rows[i][0])));
  return [
    row(
      'triplets, plain',
      accuracy((kind) => kind === 'plain'),
      '%',
      { goal: GOAL },
    ),
    row(
      'triplets, hard',
      accuracy((kind) => kind !== 'plain'),
      '%',
      { goal: GOAL },
    ),
    ...KINDS.map((kind) =>
      row(
        `triplets, hard: ${kind}`,
        accuracy((other) => other === kind),
        '%',
      ),
    ),
  ];
}

/** How often the nearest document is the right one. */
async function recallAtOne(extract, documents, queries, wanted) {
  const [documentVectors, queryVectors] = [await vectorsOf(extract, documents), await vectorsOf(extract, queries)];
  const found = queryVectors.map((query) => {
    const similarities = documentVectors.map((document) => dot(query, document));
    return similarities.indexOf(Math.max(...similarities));
  });
  return percent(found.map((document, i) => document === wanted[i]));
}

async function retrieval(extract) {
  const [facts, answers, questions] = [table('fact_questions'), table('shop_answers'), table('shop_questions')];
  const intents = answers.map(([intent]) => intent);
  const factRecall = await recallAtOne(
    extract,
    facts.map(([, answer]) => answer),
    facts.map(([question]) => question),
    facts.map((_, i) => i),
  );
  const shopRecall = await recallAtOne(
    extract,
    answers.map(([, answer]) => answer),
    questions.map(([, question]) => question),
    questions.map(([intent]) => intents.indexOf(intent)),
  );
  return [
    row(`recall@1, ${facts.length} questions about facts`, factRecall, '%'),
    row(`recall@1, ${questions.length} shop questions, ${answers.length} answers`, shopRecall, '%'),
  ];
}

/** Unit norm, and the same vector in a padded batch as alone. */
async function invariants(extract) {
  const texts = [
    'Anna lives in Paris.',
    "On Monday the meeting starts at five o'clock in the afternoon, in the library.",
    'Où est Élise ? 😀',
  ];
  const together = await vectorsOf(extract, texts);
  const alone = (await Promise.all(texts.map((text) => vectorsOf(extract, [text])))).flat();
  const norms = together.map((vector) => Math.abs(Math.sqrt(dot(vector, vector)) - 1));
  const differences = together.flatMap((vector, i) => vector.map((value, j) => Math.abs(value - alone[i][j])));
  return [
    row('norm, largest distance from 1', Math.max(...norms), '', { goal: 1e-5, atMost: true }),
    row('padded batch against single, largest difference', Math.max(...differences), '', { goal: 1e-4, atMost: true }),
  ];
}

/** How many texts get the ids that training gave them: accents, Cyrillic, emoji, digits. */
function tokenizer(extract) {
  const same = table('token_ids').map(([text, ids]) => extract.tokenizer.encode(text).join(' ') === ids);
  return [row('tokenizer as in training', percent(same), '%', { goal: 100 })];
}

async function speed(extract) {
  const texts = table('triplets').map(([, anchor]) => anchor);
  const started = performance.now();
  await vectorsOf(extract, texts);
  return [row('speed, one thread', (1000 * texts.length) / (performance.now() - started), 'sentences/s')];
}

export async function evaluate() {
  const options = { dtype: 'fp32', local_files_only: true, session_options: { intraOpNumThreads: 1 } };
  const extract = await pipeline('feature-extraction', MODEL, options);
  const rows = [];
  for (const part of [triplets, retrieval, invariants, tokenizer, speed]) rows.push(...(await part(extract)));
  await extract.dispose();
  return rows;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.table(await evaluate());
