import {
  at,
  differs,
  elsewhere,
  equals,
  gives,
  honoured,
  picture,
  refuses,
  type DialectSupport,
} from '../../http/openapi/parameter-support.js';

const HELLO = picture('printed HELLO');
const WORLD = picture('printed WORLD');

const model = honoured([refuses({ model: 'no-such-model' }, 404)]);

const HINT = 'an OCR model reads all that its dictionary has, whatever the hint';

const language = honoured(
  [
    gives({ language: 'English' }, (answer) => at(answer, 'language') === 'English'),
    elsewhere('test/contract/chatvlm-ocr.test.ts'),
  ],
  HINT,
);

export const COMPATIBILITY: DialectSupport = {
  operations: {
    readText: {
      example: { file: HELLO, model: 'starter-ocr' },
      parameters: {
        file: honoured([differs({ file: WORLD })], 'JPEG, PNG, BMP or TIFF by its content, at most 10 MB'),
        model: honoured([refuses({ model: 'no-such-model' }, 404), refuses({ model: 'starter-chat' })]),
        language,
        details: honoured([
          gives({ details: 'true' }, (answer) => Array.isArray(at(answer, 'pages'))),
          gives({ details: 'false' }, (answer) => at(answer, 'pages') === undefined),
        ]),
      },
    },
    chatAboutPicture: {
      example: { file: picture('red circle'), model: 'starter-vision', temperature: 0, max_tokens: 12 },
      parameters: {
        file: honoured(
          [differs({ file: picture('blue square') })],
          'JPEG, PNG, BMP or TIFF by its content, at most 10 MB',
        ),
        prompt: honoured([
          differs({ prompt: 'What colour is the background?' }),
          equals({ prompt: 'Describe this image' }),
        ]),
        model,
        temperature: honoured([elsewhere('test/unit/transformers-sampling.test.ts')]),
        max_tokens: honoured([
          gives(
            { max_tokens: 1 },
            (short, plain) => String(at(short, 'response')).length < String(at(plain, 'response')).length,
          ),
        ]),
      },
    },
    unloadModel: {
      example: { model_name: 'starter-vision' },
      parameters: {
        model_name: honoured(
          [refuses({ model_name: 'no-such-model' }, 404), elsewhere('test/e2e/lifecycle.test.ts')],
          "the model's id",
        ),
      },
    },
    readTexts: {
      example: { files: HELLO, model: 'starter-ocr' },
      parameters: {
        files: honoured([differs({ files: WORLD })], '1 to 10 files, each as for `/ocr`; a bad one fails no other'),
        model,
        language: honoured([equals({ language: 'English' })], HINT),
      },
    },
  },
  missing: {},
};
