import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { onnx, TYPES, type Graph, type Node, type Port } from './transformers-onnx.js';

/** A folder with these files, gone when the test ends. Objects are written as JSON. */
export function voiceFolder(files: Readonly<Record<string, Buffer | object>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'parley-voice-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), Buffer.isBuffer(content) ? content : JSON.stringify(content));
  }
  return folder;
}

/** A model whose sound is what it was given, one input after the other, as numbers. */
function echo(inputs: readonly Port[], heard: readonly string[], output: Port): Buffer {
  const flat = heard.flatMap((name): Node[] => {
    const port = inputs.find((input) => input.name === name);
    const cast = { op: 'Cast', inputs: [name], outputs: [`${name}_cast`], attributes: { to: TYPES.float } };
    const source = port?.type === 'int64' ? `${name}_cast` : name;
    const reshape = { op: 'Reshape', inputs: [source, 'flat'], outputs: [`${name}_flat`] };
    return port?.type === 'int64' ? [cast, reshape] : [reshape];
  });
  const graph: Graph = {
    inputs,
    outputs: [output],
    nodes: [
      ...flat,
      { op: 'Concat', inputs: heard.map((name) => `${name}_flat`), outputs: ['all'], attributes: { axis: 0 } },
      { op: 'Reshape', inputs: ['all', 'shape'], outputs: [output.name] },
    ],
    constants: [
      { name: 'flat', dims: [1], data: BigInt64Array.of(-1n) },
      { name: 'shape', dims: [output.dims.length], data: BigInt64Array.from(output.dims, (_, i) => (i === output.dims.length - 1 ? -1n : 1n)) }, // prettier-ignore
    ],
  };
  return onnx(graph);
}

const IDS: Port = { name: 'input', type: 'int64', dims: [1, 'phonemes'] };
const PIPER: readonly Port[] = [
  IDS,
  { name: 'input_lengths', type: 'int64', dims: [1] },
  { name: 'scales', type: 'float', dims: [3] },
];
const SID: Port = { name: 'sid', type: 'int64', dims: [1] };

/** Sounds as its numbers of phonemes, then noise_scale, length_scale and noise_w, then the speaker. */
export const PIPER_ECHO = echo(PIPER, ['input', 'scales'], { name: 'output', type: 'float', dims: [1, 1, 1, 'time'] });
export const SPEAKERS_ECHO = echo([...PIPER, SID], ['input', 'scales', 'sid'], {
  name: 'output',
  type: 'float',
  dims: [1, 1, 1, 'time'],
});
/** Sounds as its numbers of phonemes, its style and its speed. */
export const KOKORO_ECHO = echo(
  [
    { name: 'input_ids', type: 'int64', dims: [1, 'tokens'] },
    { name: 'style', type: 'float', dims: [1, 256] },
    { name: 'speed', type: 'float', dims: [1] },
  ],
  ['input_ids', 'style', 'speed'],
  { name: 'waveform', type: 'float', dims: [1, 'time'] },
);
/** Sounds as its numbers of letters. */
export const VITS_ECHO = echo(
  [
    { name: 'input_ids', type: 'int64', dims: [1, 'letters'] },
    { name: 'attention_mask', type: 'int64', dims: [1, 'letters'] },
  ],
  ['input_ids'],
  { name: 'waveform', type: 'float', dims: [1, 'time'] },
);

/** The phonemes of espeak-ng that the tests hear of; each has the number of its code point. */
const SYMBOLS = [...' ,.!?;:abdefhijklmnoprstuvwzæðŋɐɑɔəɚɛɜɡɪɹʃʊʌʒʁθˈˌː\u0303'];
export const PHONEME_IDS: Readonly<Record<string, readonly number[]>> = {
  _: [0],
  '^': [1],
  $: [2],
  ...Object.fromEntries(SYMBOLS.map((symbol) => [symbol, [symbol.codePointAt(0) ?? 0]])),
};

export function piperSettings(voice: string, more: object = {}): object {
  return {
    audio: { sample_rate: 16_000 },
    espeak: { voice },
    phoneme_type: 'espeak',
    phoneme_id_map: PHONEME_IDS,
    inference: { noise_scale: 0, length_scale: 1.5, noise_w: 0 },
    num_speakers: 1,
    language: { code: voice },
    ...more,
  };
}

/** The phonemes that an echo was given, without pads. */
export function heard(sound: Float32Array): string {
  const end = sound.indexOf(2);
  return [...sound.subarray(1, end)].filter((id) => id > 2).map((id) => String.fromCodePoint(id)).join(''); // prettier-ignore
}
