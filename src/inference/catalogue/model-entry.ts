import type { Sampling, TaskKind } from '../tasks.js';

export const ENGINES = ['llama'] as const;

export type EngineName = (typeof ENGINES)[number];

/** A repository on the Hugging Face hub and the file in it. */
export interface HubSource {
  readonly repo: string;
  readonly file: string;
}

/** One model that exists, installed or not. */
export interface ModelEntry {
  /** What requests call it. Never contains `/`. */
  readonly id: string;
  readonly title: string;
  readonly engine: EngineName;
  readonly tasks: readonly TaskKind[];
  /** Absolute path of the model's file; null while it is not installed. */
  readonly path: string | null;
  /** Ships with the package: read-only. */
  readonly starter: boolean;
  readonly hub: HubSource | null;
  readonly heavy: boolean;
  readonly params: string | null;
  readonly sampling: Partial<Sampling>;
  /** Context size in tokens when a launch asks for none. */
  readonly contextSize: number | null;
  /** Seconds since 1970 of the file's last change; 0 while not installed. */
  readonly created: number;
}

/** An entry whose file is on disk. */
export interface InstalledModel extends ModelEntry {
  readonly path: string;
}

export function isInstalled(entry: ModelEntry): entry is InstalledModel {
  return entry.path !== null;
}
