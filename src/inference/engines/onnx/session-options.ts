import type { InferenceSession } from 'onnxruntime-node';

/** How every ONNX session runs on the CPU. */
export function sessionOptions(threads: number): InferenceSession.SessionOptions {
  return {
    executionProviders: ['cpu'],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    // The arena keeps its buffers, and pictures come in all sizes: after two pages it held 1.1 GB, without it 0.2 GB.
    enableCpuMemArena: false,
    // Threads that wait for the next operator in a loop take a third more CPU time, and other runners want it, too.
    extra: { session: { intra_op: { allow_spinning: '0' } } },
    logSeverityLevel: 3,
  };
}
