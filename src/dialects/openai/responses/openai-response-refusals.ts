import { wrong } from './wrong-field.js';
import type { OpenAiResponseRequest } from './openai-responses.schema.js';

const LOGPROBS = 'message.output_text.logprobs';
/** What is told anyway, or belongs to built-in tools, of which there are none. */
const INCLUDABLE = new Set([
  LOGPROBS,
  'message.input_image.image_url',
  'file_search_call.results',
  'web_search_call.results',
  'web_search_call.action.sources',
  'computer_call_output.output.image_url',
  'code_interpreter_call.outputs',
]);

const MOST_PAIRS = 16;
const LONGEST_NAME = 64;
const LONGEST_TEXT = 512;

/** Refuses by name what would change the answer, or what is told of it, and cannot be honoured. */
export function refuseUnsupported(body: OpenAiResponseRequest): void {
  if (body.background === true) throw wrong('background', 'is not supported: leave it out');
  if (body.conversation) throw wrong('conversation', 'is not supported: use previous_response_id');
  if (body.prompt) throw wrong('prompt', 'is not supported: send the text as input');
  if ((body.context_management ?? []).length > 0) {
    throw wrong('context_management', 'is not supported: use truncation');
  }
  for (const [field, value] of Object.entries(body.reasoning ?? {})) {
    if (value !== null) throw wrong(`reasoning.${field}`, 'is not supported: leave it out');
  }
  if (!['auto', 'default'].includes(body.service_tier ?? 'auto')) throw wrong('service_tier', 'takes auto or default');
  if ((body.text?.verbosity ?? 'medium') !== 'medium') throw wrong('text.verbosity', 'takes "medium" alone');
  if (body.stream_options?.include_obfuscation === true) {
    throw wrong('stream_options.include_obfuscation', 'is not supported: leave it out');
  }
  refuseIncludes(body.include ?? []);
  refuseMetadata(body.metadata ?? {});
}

function refuseIncludes(include: readonly unknown[]): void {
  for (const [index, one] of include.entries()) {
    if (typeof one !== 'string' || !INCLUDABLE.has(one)) {
      throw wrong(`include.${String(index)}`, `is not supported: ${String(one)}`);
    }
  }
}

function refuseMetadata(metadata: object): void {
  const pairs: [string, unknown][] = Object.entries(metadata);
  if (pairs.length > MOST_PAIRS) throw wrong('metadata', `takes ${String(MOST_PAIRS)} pairs at most`);
  for (const [name, value] of pairs) {
    if (name.length > LONGEST_NAME)
      throw wrong('metadata', `takes names of ${String(LONGEST_NAME)} characters at most`);
    if (typeof value !== 'string' || value.length > LONGEST_TEXT) {
      throw wrong(`metadata.${name}`, `must be a text of ${String(LONGEST_TEXT)} characters at most`);
    }
  }
}

/** How many alternatives to tell of each token; undefined: nothing of its chances. */
export function logprobsOf(body: OpenAiResponseRequest): number | undefined {
  const wanted = body.include?.includes(LOGPROBS) === true || (body.top_logprobs ?? 0) > 0;
  return wanted ? (body.top_logprobs ?? 0) : undefined;
}
