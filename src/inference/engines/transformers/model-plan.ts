import type { ContextFacts, RunnerSpec } from '../../runners/protocol.js';
import { InitError } from '../engine.js';
import { FAMILIES, OFFSET_POSITIONS, type Family } from './families.js';
import { jsonOf, numberOf, textOf, type Json } from '../onnx/json.js';
import type { ModelFolder } from './model-folder.js';
import type { ChosenFile } from '../onnx/onnx-files.js';

/** Tokenizers without a limit of their own say 10^30. */
const NO_LIMIT = 1e9;

/** What is to be loaded, read from the small files of a folder. */
export interface ModelPlan {
  readonly family: Family;
  /** What it is loaded for. */
  readonly purpose: 'vision' | 'embedding' | 'ranking';
  readonly folder: ModelFolder;
  readonly config: Json;
  /** The part of `config` that describes the text model. */
  readonly textConfig: Json;
  /** Graph → its file. */
  readonly graphs: ReadonlyMap<string, ChosenFile>;
  readonly context: ContextFacts;
}

/**
 * Throws {@link InitError} for a family that is not supported or cannot do what it is loaded for, and for files that are
 * missing or broken.
 */
export function planModel(
  folder: ModelFolder,
  { contextSize: wantedContext, tasks }: Pick<RunnerSpec, 'contextSize' | 'tasks'>,
): ModelPlan {
  const config = folder.json('config.json');
  const modelType = textOf(config.model_type);
  const family = modelType === undefined ? undefined : FAMILIES.get(modelType);
  if (modelType === undefined || family === undefined) throw unsupported(modelType);
  folder.require(['tokenizer.json', 'tokenizer_config.json']);
  const textConfig = config.text_config === undefined ? config : jsonOf(config.text_config);
  const trained = longestText(modelType, textConfig, config, folder.json('tokenizer_config.json')) ?? wantedContext;
  return {
    family,
    purpose: purposeOf(family, tasks),
    folder,
    config,
    textConfig,
    graphs: folder.graphs(family.graphs),
    context: { size: Math.min(wantedContext, trained), trained },
  };
}

/** The graph of an encoder has one head: a model is loaded for vectors or for ranking. */
function purposeOf({ kind }: Family, tasks: RunnerSpec['tasks']): ModelPlan['purpose'] {
  const ranks = tasks.includes('text-ranking');
  if (kind === 'encoder') return ranks ? 'ranking' : 'embedding';
  if (!ranks) return 'vision';
  throw new InitError('invalid-file', 'it answers about pictures and has no head that ranks texts');
}

function unsupported(modelType: string | undefined): InitError {
  const names = [...FAMILIES.keys()].sort().join(', ');
  const what =
    modelType === undefined ? 'its config.json has no model_type' : `its model_type "${modelType}" is not supported`;
  return new InitError('invalid-file', `${what}; these are: ${names}`);
}

/** Tokens of the longest text that both model and tokenizer take; undefined when neither says. */
function longestText(modelType: string, textConfig: Json, config: Json, tokenizerConfig: Json): number | undefined {
  const positions = numberOf(textConfig.max_position_embeddings) ?? numberOf(config.max_position_embeddings);
  const padding = numberOf(config.pad_token_id) ?? 1;
  const limits = [
    positions === undefined || !OFFSET_POSITIONS.has(modelType) ? positions : positions - padding - 1,
    numberOf(tokenizerConfig.model_max_length),
  ].filter((limit) => limit !== undefined && limit > 0 && limit < NO_LIMIT);
  return limits.length === 0 ? undefined : Math.min(...(limits as number[]));
}
