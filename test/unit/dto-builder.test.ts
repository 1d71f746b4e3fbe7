import 'reflect-metadata';
import { describe, expect, it } from 'vitest';
import { OpenAiChatRequest } from '../../src/dialects/openai/text/openai-chat.schema.js';
import { RequestValidationPipe } from '../../src/http/body/validation.pipe.js';

const messages = [{ role: 'user', content: 'Hello!' }];
const chat = (fields: object, strict = false): Promise<unknown> =>
  new RequestValidationPipe(strict).transform({ messages, ...fields }, { type: 'body', metatype: OpenAiChatRequest });
const unknownFields = (count: number): object =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => [`unknown${String(n)}`, n]));

describe('validation', () => {
  it('keeps known fields, builds nested DTOs and drops unknown fields at each level', async () => {
    const tools = [{ type: 'function', extra: 1, function: { name: 'f', extra: 2 } }];
    expect(await chat({ tools, seed: 3, extra: 4 })).toMatchObject({
      messages,
      seed: 3,
      tools: [{ type: 'function', function: { name: 'f' } }],
    });
    expect(JSON.stringify(await chat({ tools, extra: 4 }))).not.toContain('extra');
  });

  it('names unknown fields with STRICT, 20 at most', async () => {
    await expect(chat({ extra: 1 }, true)).rejects.toThrow('property extra should not exist');
    const error = await chat(unknownFields(5000), true).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ issues: { length: 20 }, message: expect.stringMatching(/; and more$/) as string });
  });

  it('refuses a list where an object is wanted, and a list of too many', async () => {
    await expect(chat({ response_format: [[[]]] })).rejects.toThrow('response_format must be an object');
    await expect(chat({ tools: Array(5000).fill({}) })).rejects.toThrow('no more than 128');
  });

  it('costs no more for thousands of unknown fields than in proportion to them', async () => {
    const costOf = async (count: number): Promise<number> => {
      const fields = unknownFields(count);
      await chat(fields, true).catch(() => undefined);
      const before = process.cpuUsage();
      for (let n = 0; n < 5; n++) await chat(fields, true).catch(() => undefined);
      const { user, system } = process.cpuUsage(before);
      return user + system;
    };
    const few = await costOf(2000);
    expect(await costOf(32_000)).toBeLessThan(16 * 4 * Math.max(few, 1000));
  });
});
