import {
  accepted,
  at,
  differs,
  elsewhere,
  equals,
  gives,
  honoured,
  ignored,
  picture,
  refused,
  refuses,
  type Answer,
  type OperationSupport,
  type Support,
} from '../../../http/openapi/parameter-support.js';

function dataAt(answer: Answer): Buffer {
  return Buffer.from(String(at(answer, 'data.0.b64_json')), 'base64');
}

/** Width of the PNG that came. */
function widthOf(answer: Answer): number {
  return dataAt(answer).readUInt32BE(16);
}

const DRAWING: Readonly<Record<string, Support>> = {
  model: honoured([refuses({ model: 'no-such-model' }, 404), refuses({ model: 'starter-chat' })]),
  prompt: honoured([differs({ prompt: 'a green square on a yellow background' })]),
  n: honoured([gives({ n: 2 }, (answer) => at(answer, 'data.1') !== undefined)]),
  size: honoured([
    gives({ size: '72x64' }, (answer) => widthOf(answer) === 72),
    refuses({ size: '100x100' }),
    refuses({ size: 'large' }),
  ]),
  response_format: honoured([
    gives({ response_format: 'url' }, (answer) => typeof at(answer, 'data.0.url') === 'string'),
  ]),
  output_format: honoured([
    gives({ output_format: 'jpeg' }, (answer) => dataAt(answer).readUInt16BE() === 0xffd8),
    gives({ output_format: 'webp' }, (answer) => dataAt(answer).toString('latin1', 8, 12) === 'WEBP'),
  ]),
  output_compression: honoured(
    [
      differs({ output_format: 'jpeg', output_compression: 5 }, { output_format: 'jpeg', output_compression: 95 }),
      refuses({ output_format: 'png', output_compression: 50 }),
    ],
    'refused for PNG',
  ),
  seed: honoured([equals({ seed: 5 }, { seed: 5 }), differs({ seed: 5 })]),
  steps: honoured([differs({ steps: 3 })]),
  guidance_scale: honoured([differs({ guidance_scale: 1 }, { guidance_scale: 6 })]),
  negative_prompt: honoured([
    differs({ guidance_scale: 6, negative_prompt: 'red' }, { guidance_scale: 6, negative_prompt: 'green' }),
  ]),
  preview_every: honoured([elsewhere('test/contract/images-jobs.test.ts')]),
  quality: refused([equals({ quality: 'standard' }), refuses({ quality: 'hd' })]),
  style: refused([equals({ style: null }), refuses({ style: 'vivid' })]),
  background: refused([equals({ background: 'opaque' }), refuses({ background: 'transparent' })]),
  stream: refused([equals({ stream: false }), refuses({ stream: true })]),
  user: accepted([equals({ user: 'user-42' })]),
  partial_images: ignored('pictures of a stream, which is refused', { partial_images: 2 }),
};

const BASE = {
  model: 'starter-image',
  prompt: 'a red circle on a blue background',
  size: '64x64',
  steps: 2,
  seed: 1,
  response_format: 'b64_json',
};

export const GENERATIONS: OperationSupport = {
  example: BASE,
  parameters: { ...DRAWING, moderation: ignored('no prompt is judged', { moderation: 'low' }) },
};

export const EDITS: OperationSupport = {
  example: { ...BASE, image: picture('red circle') },
  parameters: {
    ...DRAWING,
    image: honoured(
      [differs({ image: picture('blue square') }), refuses({ image: [picture('red circle'), picture('blue square')] })],
      'one picture, several are refused',
    ),
    mask: honoured([elsewhere('test/contract/images-edits.test.ts')]),
    input_fidelity: ignored('`strength` says how near to the picture the new one stays', { input_fidelity: 'low' }),
    strength: honoured([differs({ strength: 1 }, { strength: 0.5 }), refuses({ strength: 0 })]),
  },
};
