import { isJsonObject, type JsonObject } from '../../../inference/json-value.js';
import {
  accepted,
  at,
  differs,
  elsewhere,
  equals,
  gives,
  honoured,
  refused,
  refuses,
  type Answer,
  type OperationSupport,
  type Proof,
  type Support,
} from '../../../http/openapi/parameter-support.js';

const RESPONSES = 'test/contract/openai-responses.test.ts';
const STORY = 'Tell me a story.';
const HOT = { input: STORY, temperature: 2, max_output_tokens: 24 };

function textOf(answer: Answer): string {
  return String(at(answer, 'output.0.content.0.text'));
}

const CITY = {
  type: 'object',
  properties: { city: { enum: ['Oslo'] } },
  required: ['city'],
  additionalProperties: false,
};
const TOOL = { type: 'function', name: 'get_weather', parameters: CITY, strict: true };
const CALLED = { tools: [TOOL], tool_choice: 'required', max_output_tokens: 64 };

function calls(answer: Answer): boolean {
  return at(answer, 'output.0.type') === 'function_call' && at(answer, 'output.0.name') === 'get_weather';
}

/** It is told again in the answer. */
function told(field: string, value: JsonObject[string]): Proof {
  return gives({ [field]: value }, (answer) => JSON.stringify(at(answer, field)) === JSON.stringify(value));
}

const WISHES: Readonly<Record<string, Support>> = {
  model: honoured([refuses({ model: 'no-such-model' }, 404), told('model', 'starter-chat')]),
  text: honoured([refuses({ text: 'json' })]),
  'text.format': honoured([
    gives(
      { text: { format: { type: 'json_schema', name: 'city', schema: CITY } }, max_output_tokens: 32 },
      (answer) => {
        const value: unknown = JSON.parse(textOf(answer));
        return isJsonObject(value) && value.city === 'Oslo';
      },
    ),
    refuses({ text: { format: { type: 'grammar' } } }),
  ]),
  'text.verbosity': refused([equals({ text: { verbosity: 'medium' } }), refuses({ text: { verbosity: 'low' } })]),
  tools: honoured([gives(CALLED, calls), refuses({ tools: [{ type: 'web_search' }] })]),
  tool_choice: honoured([
    gives({ ...CALLED, tool_choice: { type: 'function', name: 'get_weather' } }, calls),
    gives({ ...CALLED, tool_choice: 'none' }, (answer) => !calls(answer)),
    refuses({ ...CALLED, tool_choice: 'perhaps' }),
  ]),
  parallel_tool_calls: honoured([
    gives({ ...CALLED, parallel_tool_calls: false }, (answer) => at(answer, 'output.1') === undefined),
  ]),
  max_output_tokens: honoured([
    gives({ max_output_tokens: 2 }, (answer) => at(answer, 'usage.output_tokens') === 2),
    gives({ max_output_tokens: 2 }, (answer) => at(answer, 'incomplete_details.reason') === 'max_output_tokens'),
  ]),
  temperature: honoured([differs(HOT, { ...HOT, temperature: 0 })]),
  top_p: honoured(
    [gives({ top_p: 0, temperature: 2 }, (cold, plain) => textOf(cold) === textOf(plain))],
    '0 leaves the likeliest token alone',
  ),
  top_logprobs: honoured([
    gives({ top_logprobs: 2, max_output_tokens: 1 }, (answer) => {
      const top = at(answer, 'output.0.content.0.logprobs.0.top_logprobs');
      return Array.isArray(top) && top.length === 2;
    }),
  ]),
  truncation: honoured([told('truncation', 'auto'), told('truncation', 'disabled'), elsewhere(RESPONSES)]),
};

const EXTRAS: Readonly<Record<string, Support>> = {
  background: refused([equals({ background: false }), refuses({ background: true })]),
  conversation: refused([equals({ conversation: null }), refuses({ conversation: 'conv_1' })]),
  context_management: refused([
    equals({ context_management: [] }),
    refuses({ context_management: [{ type: 'compaction' }] }),
  ]),
  prompt: refused([equals({ prompt: null }), refuses({ prompt: { id: 'pmpt_1' } })]),
  reasoning: refused([equals({ reasoning: { effort: null } }), refuses({ reasoning: { effort: 'high' } })]),
  service_tier: refused([equals({ service_tier: 'auto' }), refuses({ service_tier: 'priority' })]),
  max_tool_calls: accepted([told('max_tool_calls', 3)]),
  user: accepted([told('user', 'user-42')]),
  safety_identifier: accepted([told('safety_identifier', 'user-42')]),
  prompt_cache_key: accepted([told('prompt_cache_key', 'numbers')]),
  prompt_cache_retention: accepted([told('prompt_cache_retention', '24h')]),
};

export const CREATE_RESPONSE: OperationSupport = {
  example: { model: 'starter-chat', input: 'Count to 100.', temperature: 0, max_output_tokens: 12 },
  parameters: {
    ...WISHES,
    ...EXTRAS,
    input: honoured([
      differs({ input: STORY }),
      gives(
        { input: [{ role: 'user', content: 'Count to 100.' }] },
        (answer, plain) => textOf(answer) === textOf(plain),
      ),
      gives(
        { input: [{ role: 'user', content: [{ type: 'input_text', text: 'Count to 100.' }] }] },
        (answer, plain) => {
          return textOf(answer) === textOf(plain);
        },
      ),
      refuses({ input: [{ type: 'computer_call' }] }),
    ]),
    instructions: honoured([
      gives({ instructions: 'Be brief.' }, (answer, plain) => {
        return Number(at(answer, 'usage.input_tokens')) > Number(at(plain, 'usage.input_tokens'));
      }),
    ]),
    previous_response_id: honoured([refuses({ previous_response_id: 'resp_none' }), elsewhere(RESPONSES)]),
    store: honoured([told('store', false), elsewhere(RESPONSES)]),
    stream: honoured([
      gives({ stream: true }, ({ type, text }) => type === 'text/event-stream' && text.includes('response.incomplete')),
    ]),
    stream_options: accepted([equals({ stream_options: {} }), refuses({ stream_options: 'all' })]),
    'stream_options.include_obfuscation': refused([
      equals({ stream_options: { include_obfuscation: false } }),
      refuses({ stream: true, stream_options: { include_obfuscation: true } }),
    ]),
    include: honoured([
      gives({ include: ['message.output_text.logprobs'], max_output_tokens: 1 }, (answer) => {
        return typeof at(answer, 'output.0.content.0.logprobs.0.logprob') === 'number';
      }),
      refuses({ include: ['reasoning.encrypted_content'] }),
    ]),
    metadata: honoured([told('metadata', { topic: 'numbers' }), refuses({ metadata: { topic: 7 } })]),
  },
};

const KEPT = [
  {
    operation: 'createResponse',
    fields: { input: 'Hello!', model: 'starter-chat', max_output_tokens: 4 },
    idInto: 'id',
  },
];

const id = honoured(
  [refuses({ id: 'resp_none' }, 404), gives({}, (answer) => answer.status === 200)],
  "the response's",
);

export const GET_RESPONSE: OperationSupport = {
  before: KEPT,
  example: {},
  parameters: { id, stream: refused([equals({ stream: 'false' }), refuses({ stream: 'true' })]) },
};

export const DELETE_RESPONSE: OperationSupport = { before: KEPT, example: {}, parameters: { id } };

function itemAt(answer: Answer, index: number): unknown {
  return at(answer, `data.${String(index)}.id`);
}

export const INPUT_ITEMS: OperationSupport = {
  before: [
    {
      operation: 'createResponse',
      fields: {
        input: ['Hello!', 'Count to 100.'].map((content) => ({ role: 'user', content })),
        model: 'starter-chat',
        max_output_tokens: 4,
      },
      idInto: 'id',
    },
  ],
  example: {},
  parameters: {
    id,
    after: honoured([refuses({ after: 'msg_none' }), elsewhere(RESPONSES)]),
    limit: honoured([
      gives({ limit: '1' }, (one, plain) => itemAt(plain, 1) !== undefined && itemAt(one, 1) === undefined),
    ]),
    order: honoured([gives({ order: 'asc' }, (rising, plain) => itemAt(rising, 0) === itemAt(plain, 1))]),
  },
};

export const CANCEL_RESPONSE: OperationSupport = {
  before: KEPT,
  example: {},
  parameters: {
    id: refused(
      [refuses({ id: 'resp_none' }, 404), elsewhere('test/contract/openai-responses-errors.test.ts')],
      'any: no response runs in the background',
    ),
  },
};
