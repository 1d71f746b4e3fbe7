// The diffusion engine in its runner, without the service: what denoising costs beside the UNet itself.
import { fileURLToPath } from 'node:url';
import { resolve } from 'node:path';
import { DEFAULT_DEADLINES } from '../../dist/inference/runners/runner-deadlines.js';
import { runnerEnvironment } from '../../dist/inference/runners/runner-environment.js';
import { RunnerProcess } from '../../dist/inference/runners/runner-process.js';

/** Allocator settings and the like of a runner. */
export const RUNNER_ENV = runnerEnvironment('diffusion', { PATH: process.env.PATH ?? '' });

/** Loads a model's folder. */
export async function startEngine(model, folder, cpuCount) {
  const runner = new RunnerProcess(
    {
      model,
      engine: 'diffusion',
      path: resolve(folder),
      contextSize: 1024,
      slots: null,
      kvBudgetBytes: 2 ** 30,
      threads: null,
      cpuCount,
    },
    {
      script: fileURLToPath(new URL('../../dist/runner.main.js', import.meta.url)),
      env: RUNNER_ENV,
      deadlines: DEFAULT_DEADLINES,
      onStderr: (_, text) => process.stderr.write(text),
    },
  );
  await runner.size();
  await runner.load(() => undefined);
  return { speed: ({ steps, side }) => stepsPerSecond(runner, model, steps, side), stop: () => runner.stop() };
}

async function stepsPerSecond(runner, model, steps, side) {
  const prompt = 'a red circle on a blue background';
  const size = { width: side, height: side };
  // No guidance: one run of the UNet for each step, as in the loop.
  const task = { kind: 'text-to-image', model, prompt, negativePrompt: '', size, steps, guidanceScale: 1, seed: 1 };
  const times = [];
  for await (const chunk of runner.run({ ...task, sampling: {} }, 'bench').chunks) {
    if (chunk.type === 'step') times.push(performance.now());
  }
  return (1000 * (times.length - 1)) / (times.at(-1) - times[0]);
}
