/** A tone of one frequency, in hertz and seconds. */
export function tone(frequency: number, seconds: number, rate: number, amplitude = 0.5): Float32Array {
  const samples = new Float32Array(Math.round(seconds * rate));
  return samples.map((_, index) => amplitude * Math.sin((2 * Math.PI * frequency * index) / rate));
}

export function joined(...parts: readonly Float32Array[]): Float32Array {
  return Float32Array.from(parts.flatMap((part) => [...part]));
}

export function rms(samples: Float32Array): number {
  return Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length);
}

export function peak(samples: Float32Array): number {
  return samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
}

/** The amplitude that a sound has at a frequency, by its Fourier sum. */
export function amplitudeAt(frequency: number, samples: Float32Array, rate: number): number {
  let [real, imaginary] = [0, 0];
  samples.forEach((sample, index) => {
    const angle = (2 * Math.PI * frequency * index) / rate;
    real += sample * Math.cos(angle);
    imaginary += sample * Math.sin(angle);
  });
  return (2 * Math.hypot(real, imaginary)) / samples.length;
}

/** A sound cut in pieces of uneven sizes, the same each time. */
export function inParts(samples: Float32Array): Float32Array[] {
  const parts: Float32Array[] = [];
  for (let at = 0, size = 1; at < samples.length; at += size, size = (size * 7) % 5003) {
    parts.push(samples.subarray(at, at + size));
  }
  return parts;
}
