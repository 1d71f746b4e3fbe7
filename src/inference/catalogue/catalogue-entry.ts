import type { Sampling } from '../task-basics.js';
import type { Capability, EngineName } from './model-entry.js';
import type { RemoteEntry } from './remote-source.js';

/** Where a model comes from, as config/models.yaml spells it. */
export interface HubEntry {
  readonly repo: string;
  readonly revision?: string;
  readonly files: readonly string[];
}

/** One model as config/models.yaml spells it. config/models.schema.json says what each field means. */
export interface CatalogueEntry {
  readonly id: string;
  readonly title: string;
  readonly engine: EngineName;
  readonly tasks: readonly Capability[];
  readonly aliases?: readonly string[];
  readonly starter?: string;
  readonly hub?: HubEntry;
  readonly remote?: RemoteEntry;
  readonly bytes?: number;
  readonly params?: string;
  readonly licence?: string;
  readonly heavy?: boolean;
  readonly sampling?: Partial<Pick<Sampling, 'temperature' | 'topP' | 'topK' | 'minP' | 'repeatPenalty'>>;
  readonly context?: number;
  readonly verified?: boolean;
}

export interface ModelsFile {
  readonly models: readonly CatalogueEntry[];
}
