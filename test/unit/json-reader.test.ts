import { describe, expect, it } from 'vitest';
import { JSON_LIMITS } from '../../src/http/body/json-limits.js';
import { readJson } from '../../src/http/body/json-reader.js';

const read = (text: string): Promise<unknown> => readJson(Buffer.from(text));
const list = (count: number, element: (n: number) => string): string =>
  `[${Array.from({ length: count }, (_, n) => element(n)).join(',')}]`;
const object = (count: number, prefix = 'k'): string =>
  `{${Array.from({ length: count }, (_, n) => `"${prefix}${String(n)}":1`).join(',')}}`;

describe('a JSON body', () => {
  it.each([
    '{"a":[1,-2.5e3,true,false,null,"x\\n\\u00e9\\"",{}],"b":{"c":[[]]}}',
    ' \n{ "a" : "日本 😀" , "b" : [ ] }\t',
    '"text"',
    '12',
    'null',
    '{"a":1,"a":2}',
    '{"constructor":{"x":1},"prototype":2}',
  ])('is parsed as JSON.parse does: %s', async (text) => {
    expect(await read(text)).toEqual(JSON.parse(text));
  });

  it.each(['{', '{"a":1}}', '[1 2]', '{"a":}', '"open', '{"a":1,}', 'nul', '{"a":"\u0001"}'])(
    'that is not JSON is refused: %s',
    async (text) => {
      await expect(read(text)).rejects.toThrow('The body is not valid JSON.');
    },
  );

  it.each(['{"__proto__":1}', '{"\\u005f_proto__":1}', '{"a":[{"constructor":{"prototype":1}}]}'])(
    'that reaches a prototype is refused: %s',
    async (text) => {
      await expect(read(text)).rejects.toThrow('The body is not valid JSON.');
    },
  );

  it('that is not UTF-8 is refused', async () => {
    const bytes = Buffer.concat([Buffer.from('{"a":"'), Buffer.of(0xc3, 0x28), Buffer.from('"}')]);
    await expect(readJson(bytes)).rejects.toThrow('The body is not valid UTF-8.');
  });
});

describe('a limit', () => {
  it.each([
    ['fields of an object', `{"messages":[{"x":${object(JSON_LIMITS.fieldsOfObject + 1)}}]}`, 'messages[0].x', 8192],
    ['elements', `{"input":${list(JSON_LIMITS.elements + 1, () => '1')}}`, 'input', 150_000],
    ['nesting', `{"a":${'['.repeat(JSON_LIMITS.depth)}`, 'a[0]', 200],
    ['strings', `{"a":${list(JSON_LIMITS.strings + 1, () => '"s"')}}`, 'a[50000]', 50_000],
    ['values', `{"a":${list(2000, () => list(100, () => '1'))}}`, 'a[1980]', 200_000],
    ['fields', `{"a":${list(JSON_LIMITS.fields, () => '{"b":1}')}}`, 'a[39999]', 40_000],
    ['names', `{"a":${list(9000, (n) => `{"n${String(n)}":1}`)}}`, 'a[8191].n8191', 8192],
  ])('on %s is refused with its place and the limit', async (_, text, place, limit) => {
    await expect(read(text)).rejects.toMatchObject({
      code: 'validation',
      message: expect.stringMatching(
        new RegExp(`^${place.replaceAll(/[[\].]/g, '\\$&')}.*: at most ${String(limit)}\\.$`),
      ) as string,
    });
  });

  it('is reached without an error', async () => {
    const text = `{"a":${object(JSON_LIMITS.fieldsOfObject - 1)}}`;
    expect(await read(text)).toEqual(JSON.parse(text));
  });

  it('on bytes leaves out images as data URIs', async () => {
    const image = `data:image/png;base64,${'A'.repeat(6 * 1024 ** 2)}`;
    expect(await read(JSON.stringify({ a: [{ url: image }], b: image, c: 'data:short' }))).toEqual({
      a: [{ url: image }],
      b: image,
      c: 'data:short',
    });
    await expect(read(JSON.stringify({ a: 'x'.repeat(5 * 1024 ** 2) }))).rejects.toMatchObject({
      code: 'payload_too_large',
    });
  });
});

it('data URIs keep their text, whatever is escaped in them and whichever field of a name wins', async () => {
  const digits = 'QUJD/+'.repeat(2000);
  const escaped = `data:image\\/png;base64,${digits.replaceAll('/', '\\/')}`;
  const quoted = `data:image/png;base64,${digits}\\n`;
  const text = `{"a":"${escaped}","b":{"c":"${escaped}","c":"${quoted}"},"d":{"e":"${escaped}"},"d":{}}`;
  expect(await read(text)).toEqual(JSON.parse(text));
});
