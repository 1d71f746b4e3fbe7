import {
  at,
  differs,
  equals,
  gives,
  honoured,
  refused,
  refuses,
  type Answer,
  type OperationSupport,
} from '../../../http/openapi/parameter-support.js';

const model = honoured([refuses({ model: 'no-such-model' }, 404), refuses({ model: 'starter-voice' })]);
const MESSAGES = [{ role: 'user', content: 'Hello!' }];
/** In place of `prompt`. */
const TALK = { prompt: undefined, messages: MESSAGES };
const SERVERS = { prompt: undefined, content: 'Once upon a time' };

function tokensOf(answer: Answer): readonly unknown[] {
  const tokens = at(answer, 'tokens');
  return Array.isArray(tokens) ? tokens : [];
}

export const TOKENIZE: OperationSupport = {
  example: { model: 'starter-chat', prompt: 'Once upon a time' },
  parameters: {
    model,
    prompt: honoured([differs({ prompt: 'Once more' }), refuses({ prompt: undefined })]),
    content: honoured([equals({ ...SERVERS, add_special: true })]),
    messages: {
      ...honoured([gives(TALK, (answer) => tokensOf(answer).length > 1), refuses({ ...TALK, messages: [] })]),
      fieldsAsIn: 'createChatCompletion',
    },
    add_special_tokens: honoured([
      equals({ add_special_tokens: true }),
      differs({ prompt: '<|im_end|>', add_special_tokens: false }, { prompt: '<|im_end|>' }),
    ]),
    add_special: honoured([equals({ ...SERVERS, add_special: false }, SERVERS)]),
    parse_special: refused([
      equals({ ...SERVERS, parse_special: false }, SERVERS),
      refuses({ ...SERVERS, add_special: false, parse_special: true }),
    ]),
    return_token_strs: honoured([
      gives({ return_token_strs: true }, (answer) => typeof at(answer, 'token_strs.0') === 'string'),
    ]),
    with_pieces: honoured([
      gives({ ...SERVERS, with_pieces: true }, (answer) => typeof at(answer, 'tokens.0.piece') === 'string'),
    ]),
    tools: refused([
      equals({ ...TALK, tools: [] }, TALK),
      refuses({ ...TALK, tools: [{ type: 'function', function: { name: 'get_weather' } }] }),
    ]),
    add_generation_prompt: refused([
      equals({ ...TALK, add_generation_prompt: true }, TALK),
      refuses({ ...TALK, add_generation_prompt: false }),
    ]),
    continue_final_message: refused([
      equals({ ...TALK, continue_final_message: false }, TALK),
      refuses({ ...TALK, continue_final_message: true }),
    ]),
    chat_template: refused([equals({ chat_template: null }), refuses({ ...TALK, chat_template: '{{ messages }}' })]),
  },
};

export const DETOKENIZE: OperationSupport = {
  example: { model: 'starter-chat', tokens: [300, 301] },
  parameters: {
    model,
    tokens: honoured([
      differs({ tokens: [302] }),
      refuses({ tokens: [-1] }),
      refuses({ tokens: [999_999_999] }),
      refuses({ tokens: 'Once' }),
    ]),
  },
};
