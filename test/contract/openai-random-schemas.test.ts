import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/inference/json-value.js';
import { post } from '../support/http.js';
import { randomSchema } from '../support/random-schemas.js';
import { startServer, type Server } from '../support/server.js';

const SCHEMAS = 500;
const AT_ONCE = 16;

interface Chat {
  readonly choices: readonly [{ readonly message: { readonly content: string }; readonly finish_reason: string }];
}

type Verdict = 'valid' | 'cut' | 'refused' | { readonly schema: JsonObject; readonly answer: string };

let server: Server;

beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

async function ask(schema: JsonObject, seed: number): Promise<Verdict> {
  const answer = await post(`${server.url}/v1/chat/completions`, {
    messages: [{ role: 'user', content: 'Return JSON.' }],
    temperature: 1,
    seed,
    max_tokens: 48,
    response_format: { type: 'json_schema', json_schema: { name: 'random', schema } },
  });
  if (answer.status === 400) return 'refused';
  if (answer.status !== 200) return { schema, answer: answer.text };
  const [choice] = (answer.body as Chat).choices;
  if (choice.finish_reason === 'length') return 'cut';
  return isValid(schema, choice.message.content) ? 'valid' : { schema, answer: choice.message.content };
}

/** An ajv of the test's own, with formats. */
function isValid(schema: JsonObject, text: string): boolean {
  const ajv = new Ajv2020({ strict: false, logger: false });
  addFormats.default(ajv);
  try {
    return ajv.compile(schema)(JSON.parse(text));
  } catch {
    return false;
  }
}

describe('500 random schemas', () => {
  it('get answers that validate, or a refusal', { timeout: 300_000 }, async () => {
    const schemas = fc.sample(randomSchema, { numRuns: SCHEMAS, seed: 21 });
    const verdicts: Verdict[] = [];
    for (let first = 0; first < schemas.length; first += AT_ONCE) {
      const batch = schemas.slice(first, first + AT_ONCE);
      verdicts.push(...(await Promise.all(batch.map((schema, index) => ask(schema, first + index)))));
    }
    expect(verdicts.filter((verdict) => typeof verdict === 'object')).toEqual([]);
    const count = (wanted: Verdict): number => verdicts.filter((verdict) => verdict === wanted).length;
    expect(count('refused')).toBeLessThan(SCHEMAS / 4);
    expect(count('valid')).toBeGreaterThan(SCHEMAS / 2);
  });
});
