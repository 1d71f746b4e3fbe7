// A model's UNet in a loop and nothing else, in a process of its own: `{ steps, side }` comes in, steps a second go out.
//   node bare-unet.mjs <model's folder> <threads> <same|default>
// `same`: the session options of the service's engines (and the bench gives it their environment); `default`: onnxruntime's own.
import { readFileSync } from 'node:fs';
import { setPriority } from 'node:os';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { sessionOptions } from '../../dist/inference/engines/onnx/session-options.js';

const LATENT_UNIT = 8; // pixels to a cell, of all models of this kind
const TOKENS = 77;
const NICENESS = 10; // as the engine: on a machine in company the ratio would say nothing else

const [folder, threads, kind] = process.argv.slice(2);
setPriority(NICENESS);
const common = { executionProviders: ['cpu'], intraOpNumThreads: Number(threads), logSeverityLevel: 3 };
const options = kind === 'same' ? sessionOptions(Number(threads)) : common;
const session = await InferenceSession.create(join(folder, 'unet', 'model.onnx'), options);
const config = JSON.parse(readFileSync(join(folder, 'unet', 'config.json'), 'utf8'));
const types = Object.fromEntries(
  session.inputMetadata.map(({ name, type, shape }) => [name, { type, rank: shape.length }]),
);

function tensor(name, dims) {
  const { type } = types[name];
  const size = dims.reduce((product, dim) => product * dim, 1);
  if (type === 'int64') return new Tensor('int64', new BigInt64Array(size).fill(500n), dims);
  if (type === 'float16') return new Tensor('float16', new Uint16Array(size).fill(0x3800), dims);
  const data = type === 'float64' ? new Float64Array(size) : new Float32Array(size);
  return new Tensor(type, data.fill(0.5), dims);
}

async function stepsPerSecond({ steps, side }) {
  const cells = side / LATENT_UNIT;
  const feeds = {
    sample: tensor('sample', [1, config.in_channels, cells, cells]),
    timestep: tensor('timestep', types.timestep.rank === 0 ? [] : [1]),
    encoder_hidden_states: tensor('encoder_hidden_states', [1, TOKENS, config.cross_attention_dim]),
  };
  await session.run(feeds);
  const began = performance.now();
  for (let step = 0; step < steps; step++) await session.run(feeds);
  return (1000 * steps) / (performance.now() - began);
}

process.on('message', (work) => void stepsPerSecond(work).then((speed) => process.send(speed)));
process.send('ready');
