import { cpSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { LoadFailure } from '../../src/inference/runners/load-failure.js';
import { DiffusionRunner, STARTER_IMAGE } from './support/diffusion-runner.js';
import { toyModel, type ToyKind } from './support/diffusion-toy.js';

type Change = (folder: string) => void;

const without =
  (...files: readonly string[]): Change =>
  (folder) =>
    files.forEach((file) => rmSync(join(folder, file), { recursive: true }));

const changed =
  (file: string, fields: object): Change =>
  (folder) => {
    const content: unknown = JSON.parse(readFileSync(join(folder, file), 'utf8'));
    writeFileSync(join(folder, file), JSON.stringify(Object.assign({}, content, fields)));
  };

function copied(from: () => string): Change {
  return (folder) => {
    const other = from();
    cpSync(other, folder, { recursive: true, force: true });
    rmSync(other, { recursive: true });
  };
}

/** Another model's part in place of its own. */
function swapped(part: string, kind: ToyKind): Change {
  return copied(() => {
    const other = toyModel(kind);
    const one = mkdtempSync(join(tmpdir(), 'parley-part-'));
    cpSync(join(other, part), join(one, part), { recursive: true });
    rmSync(other, { recursive: true });
    return one;
  });
}

async function failureOf(change: Change): Promise<LoadFailure> {
  const folder = mkdtempSync(join(tmpdir(), 'parley-broken-'));
  cpSync(STARTER_IMAGE, folder, { recursive: true });
  change(folder);
  const diffusion = new DiffusionRunner({ path: folder });
  onTestFinished(async () => {
    await diffusion.stop();
    rmSync(folder, { recursive: true });
  });
  const failure: unknown = await diffusion.load().catch((error: unknown) => error);
  if (!(failure instanceof LoadFailure)) throw new Error('it was loaded');
  expect(failure.message).not.toContain(folder);
  return failure;
}

describe('a folder that is not a sound model', () => {
  it.each<[string, Change, string]>([
    ['lacks its UNet', without('unet'), 'unet/model.onnx is missing from its folder'],
    ['lacks its scheduler', without('scheduler'), 'scheduler/scheduler_config.json is missing from its folder'],
    ['lacks its vocabulary', without('tokenizer/vocab.json'), 'tokenizer/vocab.json is missing from its folder'],
    ['has half a decoder', (folder) => truncateSync(join(folder, 'vae_decoder/model.onnx'), 300_000), 'vae_decoder/model.onnx is damaged'], // prettier-ignore
    [
      'has a pointer for a UNet',
      (folder) => writeFileSync(join(folder, 'unet/model.onnx'), 'version https://git-lfs.github.com/spec/v1\n'),
      'unet/model.onnx is a Git LFS pointer',
    ],
    ['has another model’s text encoder', swapped('text_encoder', {}), 'unet/model.onnx attends to 96 numbers a token, but text_encoder gives 16'], // prettier-ignore
    ['has a picture for a text encoder', (folder) => cpSync(join(folder, 'vae_encoder/model.onnx'), join(folder, 'text_encoder/model.onnx')), 'text_encoder/model.onnx has no input "input_ids"'], // prettier-ignore
    ['has a UNet for SDXL alone', swapped('unet', { xl: true }), 'unet/model.onnx attends to 40 numbers a token'],
    [
      'has another factor',
      changed('vae_decoder/config.json', { block_out_channels: [32, 32, 64] }),
      'vae_decoder/model.onnx does not make a picture 4 times as large as its latent',
    ],
    ['has other channels', changed('vae_decoder/config.json', { latent_channels: 16 }), 'vae_decoder/model.onnx takes 4 channels, but its config.json says 16'], // prettier-ignore
    ['is of flow matching', changed('scheduler/scheduler_config.json', { _class_name: 'FlowMatchEulerDiscreteScheduler' }), 'which is not known'], // prettier-ignore
    ['has defaults that make no sense', changed('generation_config.json', { max_size: 1 }), 'generation_config.json has a max_size'], // prettier-ignore
  ])('%s', async (_, change, message) => {
    const failure = await failureOf(change);
    expect(failure.failure).toBe('invalid-file');
    expect(failure.message).toContain(message);
  });
});
