import type { RunnerSpec } from '../../runners/protocol.js';

/** CPU threads of an ONNX session. Nothing is measured: an ONNX graph gains from each core, unlike token by token decoding. */
export function threadCount({ threads, cpuCount }: Pick<RunnerSpec, 'threads' | 'cpuCount'>): number {
  return Math.max(1, threads?.at(-1)?.threads ?? cpuCount);
}
