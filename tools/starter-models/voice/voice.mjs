/** Runs a Piper voice of phoneme type `text` with onnxruntime-node. */
import { readFileSync } from 'node:fs';

import * as ort from 'onnxruntime-node';

/** @param {string} file the voice's .onnx; its .onnx.json lies beside it */
export async function loadVoice(file, threads = 1) {
  const config = JSON.parse(readFileSync(`${file}.json`, 'utf8'));
  const session = await ort.InferenceSession.create(file, { intraOpNumThreads: threads });
  return new Voice(session, config);
}

class Voice {
  constructor(session, config) {
    this.session = session;
    this.sampleRate = config.audio.sample_rate;
    this.symbols = config.phoneme_id_map;
    this.scales = config.inference;
  }

  /** @returns {Promise<Float32Array>} samples between -1 and 1 */
  async speak(text, { noise_scale, length_scale, noise_w } = this.scales) {
    const ids = this.#ids(text);
    const { output } = await this.session.run({
      input: new ort.Tensor('int64', BigInt64Array.from(ids, BigInt), [1, ids.length]),
      input_lengths: new ort.Tensor('int64', [BigInt(ids.length)], [1]),
      scales: new ort.Tensor('float32', [noise_scale, length_scale, noise_w], [3]),
    });
    return output.data;
  }

  /** `^ _ c _ c _ ... $`; characters that the voice does not know are skipped. */
  #ids(text) {
    const known = [...text.toLowerCase().normalize('NFD')].filter((character) => character in this.symbols);
    return ['^', '_', ...known.flatMap((character) => [character, '_']), '$'].flatMap((symbol) => this.symbols[symbol]);
  }
}
