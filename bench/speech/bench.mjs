// How fast texts are read aloud through the service: seconds of work for a second of sound, and how soon the first sound
// comes for a short text and a long one; espeak-ng beside it, which is no neural voice, as a yardstick for time.
//   npm run bench:speech [-- --model starter-voice]
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startService } from '../service.mjs';

const { values: options } = parseArgs({ options: { model: { type: 'string', default: 'starter-voice' } } });
const SENTENCES = [
  'The morning train to the coast was late again.',
  'A cold wind blew over the old bridge and the river was slow and dark.',
  'She bought two apples, a loaf of bread and a small bottle of milk.',
  'Nobody knew who had left the letter on the table.',
  'In the evening the children played in the garden until it was dark.',
];
const SENTENCES_LONG = 30;
const RUNS = 7;
const RATE = 22_050;
const dataDir = mkdtempSync(join(tmpdir(), 'parley-bench-'));

/** Seconds to the first byte, to the last, and of sound. */
async function speak(url, input, format = 'wav') {
  const began = performance.now();
  const answer = await fetch(`${url}/v1/audio/speech`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ input, response_format: format }),
  });
  if (answer.status !== 200) throw new Error(`speech answered ${answer.status}: ${await answer.text()}`);
  let first = 0;
  let bytes = 0;
  for await (const chunk of answer.body) {
    first ||= performance.now() - began;
    bytes += chunk.length;
  }
  return { first: first / 1000, all: (performance.now() - began) / 1000, sound: (bytes - 44) / 2 / RATE };
}

function espeak(text) {
  if (spawnSync('espeak-ng', ['--version']).error !== undefined) return null;
  const began = performance.now();
  const { stdout } = spawnSync('espeak-ng', ['--stdout'], { input: text, maxBuffer: 1024 ** 3 });
  return { all: (performance.now() - began) / 1000, sound: (stdout.length - 44) / 2 / RATE };
}

const median = (values) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
const round = (value) => Number(value.toFixed(3));
const textOf = (count) => Array.from({ length: count }, (_, at) => SENTENCES[at % SENTENCES.length]).join(' ');

const { service, url } = await startService(dataDir, {
  PRELOAD_MODELS: options.model,
  DEFAULT_SPEECH_MODEL: options.model,
});
try {
  await speak(url, textOf(2)); // warms the model up
  const rows = [];
  for (const count of [1, SENTENCES_LONG]) {
    const runs = [];
    for (let run = 0; run < RUNS; run++) runs.push(await speak(url, textOf(count)));
    rows.push({
      sentences: count,
      'first byte s': round(median(runs.map(({ first }) => first))),
      'real-time factor': round(median(runs.map(({ all, sound }) => all / sound))),
      'seconds of sound': round(runs[0].sound),
    });
  }
  console.table(rows);
  const formats = [];
  for (const format of ['wav', 'flac', 'mp3', 'opus', 'pcm']) {
    await speak(url, textOf(1), format);
    formats.push({ format, 'seconds for 30 sentences': round((await speak(url, textOf(SENTENCES_LONG), format)).all) });
  }
  console.table(formats);
  const yardstick = espeak(textOf(SENTENCES_LONG));
  if (yardstick === null) console.log('espeak-ng is not installed: apt-get install espeak-ng');
  else console.log(`espeak-ng: real-time factor ${round(yardstick.all / yardstick.sound)}`);
} finally {
  service.kill('SIGTERM');
  rmSync(dataDir, { recursive: true, force: true });
}
