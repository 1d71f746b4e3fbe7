import { describe, expect, it } from 'vitest';
import { StderrTail } from '../../src/inference/runners/stderr-tail.js';

function lastErrorOf(...chunks: readonly string[]): string | null {
  const tail = new StderrTail();
  for (const chunk of chunks) tail.push(chunk);
  return tail.lastError;
}

describe('the last error', () => {
  it('is the last line that tells of one', () => {
    expect(lastErrorOf('loading\nerror: first\nfailed to load: second\nbye\n')).toBe('failed to load: second');
  });

  it('is put together from pieces', () => {
    expect(lastErrorOf('some\nerr', 'or: in two pie', 'ces\n')).toBe('error: in two pieces');
  });

  it('is none where nothing tells of one', () => {
    expect(lastErrorOf()).toBeNull();
    expect(lastErrorOf('all is well\n')).toBeNull();
  });

  it('is never a line of a stack', () => {
    expect(
      lastErrorOf('Error: broken\n    at fail (file:///srv/app/error.js:1:2)\n    at Error.x (/a/b/c.js:1:1)\n'),
    ).toBe('Error: broken');
  });

  it.each([
    ["cannot open '/home/me/models/secret/m.gguf'", "cannot open 'm.gguf'"],
    ['error: /srv/a/b.gguf: invalid magic', 'error: b.gguf: invalid magic'],
    ['failed: file:///opt/parley/dist/x.js:12', 'failed: x.js:12'],
    ['GGML_ASSERT failed: /src/llama.cpp/ggml/src/ggml.c:123', 'GGML_ASSERT failed: ggml.c:123'],
    ['error: /home/jürgen/модели/m.gguf is broken', 'error: m.gguf is broken'],
  ])('has no folders in it: %s', (line, shown) => {
    expect(lastErrorOf(`${line}\n`)).toBe(shown);
  });

  it('keeps what only looks like a path', () => {
    expect(lastErrorOf('error: 3/4 of 1 KiB/s\n')).toBe('error: 3/4 of 1 KiB/s');
  });

  it('has no control characters and a bounded length', () => {
    expect(lastErrorOf('error:\u001B[31m red\u0007\r\n')).toBe('error: [31m red');
    expect(lastErrorOf(`error: ${'x'.repeat(5000)}\n`)).toHaveLength(300);
  });
});

describe('what is kept', () => {
  it('is the end, and bounded', () => {
    const tail = new StderrTail();
    for (let line = 0; line < 10_000; line++) tail.push(`line ${String(line)}\n`);
    expect(tail.all.length).toBeLessThanOrEqual(8192);
    expect(tail.all).toMatch(/line 9999$/);
  });

  it('is bounded for a single endless line', () => {
    const tail = new StderrTail();
    for (let chunk = 0; chunk < 10; chunk++) tail.push('error'.repeat(20_000));
    expect(tail.all.length).toBeLessThanOrEqual(8192);
    expect(tail.lastError?.length).toBeLessThanOrEqual(300);
  });
});
