import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import fc from 'fast-check';
import { getLlama, LlamaLogLevel, type Llama } from 'node-llama-cpp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SeededRandom } from '../../src/inference/engines/random/seeded-random.js';
import { ParleyError } from '../../src/inference/errors.js';
import { compileSchema, type CompiledSchema } from '../../src/inference/json-schema/compile-schema.js';
import { GrammarBuilder } from '../../src/inference/json-schema/grammar/grammar-builder.js';
import { SchemaCheck } from '../../src/inference/json-schema/schema-check.js';
import type { JsonObject } from '../../src/inference/json-value.js';
import { derived, randomSchema, undefinedRules } from '../support/random-schemas.js';

const SCHEMAS = 500;
const TEXTS = 8;

describe('random schemas', () => {
  let llama: Llama;

  beforeAll(async () => {
    llama = await getLlama({ gpu: false, build: 'never', logLevel: LlamaLogLevel.error });
  });

  afterAll(() => llama.dispose());

  it(
    'derive only what an independent validator finds valid, and are read by llama.cpp',
    { timeout: 300_000 },
    async () => {
      const independent = new Ajv2020({ strict: false, logger: false });
      addFormats.default(independent);
      let refused = 0;
      for (const [index, schema] of fc.sample(randomSchema, { numRuns: SCHEMAS, seed: 8 }).entries()) {
        const builder = new GrammarBuilder();
        const compiled = compiledOrRefused(schema, builder);
        if (compiled === null) {
          refused += 1;
          continue;
        }
        expect(undefinedRules(builder)).toEqual([]);
        await llama.createGrammar({ grammar: builder.toGbnf(compiled.rule, 'schema') });
        const validate = independent.compile(schema);
        const random = new SeededRandom(index);
        const texts = Array.from({ length: TEXTS }, () => derived(compiled.rule, builder, () => random.next()));
        const problems = texts.flatMap((text) =>
          validate(JSON.parse(text)) ? [] : [{ text, errors: validate.errors }],
        );
        expect({ schema, problems }).toEqual({ schema, problems: [] });
        expect(SchemaCheck.of(schema, 'schema').problemOf(texts[0] ?? '')).toBeNull();
      }
      expect(refused).toBeLessThan(SCHEMAS / 4);
    },
  );
});

function compiledOrRefused(schema: JsonObject, builder: GrammarBuilder): CompiledSchema | null {
  try {
    return compileSchema(schema, builder, 'schema');
  } catch (error) {
    if (error instanceof ParleyError && error.code === 'invalid_request') return null;
    throw error;
  }
}
