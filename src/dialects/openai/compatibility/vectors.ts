import {
  accepted,
  at,
  differs,
  equals,
  gives,
  honoured,
  refused,
  refuses,
  type Answer,
  type OperationSupport,
  type Support,
} from '../../../http/openapi/parameter-support.js';

function lengthAt(answer: Answer, path: string): number {
  const value = at(answer, path);
  return Array.isArray(value) ? value.length : -1;
}

const modelOfVectors: Support = honoured([
  refuses({ model: 'no-such-model' }, 404),
  refuses({ model: 'starter-voice' }),
  gives({}, (answer) => at(answer, 'model') === 'starter-embed'),
]);

const VECTOR = 'data.0.embedding';

export const EMBEDDINGS: OperationSupport = {
  example: { model: 'starter-embed', input: 'A cat sleeps on the sofa.' },
  parameters: {
    model: modelOfVectors,
    input: honoured([
      differs({ input: 'Interest rates rose again.' }),
      gives({ input: ['A cat sleeps.', 'Rates rose.'] }, (answer) => lengthAt(answer, 'data') === 2),
      gives({ input: [5, 6, 7] }, (answer) => lengthAt(answer, 'data') === 1),
      gives({ input: [[5, 6], [7]] }, (answer) => lengthAt(answer, 'data') === 2),
      refuses({ input: '' }),
      refuses({ input: [] }),
    ]),
    encoding_format: honoured([
      gives({ encoding_format: 'base64' }, (answer) => typeof at(answer, VECTOR) === 'string'),
      equals({ encoding_format: 'float' }),
    ]),
    dimensions: honoured([
      gives({ dimensions: 8 }, (answer) => lengthAt(answer, VECTOR) === 8),
      refuses({ dimensions: 100_000 }),
    ]),
    user: accepted([equals({ user: 'user-42' })]),
  },
};

export const RERANK: OperationSupport = {
  example: {
    model: 'starter-embed',
    query: 'What is the capital of France?',
    documents: ['The cat sleeps.', 'Paris is the capital of France.'],
  },
  parameters: {
    model: modelOfVectors,
    query: honoured([differs({ query: 'What does the cat do?' })]),
    documents: honoured([
      differs({ documents: ['The cat sleeps.', 'Rome is the capital of Italy.'] }),
      refuses({ documents: [] }),
    ]),
    'documents[].text': honoured([
      equals({ documents: [{ text: 'The cat sleeps.' }, { text: 'Paris is the capital of France.' }] }),
      refuses({ documents: [{ title: 'The cat sleeps.' }] }),
    ]),
    top_n: honoured([gives({ top_n: 1 }, (answer) => lengthAt(answer, 'results') === 1)]),
    return_documents: honoured([
      gives({ return_documents: true }, (answer) => typeof at(answer, 'results.0.document.text') === 'string'),
      equals({ return_documents: false }),
    ]),
    max_tokens_per_doc: refused([equals({ max_tokens_per_doc: null }), refuses({ max_tokens_per_doc: 64 })]),
    max_chunks_per_doc: refused([equals({ max_chunks_per_doc: null }), refuses({ max_chunks_per_doc: 2 })]),
    rank_fields: refused([equals({ rank_fields: ['text'] }), refuses({ rank_fields: ['title'] })]),
  },
};
