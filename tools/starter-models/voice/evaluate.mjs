/** Measures the exported voice against espeak-ng's own rendering of sentences that it never learned from. */
import { fileURLToPath } from 'node:url';

import { melCepstralDistortion } from './distortion.mjs';
import { melCepstra } from './mel_cepstra.mjs';
import { readReferences } from './references.mjs';
import { loadVoice } from './voice.mjs';

const MODEL = 'starter-voice';
const FILE = fileURLToPath(new URL(`../../../models/starter/${MODEL}/${MODEL}.onnx`, import.meta.url));
const LONG_TEXT_SENTENCES = 25; // about a minute

export async function evaluate() {
  const voice = await loadVoice(FILE);
  const { anchors, sentences } = readReferences();
  const spoken = await speakAll(voice, sentences);
  const distortions = spoken.map(({ cepstra }, i) => melCepstralDistortion(cepstra, sentences[i].cepstra));
  const deviations = spoken.map(({ seconds }, i) => 100 * Math.abs(seconds / sentences[i].seconds - 1));
  const otherAccent = anchors["espeak-ng's British accent"];
  return [
    row('mel-cepstral distortion to espeak-ng, mean', mean(distortions), 'dB', { below: otherAccent }),
    row('mel-cepstral distortion, worst sentence', Math.max(...distortions), 'dB'),
    ...Object.entries(anchors).map(([name, value]) => row(`for comparison: ${name}`, value, 'dB')),
    row('duration off espeak-ng, mean', mean(deviations), '%', { below: 15 }),
    row('duration off espeak-ng, worst sentence', Math.max(...deviations), '%', { below: 15 }),
    row('highest peak', Math.max(...spoken.map(({ samples }) => peak(samples))), 'of full scale', { below: 1 }),
    row('time to speak a second, one thread', mean(spoken.map(({ cost, seconds }) => cost / seconds)), 's', {
      below: 1,
    }),
    ...(await robustness(voice, sentences)),
  ];
}

async function speakAll(voice, sentences) {
  await voice.speak(sentences[0].text); // the first run is slower
  const spoken = [];
  for (const { text } of sentences) {
    const started = performance.now();
    const samples = await voice.speak(text);
    const cost = (performance.now() - started) / 1000;
    const seconds = samples.length / voice.sampleRate;
    spoken.push({ samples, seconds, cost, cepstra: melCepstra(samples, voice.sampleRate) });
  }
  return spoken;
}

/** What a service may ask of the voice beyond plain sentences. */
async function robustness(voice, sentences) {
  const [{ text }] = sentences;
  const still = { noise_scale: 0, length_scale: 1, noise_w: 0 };
  const [once, again] = [await voice.speak(text, still), await voice.speak(text, still)];
  const slow = await voice.speak(text, { ...still, length_scale: 2 });
  const long = await voice.speak(
    sentences
      .slice(0, LONG_TEXT_SENTENCES)
      .map((entry) => entry.text)
      .join(' '),
  );
  const odd = await Promise.all(['.', '', 'a', '?!', '日本'].map((short) => voice.speak(short)));
  const same = once.length === again.length && once.every((value, i) => value === again[i]);
  return [
    row('same text twice without noise: equal samples', Number(same), 'yes = 1', { atLeast: 1 }),
    row('length at length_scale 2', slow.length / once.length, 'times', { atLeast: 1.9 }),
    row('seconds of one long text, all finite', finite(long) ? long.length / voice.sampleRate : 0, 's', {
      atLeast: 55,
    }),
    row('odd texts (".", "", "a", "?!", "日本") spoken', odd.filter(finite).length, 'of 5', { atLeast: 5 }),
  ];
}

function row(measure, value, unit, { below, atLeast } = {}) {
  const goal = below ?? atLeast ?? null;
  const met = goal === null ? null : below === undefined ? value >= atLeast : value < below;
  return { model: MODEL, measure, value, unit, goal, met };
}

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
const peak = (samples) => samples.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
const finite = (samples) => samples.length > 0 && samples.every(Number.isFinite);

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  console.table((await evaluate()).map((entry) => ({ ...entry, value: Number(entry.value.toPrecision(3)) })));
}
