/** Text-to-image and image-to-image over the exported files: the plain latent diffusion pipeline, nothing special. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { gaussian } from './random.mjs';
import { Ddim } from './scheduler.mjs';
import { loadTokenizer } from './tokenizer.mjs';

/** What works best with this model: one step, no guidance. */
export const DEFAULTS = { steps: 1, guidance: 1 };

export class Pipeline {
  static async load(folder, threads = 1) {
    const session = (name) =>
      InferenceSession.create(join(folder, name, 'model.onnx'), { intraOpNumThreads: threads, interOpNumThreads: 1 });
    const config = (path) => JSON.parse(readFileSync(join(folder, path), 'utf8'));
    const pipeline = new Pipeline();
    pipeline.encodeText = loadTokenizer(join(folder, 'tokenizer'));
    pipeline.text = await session('text_encoder');
    pipeline.unet = await session('unet');
    pipeline.decoder = await session('vae_decoder');
    pipeline.encoder = await session('vae_encoder');
    pipeline.schedule = config('scheduler/scheduler_config.json');
    const vae = config('vae_decoder/config.json');
    pipeline.scaling = vae.scaling_factor;
    pipeline.cell = 2 ** (vae.block_out_channels.length - 1);
    pipeline.channels = vae.latent_channels;
    return pipeline;
  }

  /** RGB bytes of a picture. `image` (RGB bytes of the same size) and `strength` turn it into image-to-image. */
  async generate(prompt, options) {
    const { width, height, seed, negative = '', image, strength = 0.6 } = options;
    const { steps, guidance } = { ...DEFAULTS, ...options };
    const dims = [1, this.channels, height / this.cell, width / this.cell];
    const noise = gaussian(seed, dims.reduce((a, b) => a * b));
    const scheduler = new Ddim(this.schedule, steps);
    const states = await this.readText(guidance > 1 ? [negative, prompt] : [prompt]);
    const start = image ? steps - Math.max(1, Math.round(steps * strength)) : 0;
    let latents = image ? scheduler.addNoise(await this.encode(image, width, height), noise, start) : noise;
    for (let i = start; i < steps; i++) {
      const clean = await this.denoise(latents, dims, scheduler.timesteps[i], states, guidance);
      latents = scheduler.step(latents, clean, i);
    }
    return { data: await this.decode(latents, dims), width, height };
  }

  async readText(prompts) {
    const ids = prompts.map((prompt) => this.encodeText(prompt));
    const input = new Tensor('int32', Int32Array.from(ids.flat()), [ids.length, ids[0].length]);
    return (await this.text.run({ input_ids: input })).last_hidden_state;
  }

  async denoise(latents, dims, timestep, states, guidance) {
    const batch = states.dims[0];
    const sample = new Float32Array(batch * latents.length);
    for (let i = 0; i < batch; i++) sample.set(latents, i * latents.length);
    const { out_sample: out } = await this.unet.run({
      sample: new Tensor('float32', sample, [batch, ...dims.slice(1)]),
      timestep: new Tensor('int64', [BigInt(timestep)], [1]),
      encoder_hidden_states: states,
    });
    if (batch === 1) return out.data;
    const without = out.data.subarray(0, latents.length);
    const prompted = out.data.subarray(latents.length);
    return without.map((value, i) => value + guidance * (prompted[i] - value));
  }

  /** RGB bytes from scaled latents. */
  async decode(latents, dims) {
    const unscaled = latents.map((value) => value / this.scaling);
    const { sample } = await this.decoder.run({ latent_sample: new Tensor('float32', unscaled, dims) });
    const pixels = sample.dims[2] * sample.dims[3];
    const rgb = new Uint8Array(pixels * 3);
    for (let i = 0; i < pixels; i++) {
      for (let c = 0; c < 3; c++) {
        rgb[i * 3 + c] = Math.min(255, Math.max(0, Math.round((sample.data[c * pixels + i] + 1) * 127.5)));
      }
    }
    return rgb;
  }

  /** Scaled latents from RGB bytes. */
  async encode(rgb, width, height) {
    const pixels = width * height;
    const sample = new Float32Array(3 * pixels);
    for (let i = 0; i < pixels; i++) {
      for (let c = 0; c < 3; c++) sample[c * pixels + i] = rgb[i * 3 + c] / 127.5 - 1;
    }
    const input = new Tensor('float32', sample, [1, 3, height, width]);
    const { latent_sample: latents } = await this.encoder.run({ sample: input });
    return latents.data.map((value) => value * this.scaling);
  }
}
