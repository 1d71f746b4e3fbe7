import { expect } from 'vitest';
import type { Answer } from './http.js';
import { anyString } from './matchers.js';

/** What no client may ever see: stack frames, paths of this machine, names of libraries. */
const LEAKS =
  /\n\s+at |node_modules|\/work\/|\/home\/|\/root\/|\/tmp\/|dist\/|\.[jt]s:\d+|fastify|nestjs|llama\.cpp|FST_ERR|ENOENT/i;

/** Error bodies by dialect; the others have `{detail}` alone. */
const SHAPES: Readonly<Partial<Record<string, (status: number) => unknown>>> = {
  'ml-backend': (status) => ({
    detail:
      status === 422
        ? (expect.arrayContaining([{ loc: expect.any(Array) as unknown, msg: anyString, type: anyString }]) as unknown)
        : anyString,
  }),
  openai: (status) => ({
    error: {
      message: anyString,
      type: anyString,
      param: expect.toSatisfy((param: unknown) => param === null || typeof param === 'string') as unknown,
      code: anyString,
    },
    code: status,
    message: anyString,
  }),
  rkllama: () => ({ error: anyString }),
};

/** The status, and an error body in exactly the dialect's shape that tells nothing about the inside. */
export function expectError(answer: Answer, dialect: string, status: number): void {
  expectErrorBody(answer, status, SHAPES[dialect]?.(status) ?? { detail: anyString });
}

/** As {@link expectError}, for the service's own routes. */
export function expectDetail(answer: Answer, status: number): void {
  expectErrorBody(answer, status, { detail: anyString });
}

function expectErrorBody(answer: Answer, status: number, body: unknown): void {
  expect({ status: answer.status, type: answer.type, body: answer.body }).toEqual({
    status,
    type: 'application/json',
    body,
  });
  expectNoLeak(answer);
}

export function expectNoLeak(answer: Answer): void {
  expect(answer.text).not.toMatch(LEAKS);
}

/** The words of an error, wherever the dialect puts them. */
export function messageOf(answer: Answer): string {
  const { detail, error, message } = answer.body as { detail?: unknown; error?: unknown; message?: unknown };
  if (typeof detail === 'string') return detail;
  if (Array.isArray(detail)) return detail.map((issue: { msg: string }) => issue.msg).join('; ');
  return typeof error === 'string' ? error : String(message);
}
