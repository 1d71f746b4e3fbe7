import type { GgufInsights } from 'node-llama-cpp';

export interface SlotWish {
  readonly slots: number | null;
  readonly kvBudgetBytes: number;
  readonly contextSize: number;
  readonly batchSize: number;
}

const STEPS_DOWN = [16, 8, 4, 2, 1] as const;

/**
 * Decides how many requests a model answers at a time, and how many bytes it then takes: weights, KV cache of every
 * slot and graph, on whichever device they land.
 */
export async function chooseSlots(insights: GgufInsights, wish: SlotWish): Promise<{ slots: number; bytes: number }> {
  const weights = await insights.estimateModelResourceRequirementsV2({ gpuLayers: 0 });
  const contextBytes = async (sequences: number): Promise<number> => {
    const { cpuRam, gpuVram } = await insights.estimateContextResourceRequirementsV2({
      contextSize: wish.contextSize,
      batchSize: wish.batchSize,
      modelGpuLayers: 0,
      sequences,
    });
    return cpuRam + gpuVram;
  };
  const total = (context: number): number => weights.cpuRam + weights.gpuVram + context;
  if (wish.slots !== null) return { slots: wish.slots, bytes: total(await contextBytes(wish.slots)) };
  let last = 0;
  for (const slots of STEPS_DOWN) {
    last = await contextBytes(slots);
    if (last <= wish.kvBudgetBytes) return { slots, bytes: total(last) };
  }
  return { slots: 1, bytes: total(last) };
}
