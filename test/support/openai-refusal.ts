import { post } from './http.js';

/** What OpenAI's clients see of a refusal. */
export interface Refusal {
  readonly status: number;
  readonly param: string | null;
  readonly code: string | null;
  readonly message: string;
}

/** Posts a body that should be refused. Throws when the answer has no `error`. */
export async function refusalOf(url: string, body: unknown): Promise<Refusal> {
  const { status, body: answer, text } = await post(url, body);
  const error = typeof answer === 'object' && answer !== null && 'error' in answer ? answer.error : null;
  if (typeof error !== 'object' || error === null) throw new Error(`no refusal: ${String(status)} ${text}`);
  return { ...(error as Omit<Refusal, 'status'>), status };
}
