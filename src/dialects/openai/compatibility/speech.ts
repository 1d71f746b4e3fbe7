import {
  elsewhere,
  gives,
  honoured,
  refused,
  refuses,
  type Answer,
  type OperationSupport,
} from '../../../http/openapi/parameter-support.js';

function isOfType(type: string): (answer: Answer) => boolean {
  return (answer) => answer.type === type && answer.bytes.length > 0;
}

export const SPEECH: OperationSupport = {
  example: { model: 'starter-voice', input: 'Hi.', response_format: 'pcm' },
  parameters: {
    model: honoured([refuses({ model: 'no-such-model' }, 404), refuses({ model: 'starter-chat' })]),
    input: honoured([
      gives({ input: 'Hello there, and welcome.' }, (longer, plain) => longer.bytes.length > plain.bytes.length),
    ]),
    voice: honoured([
      gives({ voice: 'alloy' }, ({ headers }) => headers.has('x-voice')),
      refuses({ voice: 'no-such-voice' }),
      elsewhere('test/contract/speech-openai.test.ts'),
    ]),
    response_format: honoured(
      [
        gives({ response_format: 'wav' }, isOfType('audio/wav')),
        gives({ response_format: 'flac' }, isOfType('audio/flac')),
        gives({ response_format: 'opus' }, isOfType('audio/ogg')),
        gives({ response_format: 'pcm' }, isOfType('audio/pcm')),
        gives({ response_format: undefined }, isOfType('audio/mpeg')),
        refuses({ response_format: 'aac' }),
      ],
      '`aac` is refused',
    ),
    speed: honoured([gives({ speed: 4 }, (fast, plain) => fast.bytes.length < plain.bytes.length)]),
    instructions: refused([refuses({ instructions: 'Whisper.' })]),
    stream_format: refused([
      gives({ stream_format: 'audio' }, isOfType('audio/pcm')),
      refuses({ stream_format: 'sse' }),
    ]),
  },
};
