import {
  at,
  equals,
  gives,
  honoured,
  differs,
  refused,
  refuses,
  type OperationSupport,
} from '../../../http/openapi/parameter-support.js';
import { samplingSupport } from './sampling.js';

const TEXT = 'choices.0.text';
const PROMPT = '1, 2, 3,';

export const COMPLETIONS: OperationSupport = {
  example: { model: 'starter-chat', prompt: 'Count to 100. 1, 2, ', temperature: 0, max_tokens: 12 },
  parameters: {
    ...samplingSupport({ story: { prompt: 'Once upon a time' }, text: TEXT }),
    prompt: honoured(
      [
        differs({ prompt: 'Once upon a time' }),
        gives({ prompt: [PROMPT, 'Once upon a time'] }, (answer) => at(answer, 'choices.1.index') === 1),
        refuses({ prompt: [1, 2, 3] }),
        refuses({ prompt: '' }),
      ],
      'token ids are refused',
    ),
    echo: honoured([gives({ prompt: PROMPT, echo: true }, (answer) => String(at(answer, TEXT)).startsWith(PROMPT))]),
    suffix: refused([equals({ suffix: '' }), refuses({ suffix: 'The end.' })]),
    logprobs: honoured([
      gives(
        { logprobs: 2, max_tokens: 1 },
        (answer) => typeof at(answer, 'choices.0.logprobs.token_logprobs.0') === 'number',
      ),
      refuses({ logprobs: 1, echo: true }),
    ]),
    best_of: refused([equals({ best_of: 1 }), refuses({ best_of: 2 })]),
  },
};
