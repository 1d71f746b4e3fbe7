import {
  accepted,
  at,
  differs,
  equals,
  gives,
  honoured,
  refuses,
  type Fields,
  type Support,
} from '../../../http/openapi/parameter-support.js';

/** How one route asks for a text, and where its answer has it. */
export interface TextRoute {
  /** Fields that ask for a story. */
  readonly story: Fields;
  /** Path of the first text, as in `choices.0.text`. */
  readonly text: string;
}

/** Fields that chat and text completions share, for an example that counts upwards from 1 with greedy decoding. */
export function samplingSupport({ story, text }: TextRoute): Readonly<Record<string, Support>> {
  const hot = { ...story, temperature: 2, seed: 1, max_tokens: 24 };
  const cold = { ...hot, temperature: 0 };
  const long = { ...hot, max_tokens: 40 };
  return {
    model: honoured([
      refuses({ model: 'no-such-model' }, 404),
      gives({}, (answer) => at(answer, 'model') === 'starter-chat'),
    ]),
    stream: honoured([
      gives(
        { stream: true },
        (answer) => answer.type === 'text/event-stream' && answer.text.endsWith('data: [DONE]\n\n'),
      ),
      refuses({ stream: 'perhaps' }),
    ]),
    stream_options: honoured([refuses({ stream: true, stream_options: 'all' })]),
    'stream_options.include_usage': honoured([
      differs({ stream: true, stream_options: { include_usage: true } }, { stream: true }),
    ]),
    max_tokens: honoured([
      gives({ max_tokens: 2 }, (answer) => at(answer, 'usage.completion_tokens') === 2),
      gives({ max_tokens: 2 }, (answer) => at(answer, 'choices.0.finish_reason') === 'length'),
    ]),
    temperature: honoured([differs(hot, cold)]),
    top_p: honoured([equals({ ...hot, top_p: 0 }, cold)], '0 leaves the likeliest token alone'),
    top_k: honoured([equals({ ...hot, top_k: 1 }, cold)]),
    min_p: honoured([equals({ ...hot, min_p: 1 }, cold)]),
    seed: honoured([equals(hot, hot), differs({ ...hot, seed: 2 }, hot)]),
    stop: honoured([
      gives({ stop: ['never', '4'] }, (answer) => /3\D*$/.test(String(at(answer, text)))),
      gives({ stop: '4' }, (answer) => at(answer, 'choices.0.finish_reason') === 'stop'),
      refuses({ stop: ['1', '2', '3', '4', '5'] }),
      refuses({ stop: '' }),
    ]),
    n: honoured([gives({ n: 2 }, (answer) => at(answer, 'choices.1.index') === 1)]),
    presence_penalty: honoured([differs({ ...long, presence_penalty: 2 }, long)]),
    frequency_penalty: honoured([differs({ ...long, frequency_penalty: 2 }, long)]),
    repeat_penalty: honoured([differs({ ...long, repeat_penalty: 2 }, long)]),
    user: accepted([equals({ user: 'user-42' })]),
    logit_bias: honoured(
      [
        differs({ logit_bias: { '300': 100 } }),
        refuses({ logit_bias: { '300': 101 } }),
        refuses({ logit_bias: { hello: 1 } }),
        refuses({ logit_bias: { '999999999': 1 } }),
      ],
      'a token that the model does not have is refused',
    ),
  };
}
