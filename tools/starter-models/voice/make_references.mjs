/**
 * Lets the `espeak-ng` program say the evaluation sentences and keeps what evaluate.mjs compares with. Run once; the
 * result is committed, so that evaluating needs no espeak.
 *
 *   node voice/make_references.mjs [folder of 00.wav, 01.wav ... from `python3 -m voice.copy_synthesis`]
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { melCepstralDistortion } from './distortion.mjs';
import { melCepstra } from './mel_cepstra.mjs';
import { pack, readSentences, REFERENCES } from './references.mjs';
import { readWav } from './wav.mjs';

const VOICE = 'en-us'; // and WORDS_A_MINUTE: as in settings.py
const OTHER_ACCENT = 'en-gb';
const WORDS_A_MINUTE = '160';
const NO_PAUSE_AT_END = '-z';

const [copies] = process.argv.slice(2);
const texts = readSentences();
const spoken = texts.map((text) => listen(espeak(text, VOICE)));
const others = texts.map((text) => listen(espeak(text, OTHER_ACCENT)));
const anchors = {
  "espeak-ng's British accent": meanDistortion(others),
  'espeak-ng saying another sentence': meanDistortion([...spoken.slice(1), spoken[0]]),
};
if (copies) {
  const copied = texts.map((_, index) =>
    listen(readFileSync(path.join(copies, `${String(index).padStart(2, '0')}.wav`))),
  );
  anchors['espeak-ng copied through this vocoder'] = meanDistortion(copied);
}
const sentences = spoken.map(({ seconds, cepstra }, i) => ({ text: texts[i], seconds, cepstra: pack(cepstra) }));
writeFileSync(REFERENCES, JSON.stringify({ anchors, sentences }) + '\n');
console.log(anchors);

function espeak(text, voice) {
  return execFileSync('espeak-ng', ['-v', voice, '-s', WORDS_A_MINUTE, NO_PAUSE_AT_END, '--stdout', text], {
    maxBuffer: 1 << 26,
  });
}

function listen(wav) {
  const { samples, sampleRate } = readWav(wav);
  return { seconds: samples.length / sampleRate, cepstra: melCepstra(samples, sampleRate) };
}

function meanDistortion(heard) {
  const each = heard.map(({ cepstra }, index) => melCepstralDistortion(cepstra, spoken[index].cepstra));
  return each.reduce((sum, value) => sum + value, 0) / each.length;
}
