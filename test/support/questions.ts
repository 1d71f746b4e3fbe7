import { post } from './http.js';
import type { Dialect, Server } from './server.js';
import { open, type Exchange } from './streaming.js';

export const DIALECTS: readonly Dialect[] = ['ml-backend', 'openai', 'rkllama', 'llama-local'];

/** An answer of 292 tokens. */
export const LONG = 'Count to 100.';
export const LONG_ANSWER = Array.from({ length: 100 }, (_, index) => String(index + 1)).join(', ');

interface Question {
  readonly path: string;
  readonly body: object;
}

/** The same question as each dialect asks it. ml-backend always streams. */
export function question(dialect: Dialect, prompt: string, stream: boolean): Question {
  switch (dialect) {
    case 'ml-backend':
      return { path: '/ml-backend/generate/fromtext', body: { model_name: 'starter-chat', prompt } };
    case 'openai':
      return {
        path: '/openai/v1/chat/completions',
        body: { messages: [{ role: 'user', content: prompt }], temperature: 0, stream },
      };
    case 'rkllama':
      return { path: '/rkllama/generate', body: { messages: prompt, stream } };
    case 'llama-local':
      return { path: '/llama-local/generate', body: { prompt, temperature: 0, repeat_penalty: 1, stream } };
  }
}

/** Asks without waiting for the answer; ml-backend in a conversation of its own. */
export function ask(server: Server, dialect: Dialect, prompt: string, stream: boolean): Exchange {
  const { path, body } = question(dialect, prompt, stream);
  return open(`${server.url}${path}`, body, { 'x-session-id': crypto.randomUUID() });
}

/** rkllama answers with the model that was loaded through it. */
export async function loadThroughRkllama(server: Server): Promise<void> {
  const { status, text } = await post(`${server.url}/rkllama/load_model`, { model_name: 'starter-chat' });
  if (status !== 200) throw new Error(`load_model answered ${String(status)}: ${text}`);
}
