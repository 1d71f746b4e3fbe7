/** Mel cepstra of a sound, for comparing how two sounds are articulated: pitch and loudness are left out. */

export const COEFFICIENTS = 13;
export const FRAME_SECONDS = 0.0125;

const WINDOW_SECONDS = 0.025;
const FOURIER_SIZE = 1024;
const BANDS = 40;
const HIGHEST_HERTZ = 8000;
const AMPLITUDE_FLOOR = 1e-4; // of a band: what is quieter counts as silence
const SPEECH_BELOW_LOUDEST = 50; // dB: frames quieter than this are pauses

/**
 * @param {Float32Array} samples between -1 and 1
 * @returns {Float64Array[]} for each frame that is not a pause, coefficients 1 to COEFFICIENTS
 */
export function melCepstra(samples, sampleRate) {
  const filters = melFilters(sampleRate);
  const window = hann(Math.round(WINDOW_SECONDS * sampleRate));
  const step = FRAME_SECONDS * sampleRate;
  const frames = [];
  for (let start = 0; start + window.length <= samples.length; start += step) {
    const amplitudes = amplitudeSpectrum(samples, Math.round(start), window);
    const bands = filters.map((filter) => Math.max(weightedSum(filter, amplitudes), AMPLITUDE_FLOOR));
    frames.push({ loudness: 20 * Math.log10(Math.hypot(...bands)), cepstrum: cepstrumOf(bands) });
  }
  const loudest = frames.reduce((most, frame) => Math.max(most, frame.loudness), -Infinity);
  return frames.filter((frame) => frame.loudness > loudest - SPEECH_BELOW_LOUDEST).map((frame) => frame.cepstrum);
}

/** `log A(f) = c0 + sum of c[k] cos(k f)`, as SPTK scales it; c0, the loudness, is left out. */
function cepstrumOf(bands) {
  const logs = bands.map(Math.log);
  return Float64Array.from({ length: COEFFICIENTS }, (_, index) => {
    const turn = (Math.PI * (index + 1)) / BANDS;
    return (2 / BANDS) * logs.reduce((sum, log, band) => sum + log * Math.cos(turn * (band + 0.5)), 0);
  });
}

function hann(length) {
  return Float64Array.from({ length }, (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * (i + 0.5)) / length));
}

/** Triangles equally wide in mel, each adding up to one. */
function melFilters(sampleRate) {
  const mel = (hertz) => 2595 * Math.log10(1 + hertz / 700);
  const hertz = (m) => 700 * (10 ** (m / 2595) - 1);
  const edges = Array.from({ length: BANDS + 2 }, (_, i) => hertz((mel(HIGHEST_HERTZ) * i) / (BANDS + 1)));
  return Array.from({ length: BANDS }, (_, band) => {
    const [low, centre, high] = edges.slice(band, band + 3);
    const weights = Array.from({ length: FOURIER_SIZE / 2 + 1 }, (_, bin) => {
      const frequency = (bin * sampleRate) / FOURIER_SIZE;
      return Math.max(0, Math.min((frequency - low) / (centre - low), (high - frequency) / (high - centre)));
    });
    const sum = weights.reduce((a, b) => a + b, 0);
    const first = weights.findIndex((weight) => weight > 0);
    const used = weights.filter((weight) => weight > 0).map((weight) => weight / sum);
    return sum > 0
      ? { first, weights: used }
      : { first: Math.round((centre * FOURIER_SIZE) / sampleRate), weights: [1] };
  });
}

function weightedSum({ first, weights }, values) {
  return weights.reduce((sum, weight, i) => sum + weight * values[first + i], 0);
}

/** Scaled so that a full sine has amplitude one in its bin. */
function amplitudeSpectrum(samples, start, window) {
  const real = new Float64Array(FOURIER_SIZE);
  const imaginary = new Float64Array(FOURIER_SIZE);
  for (let i = 0; i < window.length; i++) real[i] = samples[start + i] * window[i];
  fourierTransform(real, imaginary);
  const scale = 4 / window.length;
  return Float64Array.from({ length: FOURIER_SIZE / 2 + 1 }, (_, bin) => scale * Math.hypot(real[bin], imaginary[bin]));
}

/** In place, radix 2. */
function fourierTransform(real, imaginary) {
  const size = real.length;
  for (let i = 1, j = 0; i < size; i++) {
    let bit = size >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) {
      [real[i], real[j]] = [real[j], real[i]];
      [imaginary[i], imaginary[j]] = [imaginary[j], imaginary[i]];
    }
  }
  for (let length = 2; length <= size; length *= 2) {
    for (let k = 0; k < length / 2; k++) {
      const cos = Math.cos((-2 * Math.PI * k) / length);
      const sin = Math.sin((-2 * Math.PI * k) / length);
      for (let a = k; a < size; a += length) {
        const b = a + length / 2;
        const x = real[b] * cos - imaginary[b] * sin;
        const y = real[b] * sin + imaginary[b] * cos;
        [real[b], imaginary[b]] = [real[a] - x, imaginary[a] - y];
        real[a] += x;
        imaginary[a] += y;
      }
    }
  }
}
