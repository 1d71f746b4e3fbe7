import { describe, expect, it } from 'vitest';
import { BrokenEvents, eventData } from '../../src/inference/remote/sse.js';

async function* chunks(...parts: readonly (string | Uint8Array)[]): AsyncGenerator<Uint8Array, void> {
  await Promise.resolve();
  for (const part of parts) yield typeof part === 'string' ? new TextEncoder().encode(part) : part;
}

async function read(parts: readonly (string | Uint8Array)[], maxChars = 1000): Promise<string[]> {
  const events: string[] = [];
  for await (const event of eventData(chunks(...parts), maxChars)) events.push(event);
  return events;
}

const STREAM = ': hello\r\nid: 1\r\ndata: {"a":\r\ndata: "grüße 🌍"}\r\n\r\nevent: x\ndata:two\n\n\n\rdata: three\r\r';
const EVENTS = ['{"a":\n"grüße 🌍"}', 'two', 'three'];

describe('server-sent events', () => {
  it('have their lines by any ending, data joined, all else left out', async () => {
    expect(await read([STREAM])).toEqual(EVENTS);
  });

  it('are the same wherever the bytes are cut, in the middle of a character and of a CRLF too', async () => {
    const bytes = new TextEncoder().encode(STREAM);
    for (let at = 1; at < bytes.length; at++) {
      expect([at, await read([bytes.slice(0, at), bytes.slice(at)])]).toEqual([at, EVENTS]);
    }
    expect(await read([...bytes].map((byte) => Uint8Array.of(byte)))).toEqual(EVENTS);
  });

  it('that end without an empty line count', async () => {
    expect(await read(['data: one\n\ndata: two'])).toEqual(['one', 'two']);
    expect(await read(['data: one\n'])).toEqual(['one']);
  });

  it('without data are none', async () => {
    expect(await read(['event: ping\n\n: comment\n\ndatabase: x\n\n'])).toEqual([]);
    expect(await read(['data\n\n'])).toEqual(['']);
  });

  it('of endless length are given up, in one line or in many', async () => {
    await expect(read(['data: ', 'x'.repeat(600), 'x'.repeat(600)])).rejects.toBeInstanceOf(BrokenEvents);
    await expect(read(Array.from({ length: 200 }, () => 'data: xxxxxxxxx\n'))).rejects.toBeInstanceOf(BrokenEvents);
    expect(await read(Array.from({ length: 200 }, () => 'data: xxxxxxxxx\n\n'))).toHaveLength(200);
  });
});
