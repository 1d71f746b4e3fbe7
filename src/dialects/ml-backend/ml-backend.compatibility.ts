import {
  at,
  elsewhere,
  gives,
  honoured,
  picture,
  refuses,
  type Answer,
  type DialectSupport,
  type Fields,
  type OperationSupport,
  type Proof,
  type Support,
} from '../../http/openapi/parameter-support.js';

const CHAT = 'starter-chat';
const CONVERSATION = 'test/contract/ml-backend-chat.test.ts';

const UNKNOWN = refuses({ model_name: 'no-such-model' }, 404);

function named(...proofs: Support['proofs']): Support {
  return honoured([UNKNOWN, ...proofs]);
}

/** Loading and removing would disturb every other proof: their own tests do it. */
function ofTheModel(test: string): OperationSupport {
  return { example: { model_name: CHAT }, parameters: { model_name: named(elsewhere(test)) } };
}

function says(to: Fields, word: RegExp): Proof {
  return gives(to, ({ text }) => word.test(text));
}

/** Width of a PNG in pixels. */
function widthOf({ bytes }: Answer): number {
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(16);
}

const maxNewTokens = honoured([
  gives({ max_new_tokens: 1 }, (one, plain) => one.text.length > 0 && one.text.length < plain.text.length),
]);

export const COMPATIBILITY: DialectSupport = {
  operations: {
    launchModel: {
      example: { model_name: CHAT },
      parameters: {
        model_name: named(elsewhere('test/e2e/lifecycle.test.ts')),
        n_ctx: honoured([elsewhere('test/e2e/lifecycle.test.ts')]),
      },
    },
    launchHeavyModel: ofTheModel('test/contract/ml-backend-modes.test.ts'),
    killModel: ofTheModel('test/e2e/lifecycle.test.ts'),
    deleteModel: ofTheModel('test/contract/ml-backend.test.ts'),
    isModelHeavy: {
      example: { model_name: CHAT },
      parameters: { model_name: named(gives({}, (answer) => at(answer, 'is_heavy') === false)) },
    },
    generateFromText: {
      example: { model_name: CHAT, prompt: 'Count to 100.', max_new_tokens: 24 },
      parameters: {
        model_name: named(),
        prompt: honoured([
          says({ prompt: 'What is the capital of France?' }, /Paris/),
          says({ prompt: 'What is the capital of Italy?' }, /Rome/),
        ]),
        max_new_tokens: maxNewTokens,
      },
    },
    clearChat: ofTheModel(CONVERSATION),
    addSystemPrompt: {
      example: { model_name: CHAT, system_prompt: 'Be brief.' },
      parameters: { model_name: named(), system_prompt: honoured([elsewhere(CONVERSATION)]) },
    },
    generateFromImageText: {
      example: {
        model_name: 'starter-vision',
        prompt: 'Describe this image.',
        max_new_tokens: 12,
        image_files: picture('red circle'),
      },
      parameters: {
        model_name: named(),
        prompt: honoured([says({ prompt: 'What colour is the background?' }, /^\W*blue/i)]),
        max_new_tokens: maxNewTokens,
        image_files: honoured([says({}, /circle/), says({ image_files: picture('blue square') }, /square/)]),
        image_links: honoured([elsewhere('test/contract/pictures-in-chats.test.ts')]),
      },
    },
    generateImageFromText: {
      example: { model_name: 'starter-image', prompt: 'a red circle on a blue background', image_size: 64 },
      parameters: {
        model_name: named(),
        prompt: honoured([elsewhere('test/contract/images-imagefromtext.test.ts')]),
        image_size: honoured([
          gives({ image_size: 72 }, (answer) => widthOf(answer) === 72),
          refuses({ image_size: 100 }),
        ]),
      },
    },
    generateTextToSpeech: {
      example: { model_name: 'starter-voice', prompt: 'Hi.' },
      parameters: {
        model_name: named(),
        prompt: honoured([
          gives({ prompt: 'Hello there, and welcome.' }, (longer, plain) => longer.bytes.length > plain.bytes.length),
          refuses({ prompt: '' }),
        ]),
      },
    },
  },
  missing: {},
};
