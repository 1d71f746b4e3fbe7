import {
  at,
  differs,
  elsewhere,
  gives,
  honoured,
  refuses,
  type DialectSupport,
  type OperationSupport,
} from '../../http/openapi/parameter-support.js';

const removal: OperationSupport = {
  example: { model: 'starter-chat' },
  parameters: {
    model: honoured([
      refuses({ model: 'no-such-model' }, 404),
      elsewhere('test/contract/rkllama-files-removal.test.ts'),
    ]),
  },
};

export const COMPATIBILITY: DialectSupport = {
  operations: {
    loadModel: {
      example: { model_name: 'starter-chat' },
      parameters: {
        model_name: honoured([refuses({ model_name: 'no-such-model' }), elsewhere('test/contract/rkllama.test.ts')]),
      },
    },
    pullModel: {
      example: { model: 'hf/nobody/nothing/nothing.gguf' },
      parameters: { model: honoured([refuses({ model: 'no-such-model' }), elsewhere('test/e2e/pull.test.ts')]) },
    },
    removeModel: removal,
    removeModelByDelete: removal,
    generate: {
      before: [{ operation: 'loadModel', fields: { model_name: 'starter-chat' } }],
      example: { messages: 'What is the capital of France?', stream: false },
      parameters: {
        messages: honoured([
          differs({ messages: 'What is the capital of Italy?' }),
          differs({ messages: [{ role: 'user', content: 'What is the capital of Italy?' }] }),
          refuses({ messages: [] }),
        ]),
        'messages[].role': honoured([refuses({ messages: [{ role: 'wizard', content: 'Hello!' }] })]),
        'messages[].content': honoured([refuses({ messages: [{ role: 'user', content: 7 }] })]),
        stream: honoured([
          gives({ stream: true }, ({ type }) => type === 'application/x-ndjson'),
          gives({ stream: false }, (answer) => at(answer, 'choices.0.finish_reason') === 'stop'),
        ]),
      },
    },
  },
  missing: {},
};
