import type { JsonObject } from '../../../inference/json-value.js';
import {
  accepted,
  alwaysIgnored,
  differs,
  equals,
  honoured,
  picture,
  refuses,
  type Fields,
  type Support,
} from '../../../http/openapi/parameter-support.js';

export function user(content: JsonObject[string]): Fields {
  return { messages: [{ role: 'user', content: content ?? null }] };
}

export const COUNT = user('Count to 100.');
export const STORY = user('Tell me a story.');

/** A question, the call that it led to, and what the tool said. */
function toolTalk(call: JsonObject, called: JsonObject): Fields {
  return {
    messages: [
      { role: 'user', content: 'What is the weather in Oslo?' },
      { role: 'assistant', content: null, tool_calls: [{ id: 'call_1', type: 'function', function: called, ...call }] },
      { role: 'tool', tool_call_id: 'call_1', content: 'rain' },
    ],
  };
}

const CALLED = { name: 'get_weather', arguments: '{"city":"Oslo"}' };
const TALK = toolTalk({}, CALLED);

function look(content: JsonObject[string]): Fields {
  return { ...user([{ type: 'text', text: 'Describe this image.' }, content ?? null]), model: 'starter-vision' };
}

const CIRCLE = look({ type: 'image_url', image_url: { url: picture('red circle') } });

/** `messages` of an example that asks {@link COUNT}, and all that is in them. */
export const MESSAGES: Readonly<Record<string, Support>> = {
  messages: honoured([differs(STORY), refuses({ messages: [] }), refuses({ messages: undefined })]),
  'messages[].role': honoured([
    differs({
      messages: [
        { role: 'assistant', content: 'Hello!' },
        { role: 'user', content: 'Count to 100.' },
      ],
    }),
    differs({
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Count to 100.' },
      ],
    }),
    refuses({ messages: [{ role: 'wizard', content: 'Hello!' }] }),
  ]),
  'messages[].content': honoured([differs(STORY), refuses(user(7))]),
  'messages[].content[].type': honoured([
    equals(user([{ type: 'text', text: 'Count to 100.' }])),
    refuses(user([{ type: 'input_audio', input_audio: { data: '', format: 'wav' } }])),
    refuses(user([{ type: 'file', file: { file_id: 'file-1' } }])),
  ]),
  'messages[].content[].text': honoured([differs(user([{ type: 'text', text: 'Tell me a story.' }]))]),
  'messages[].content[].image_url': honoured([
    differs(look({ type: 'image_url', image_url: { url: picture('blue square') } }), CIRCLE),
  ]),
  'messages[].tool_calls': honoured([
    differs(TALK),
    refuses({ messages: [{ role: 'assistant', content: '', tool_calls: 7 }] }),
  ]),
  'messages[].tool_calls[].id': honoured([refuses(toolTalk({ id: 7 }, CALLED))]),
  'messages[].tool_calls[].type': accepted([equals(toolTalk({ type: 'function' }, CALLED), TALK)], 'there is one type'),
  'messages[].tool_calls[].function': honoured([refuses(toolTalk({ function: 7 }, CALLED))]),
  'messages[].tool_calls[].function.name': honoured([
    differs(toolTalk({}, { ...CALLED, name: 'what_will_the_weather_be_like' }), TALK),
  ]),
  'messages[].tool_calls[].function.arguments': honoured([
    differs(toolTalk({}, { ...CALLED, arguments: '{"city":"Bergen"}' }), TALK),
  ]),
  'messages[].tool_call_id': honoured([
    refuses({
      messages: [
        { role: 'user', content: 'Hello!' },
        { role: 'tool', content: 'rain' },
      ],
    }),
  ]),
  'messages[].content[].image_url.detail': alwaysIgnored(
    'a picture is always read at the size that the model takes',
    look({ type: 'image_url', image_url: { url: picture('red circle'), detail: 'high' } }),
    CIRCLE,
  ),
  'messages[].name': alwaysIgnored('chat templates have no place for it', {
    messages: [{ role: 'user', content: 'Count to 100.', name: 'Ann' }],
  }),
  'messages[].refusal': alwaysIgnored('null in our answers', {
    messages: [{ role: 'user', content: 'Count to 100.', refusal: null }],
  }),
};
