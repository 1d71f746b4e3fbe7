import { ParleyError } from '../../inference/errors.js';

/** Which dialect a body of `POST /generate` is written in. Throws `invalid_request` for both and for neither. */
export function dialectOfGenerate(body: unknown): 'llama-local' | 'rkllama' {
  const fields = typeof body === 'object' && body !== null && !Array.isArray(body) ? body : {};
  const hasPrompt = 'prompt' in fields;
  const hasMessages = 'messages' in fields;
  if (hasPrompt && hasMessages) {
    throw new ParleyError('invalid_request', 'Send either "prompt" (llama-local) or "messages" (rkllama), not both.');
  }
  if (hasPrompt) return 'llama-local';
  if (hasMessages) return 'rkllama';
  throw new ParleyError('invalid_request', 'Send a JSON object with "prompt" (llama-local) or "messages" (rkllama).');
}
