import fc from 'fast-check';
import {
  getLlama,
  LlamaGrammarEvaluationState,
  LlamaLogLevel,
  type Llama,
  type LlamaContextSequence,
  type LlamaModel,
} from 'node-llama-cpp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ParleyError } from '../../src/inference/errors.js';
import { compileSchema } from '../../src/inference/json-schema/compile-schema.js';
import { GrammarBuilder } from '../../src/inference/json-schema/grammar/grammar-builder.js';
import { SchemaCheck } from '../../src/inference/json-schema/schema-check.js';
import type { JsonObject } from '../../src/inference/json-value.js';
import { randomSchema } from '../support/random-schemas.js';
import { STARTER } from './support/llama-runner.js';

const MOST_TOKENS = 200;

describe('a model that is held to a grammar', () => {
  let llama: Llama;
  let model: LlamaModel;
  let sequence: LlamaContextSequence;

  beforeAll(async () => {
    llama = await getLlama({ gpu: false, build: 'never', logLevel: LlamaLogLevel.error });
    model = await llama.loadModel({ modelPath: STARTER });
    sequence = (await model.createContext({ contextSize: 512, threads: 1 })).getSequence();
  });

  afterAll(() => llama.dispose());

  /** What the model writes, hot; null: it was not done after {@link MOST_TOKENS}. */
  async function written(grammar: string, seed: number): Promise<string | null> {
    const state = new LlamaGrammarEvaluationState({ model, grammar: await llama.createGrammar({ grammar }) });
    const tokens = [];
    const prompt = model.tokenize('Answer as JSON: ');
    const options = { temperature: 1, seed, grammarEvaluationState: state };
    let done = true;
    await sequence.clearHistory();
    for await (const token of sequence.evaluate(prompt, options)) {
      done = tokens.push(token) < MOST_TOKENS;
      if (!done) break;
    }
    return done ? model.detokenize(tokens) : null;
  }

  it('writes valid values of random schemas', async () => {
    const schemas = fc.sample(randomSchema, { numRuns: 36, seed: 20 });
    let finished = 0;
    for (const [index, schema] of schemas.entries()) {
      const grammar = grammarOf(schema);
      const text = grammar === null ? null : await written(grammar, index);
      if (text === null) continue;
      finished += 1;
      const problem = SchemaCheck.of(schema, 'schema').problemOf(text);
      expect({ schema, text, problem }).toEqual({ schema, text, problem: null });
    }
    expect(finished).toBeGreaterThan(schemas.length / 3);
  });
});

/** Null for a schema that is refused. */
function grammarOf(schema: JsonObject): string | null {
  try {
    const builder = new GrammarBuilder();
    return builder.toGbnf(compileSchema(schema, builder, 'schema').rule, 'schema');
  } catch (error) {
    if (error instanceof ParleyError) return null;
    throw error;
  }
}
