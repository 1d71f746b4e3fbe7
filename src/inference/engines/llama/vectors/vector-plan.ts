import { GgufMetadataArchitecturePoolingType, type GgufFileInfo, type GgufInsights } from 'node-llama-cpp';
import type { RunnerSpec } from '../../../runners/protocol.js';
import { InitError } from '../../engine.js';

/** Tokens per decode call where a text may take several. */
const BATCH_SIZE = 512;

/** The contexts that a model needs, each for one text at a time. */
export interface VectorPlan {
  /** Tokens of the longest text. */
  readonly contextSize: number;
  readonly batchSize: number;
  readonly embeds: boolean;
  readonly ranks: boolean;
  /** Weights, contexts and graphs. */
  readonly bytes: number;
}

/** Throws {@link InitError} for a file that cannot do what it is to be loaded for. */
export async function planVectors(
  info: GgufFileInfo,
  insights: GgufInsights,
  { tasks, contextSize: wanted }: RunnerSpec,
): Promise<VectorPlan> {
  const [embeds, ranks] = [tasks.includes('feature-extraction'), tasks.includes('text-ranking')];
  if (insights.hasEncoder && insights.hasDecoder) {
    throw new InitError('invalid-file', 'it both encodes and decodes, which gives no vectors');
  }
  if (ranks && !insights.supportsRanking) throw new InitError('invalid-file', 'its file has no head that ranks texts');
  const contextSize = Math.min(wanted, insights.trainContextSize ?? wanted);
  const shape = { contextSize: contextOf(contextSize), batchSize: batchSizeFor(info, contextSize, ranks) };
  const weights = await insights.estimateModelResourceRequirementsV2({ gpuLayers: 0 });
  const context = await insights.estimateContextResourceRequirementsV2({
    ...shape,
    modelGpuLayers: 0,
    sequences: 1,
    isEmbeddingContext: true,
  });
  const total = ({ cpuRam, gpuVram }: typeof context): number => cpuRam + gpuVram;
  const bytes = total(weights) + total(context) * (Number(embeds) + Number(ranks));
  return { contextSize, batchSize: shape.batchSize, embeds, ranks, bytes };
}

/** The binding keeps one place free: for the token that it would generate. */
export function contextOf(longestText: number): number {
  return longestText + 1;
}

/**
 * A model whose tokens look ahead, and one whose vector is made of all of them or of the first, must read a text in one
 * go: what is left of several calls is the last one's.
 */
function batchSizeFor({ architectureMetadata, metadata }: GgufFileInfo, contextSize: number, ranks: boolean): number {
  const pooling = architectureMetadata.pooling_type;
  const readsTheLast = !ranks || metadata.general.architecture.startsWith('qwen3');
  const atOnce =
    architectureMetadata.attention?.causal === false ||
    pooling === GgufMetadataArchitecturePoolingType.mean ||
    pooling === GgufMetadataArchitecturePoolingType.cls ||
    !readsTheLast;
  return atOnce ? contextSize : Math.min(BATCH_SIZE, contextSize);
}
