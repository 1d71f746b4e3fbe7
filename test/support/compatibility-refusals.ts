import { expect } from 'vitest';
import type { Answer, Fields } from '../../src/http/openapi/parameter-support.js';
import { expectError, messageOf } from './error-shapes.js';

export interface ExpectedRefusal {
  /** As the page calls it. */
  readonly parameter: string;
  readonly given: Fields;
  /** Default: that of the dialect's refusals. */
  readonly status: number | undefined;
}

/** The dialect's own error, which names the parameter, or the value that it had. */
export function expectRefusal(answer: Answer, dialect: string, expected: ExpectedRefusal): void {
  const status = expected.status ?? (dialect === 'ml-backend' ? 422 : 400);
  const asked = JSON.stringify(expected.given).slice(0, 200);
  expect(answer.status, `${asked} → ${answer.text.slice(0, 1000)}`).toBe(status);
  expectError(answer, dialect, status);
  expect(names(answer, expected), `${asked} → ${answer.text}`).toBe(true);
}

function names(answer: Answer, { parameter, given }: ExpectedRefusal): boolean {
  const path = parameter.replaceAll('[]', '');
  const [top = path] = path.split('.');
  const leaf = path.slice(path.lastIndexOf('.') + 1);
  const told = fieldsNamed(answer.body);
  // Of a list it may be told which one; of an object, what in it is wrong.
  if (told.some((field) => field === path || path.startsWith(`${field}.`) || field.startsWith(`${path}.`))) return true;
  const message = messageOf(answer);
  const value = given[top];
  const tellsValue = typeof value === 'string' && value !== '' && message.includes(value);
  return tellsValue || new RegExp(`\\b${leaf}\\b`).test(message);
}

/** Fields that the body of an error points at: OpenAI's `param`, FastAPI's `loc`. */
function fieldsNamed(body: unknown): readonly string[] {
  const { error, detail } = body as { error?: { param?: unknown }; detail?: unknown };
  const issues: readonly { loc: readonly unknown[] }[] = Array.isArray(detail) ? detail : [];
  const places = issues.map(({ loc }) => loc.slice(1).join('.'));
  const param = typeof error?.param === 'string' ? [error.param] : [];
  return [...param, ...places].map((field) => field.replaceAll(/\[\d+\]|\.\d+(?=\.|$)/g, ''));
}
