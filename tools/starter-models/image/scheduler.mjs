/** DDIM for a model that predicts the clean sample, with trailing timesteps: what this model's configuration asks. */
export class Ddim {
  constructor(config, steps) {
    const { num_train_timesteps: count, beta_start: first, beta_end: last } = config;
    this.kept = new Float64Array(count); // alpha-bar
    let product = 1;
    for (let i = 0; i < count; i++) {
      product *= 1 - (first + ((last - first) * i) / (count - 1));
      this.kept[i] = product;
    }
    this.timesteps = Array.from({ length: steps }, (_, i) => Math.round(count - (i * count) / steps) - 1);
  }

  /** Clean latents with the noise that step `i` expects. */
  addNoise(clean, noise, i) {
    const kept = this.kept[this.timesteps[i]];
    return clean.map((value, j) => Math.sqrt(kept) * value + Math.sqrt(1 - kept) * noise[j]);
  }

  /** The latents of the next step from those of step `i` and the model's guess at the clean ones. */
  step(latents, clean, i) {
    const now = this.kept[this.timesteps[i]];
    const next = i + 1 < this.timesteps.length ? this.kept[this.timesteps[i + 1]] : 1;
    const share = Math.sqrt((1 - next) / (1 - now));
    return latents.map((value, j) => Math.sqrt(next) * clean[j] + share * (value - Math.sqrt(now) * clean[j]));
  }
}
