import { getLlama, GgufInsights, LlamaLogLevel, readGgufFileInfo, type Llama } from 'node-llama-cpp';
import type { GgufFileInfo } from 'node-llama-cpp';
import type { RunnerSpec } from '../../runners/protocol.js';
import { supportsArchitecture } from './binding-internals.js';
import { checkHeader } from './gguf-header.js';
import { shownName, unsoundFile } from './gguf-reader.js';

/** A GGUF file whose header was read, and the llama.cpp that will load it. */
export interface OpenGguf {
  readonly info: GgufFileInfo;
  readonly insights: GgufInsights;
  readonly llama: Llama;
}

/** Throws what `toInitError` understands. */
export async function openGguf({ path, cpuCount }: Pick<RunnerSpec, 'path' | 'cpuCount'>): Promise<OpenGguf> {
  checkHeader(path);
  const info = await readGgufFileInfo(path, { logWarnings: false });
  const llama = await getLlama({
    gpu: 'auto',
    build: 'never',
    progressLogs: false,
    logLevel: LlamaLogLevel.warn,
    maxThreads: cpuCount, // else the thread splitter halves what a context asks for
  });
  const { architecture } = info.metadata.general;
  if (!supportsArchitecture(llama, architecture)) {
    throw unsoundFile(`is of the architecture ${shownName(architecture)}, which this engine does not know`);
  }
  return { info, insights: await GgufInsights.from(info, llama), llama };
}
