/** Numbers of a standard normal distribution. */
export type NoiseSource = (length: number) => Float32Array;

/** What one step makes of a latent. */
export interface Denoised {
  /** As noisy as the next step expects; after the last step it is clean. */
  readonly latent: Float32Array;
  /** The model's guess, at this step, of what will come out in the end. */
  readonly clean: Float32Array;
}

/**
 * The way from noise to a clean latent in a number of steps. Made anew for each picture: some remember earlier steps, so
 * steps must be taken in order, from any first one on.
 */
export interface Scheduler {
  /** As the picture's file states it. */
  readonly name: string;
  /** What the UNet is told at each step, the noisiest first; whole numbers, as most exports take no others. */
  readonly timesteps: readonly number[];
  /** Standard deviation of the noise that a picture from words alone starts as. */
  readonly initialSigma: number;
  /** The latent as the UNet wants to see it. */
  modelInput(latent: Float32Array, step: number): Float32Array;
  /** A clean latent with noise, as strong as `step` expects it. */
  noised(clean: Float32Array, noise: Float32Array, step: number): Float32Array;
  /** One step: `output` is what the UNet said to {@link modelInput}. `noise` is asked for by random schedulers alone. */
  step(latent: Float32Array, output: Float32Array, step: number, noise: NoiseSource): Denoised;
}

/** `a·x + b·y`, element by element. */
export function weighted(a: number, x: Float32Array, b: number, y: Float32Array): Float32Array {
  const sum = new Float32Array(x.length);
  for (let i = 0; i < sum.length; i++) sum[i] = a * (x[i] ?? 0) + b * (y[i] ?? 0);
  return sum;
}

/** An element that is there by construction. */
export function at(values: ArrayLike<number>, index: number): number {
  const value = values[index];
  if (value === undefined) throw new RangeError(`no step ${String(index)} of ${String(values.length)}`);
  return value;
}
