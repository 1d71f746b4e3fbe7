import { isJsonObject, type JsonObject, type JsonValue } from '../../../inference/json-value.js';
import {
  accepted,
  at,
  elsewhere,
  equals,
  gives,
  honoured,
  ignored,
  refused,
  refuses,
  type Answer,
  type Fields,
  type OperationSupport,
  type Proof,
  type Support,
} from '../../../http/openapi/parameter-support.js';
import { COUNT, MESSAGES, STORY } from './messages.js';
import { samplingSupport } from './sampling.js';

const CONTENT = 'choices.0.message.content';
const CALL = 'choices.0.message.tool_calls.0.function';

const CITY = {
  type: 'object',
  properties: { city: { enum: ['Oslo'] } },
  required: ['city'],
  additionalProperties: false,
};
const WEATHER = { name: 'get_weather', description: 'Weather in a city', parameters: CITY };

function withTool(tool: JsonObject, choice: JsonValue = 'required'): Fields {
  return { tools: [{ type: 'function', function: { ...WEATHER, ...tool } }], tool_choice: choice, max_tokens: 64 };
}

const FORCED = withTool({});
const NAMED = { type: 'function', function: { name: 'get_weather' } };

function parsed(text: unknown): unknown {
  return typeof text === 'string' ? (JSON.parse(text) as unknown) : undefined;
}

function calls(answer: Answer, name = 'get_weather'): boolean {
  const args = parsed(at(answer, `${CALL}.arguments`));
  return at(answer, `${CALL}.name`) === name && isJsonObject(args) && args.city === 'Oslo';
}

const MANY = Array.from({ length: 129 }, (_, index) => ({ type: 'function', function: { name: `f${String(index)}` } }));

const TOOLS: Readonly<Record<string, Support>> = {
  tools: honoured([gives(FORCED, (answer) => calls(answer)), refuses({ tools: MANY })]),
  'tools[].type': honoured([refuses({ tools: [{ type: 'custom', custom: { name: 'x' } }] })]),
  'tools[].function': honoured([refuses({ tools: [{ type: 'function' }] })]),
  'tools[].function.name': honoured([
    gives(withTool({ name: 'forecast' }), (answer) => calls(answer, 'forecast')),
    refuses(withTool({ name: 'two words' })),
  ]),
  'tools[].function.description': honoured(
    [elsewhere('test/unit/chat-format-messages.test.ts'), elsewhere('test/contract/openai-tools.test.ts')],
    "goes where the model's chat template puts it",
  ),
  'tools[].function.parameters': honoured(
    [gives(FORCED, (answer) => calls(answer)), elsewhere('test/contract/openai-tools.test.ts')],
    'a schema that cannot be held is refused',
  ),
  'tools[].function.strict': accepted([equals(withTool({ strict: true }), FORCED)]),
  tool_choice: honoured([
    gives(withTool({}, NAMED), (answer) => calls(answer)),
    gives(withTool({}, 'none'), (answer) => at(answer, CALL) === undefined),
    refuses({ ...FORCED, tool_choice: { type: 'function', function: { name: 'no_such_function' } } }),
    refuses({ ...FORCED, tool_choice: 'perhaps' }),
  ]),
  parallel_tool_calls: honoured([
    gives({ ...FORCED, parallel_tool_calls: false }, (answer) => {
      return at(answer, CALL) !== undefined && at(answer, 'choices.0.message.tool_calls.1') === undefined;
    }),
    elsewhere('test/contract/openai-tools.test.ts'),
  ]),
};

function formed(schema: JsonObject, more: JsonObject = {}): Fields {
  return { response_format: { type: 'json_schema', json_schema: { name: 'city', schema, ...more } }, max_tokens: 32 };
}

const FORMED = formed(CITY);

function isCity(answer: Answer): boolean {
  const value = parsed(at(answer, CONTENT));
  return isJsonObject(value) && value.city === 'Oslo';
}

const FORM: Readonly<Record<string, Support>> = {
  response_format: honoured([gives(FORMED, isCity), refuses({ response_format: 'json' })]),
  'response_format.type': honoured([
    equals({ response_format: { type: 'text' } }),
    gives({ response_format: { type: 'json_object' }, max_tokens: 256 }, (answer) => {
      return at(answer, 'choices.0.finish_reason') === 'length' || isJsonObject(parsed(at(answer, CONTENT)));
    }),
    refuses({ response_format: { type: 'grammar' } }),
  ]),
  'response_format.json_schema': honoured([refuses({ response_format: { type: 'json_schema' } })]),
  'response_format.json_schema.name': honoured([refuses(formed(CITY, { name: 'two words' }))]),
  'response_format.json_schema.schema': honoured(
    [gives(FORMED, isCity), elsewhere('test/contract/openai-structured.test.ts')],
    'a schema that cannot be held is refused',
  ),
  'response_format.json_schema.description': accepted([equals(formed(CITY, { description: 'A city' }), FORMED)]),
  'response_format.json_schema.strict': accepted([equals(formed(CITY, { strict: true }), FORMED)]),
};

const FUNCTIONS = [{ name: 'get_weather', parameters: {} }];

function unless(neutral: Fields, ...others: readonly Fields[]): Support {
  return refused([equals(neutral), ...others.map((other): Proof => refuses(other))]);
}

const OTHERS: Readonly<Record<string, Support>> = {
  max_completion_tokens: honoured([
    gives({ max_completion_tokens: 2 }, (answer) => at(answer, 'usage.completion_tokens') === 2),
  ]),
  logprobs: honoured([
    gives(
      { logprobs: true, max_tokens: 2 },
      (answer) => typeof at(answer, 'choices.0.logprobs.content.1.logprob') === 'number',
    ),
    equals({ logprobs: false }),
  ]),
  top_logprobs: honoured([
    gives({ logprobs: true, top_logprobs: 2, max_tokens: 1 }, (answer) => {
      const top = at(answer, 'choices.0.logprobs.content.0.top_logprobs');
      return Array.isArray(top) && top.length === 2;
    }),
    refuses({ top_logprobs: 2 }),
  ]),
  functions: unless({ functions: [] }, { functions: FUNCTIONS }),
  function_call: unless({ function_call: 'auto' }, { function_call: { name: 'get_weather' } }),
  modalities: unless({ modalities: ['text'] }, { modalities: ['text', 'audio'] }),
  reasoning_effort: unless({ reasoning_effort: 'none' }, { reasoning_effort: 'high' }),
  verbosity: unless({ verbosity: 'medium' }, { verbosity: 'low' }),
  store: unless({ store: false }, { store: true }),
  web_search_options: unless({ web_search_options: null }, { web_search_options: {} }),
  audio: unless({ audio: null }, { audio: { voice: 'alloy', format: 'wav' } }),
  metadata: ignored('kept with stored answers, and there are none here', { metadata: { topic: 'numbers' } }),
  prediction: ignored('makes answers faster, not different', { prediction: { type: 'content', content: '1, 2, 3' } }),
  prompt_cache_key: ignored('the KV cache finds prompts by themselves', { prompt_cache_key: 'numbers' }),
  prompt_cache_retention: ignored('the KV cache holds what it has room for', { prompt_cache_retention: '24h' }),
  safety_identifier: ignored('names the end user', { safety_identifier: 'user-42' }),
  service_tier: ignored('there is one tier', { service_tier: 'flex' }),
  'stream_options.include_obfuscation': ignored('no padding is sent', {
    stream_options: { include_obfuscation: false },
  }),
};

export const CHAT: OperationSupport = {
  example: { model: 'starter-chat', ...COUNT, temperature: 0, max_tokens: 12 },
  parameters: { ...samplingSupport({ story: STORY, text: CONTENT }), ...MESSAGES, ...TOOLS, ...FORM, ...OTHERS },
};
