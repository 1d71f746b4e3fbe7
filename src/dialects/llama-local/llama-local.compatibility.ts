import {
  at,
  differs,
  equals,
  gives,
  honoured,
  type Answer,
  type DialectSupport,
} from '../../http/openapi/parameter-support.js';

const STORY = 'Tell me a story.';
const HOT = { prompt: STORY, temperature: 2, max_tokens: 40 };
const COLD = { ...HOT, temperature: 0 };

function lengthOf(answer: Answer): number {
  return String(at(answer, 'text')).length;
}

export const COMPATIBILITY: DialectSupport = {
  operations: {
    generate: {
      example: { prompt: 'Count to 100.', temperature: 0, max_tokens: 24, repeat_penalty: 1, stream: false },
      parameters: {
        prompt: honoured([differs({ prompt: STORY })]),
        temperature: honoured([differs(HOT, COLD), equals(COLD, COLD)]),
        max_tokens: honoured([gives({ max_tokens: 2 }, (short, plain) => lengthOf(short) < lengthOf(plain))]),
        top_p: honoured([equals({ ...HOT, top_p: 0 }, COLD)], '0 leaves the likeliest token alone'),
        top_k: honoured([equals({ ...HOT, top_k: 1 }, COLD)]),
        repeat_penalty: honoured([differs({ repeat_penalty: 2 })]),
        stream: honoured([
          gives(
            { stream: true },
            ({ type, text }) => type === 'text/event-stream' && text.endsWith('data: [DONE]\n\n'),
          ),
          gives({ stream: undefined }, ({ type }) => type === 'text/event-stream'),
        ]),
      },
    },
  },
  missing: {},
};
