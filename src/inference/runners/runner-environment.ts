import type { RunnerEngine } from '../catalogue/model-entry.js';

const MIB = 1024 ** 2;

/** Freed tensors go back to the system: 200 MB of weights stay at 279 MB instead of growing to 624 MB. */
const ONNX = { MALLOC_TRIM_THRESHOLD_: '131072' };

/** Memory is kept between steps rather than given back and faulted in again. */
const KEPT = { MALLOC_MMAP_THRESHOLD_: String(32 * MIB), MALLOC_TRIM_THRESHOLD_: String(64 * MIB) };

/**
 * Allocator and thread settings of a runner, by engine. diffusion: 13-17 steps a second with tensors given back after each,
 * 30 with memory kept (starter-image, 512 pixels). llama: samplers allocate their candidates anew for each request,
 * so memory is kept rather than given back (+12 % on a 24 M model); OpenMP workers spin for microseconds at
 * the barriers within a decode, where sleeping costs up to a third, but sleep between decodes, where they would fight
 * with sampling (only a source build has OpenMP).
 */
const TUNING: Readonly<Record<RunnerEngine, Readonly<Record<string, string>>>> = {
  llama: { ...KEPT, GOMP_SPINCOUNT: '10000' },
  'paddle-ocr': ONNX,
  transformers: ONNX,
  diffusion: KEPT,
  piper: ONNX,
};

export function runnerEnvironment(
  engine: RunnerEngine,
  passedOn: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  return { ...passedOn, ...TUNING[engine] };
}
