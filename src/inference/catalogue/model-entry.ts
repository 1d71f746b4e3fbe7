import type { Sampling } from '../task-basics.js';
import type { RemoteSource } from './remote-source.js';

/** Engines that exist. `remote`: another server has the model; the code of the others is in `engines/registry.ts`. */
export const ENGINES = ['llama', 'paddle-ocr', 'transformers', 'diffusion', 'piper', 'remote'] as const;

/** An engine that runs a model of this machine, in a process of its own. */
export type RunnerEngine = Exclude<(typeof ENGINES)[number], 'remote'>;

/** `unsupported`: the model is known and may be pulled, but no engine of this version runs it. */
export type EngineName = RunnerEngine | 'remote' | 'unsupported';

/** What a model can do, as the hub's pipeline tags call it. `image-to-text` is reading text off a picture. */
export const CAPABILITIES = [
  'text-generation',
  'image-text-to-text',
  'image-to-text',
  'text-to-image',
  'image-to-image',
  'text-to-speech',
  'feature-extraction',
  'text-ranking',
] as const;

export type Capability = (typeof CAPABILITIES)[number];

/** A repository on the Hugging Face hub and the files in it that make one model. */
export interface HubSource {
  /** `<user>/<repo>`. */
  readonly repo: string;
  /** Branch, tag or commit; null: the repository's main branch. */
  readonly revision: string | null;
  /** Paths inside the repository, at least one. The first is the one to open where an engine opens a file. */
  readonly files: readonly string[];
}

/** What has to be fetched for a model, and the name of its manifest. */
export interface PullSource extends HubSource {
  /** See `Manifest.name`. */
  readonly name: string;
}

/** One model that exists, installed or not. */
export interface ModelEntry {
  /** What requests call it. Never contains `/`. */
  readonly id: string;
  /** Other names for it, from the catalogue file. */
  readonly aliases: readonly string[];
  readonly title: string;
  readonly engine: EngineName;
  /** Empty for a pulled file that nothing is known about. */
  readonly tasks: readonly Capability[];
  /** Absolute path of what the engine opens, a file or a folder; null while the model is not installed. */
  readonly path: string | null;
  /** Ships with the package: read-only. */
  readonly starter: boolean;
  readonly hub: HubSource | null;
  /** The server that has it, of a model of the engine `remote` alone. */
  readonly remote?: RemoteSource;
  readonly heavy: boolean;
  readonly params: string | null;
  /** Bytes of all files together, as the catalogue file says. */
  readonly bytes: number | null;
  /** SPDX identifier, or the licence's own name. */
  readonly licence: string | null;
  /** False when nobody could confirm that repository and file names are right. */
  readonly verified: boolean;
  readonly sampling: Partial<Sampling>;
  /** Context size in tokens when a launch asks for none. */
  readonly contextSize: number | null;
  /** Seconds since 1970 of the last change of its first file; 0 while not installed. */
  readonly created: number;
}

/** An entry whose files are on disk. */
export interface LocalModel extends ModelEntry {
  readonly engine: RunnerEngine | 'unsupported';
  readonly path: string;
}

/** A model that another server has: it is always here, and never in a file. */
export interface RemoteModel extends ModelEntry {
  readonly engine: 'remote';
  readonly path: null;
  readonly remote: RemoteSource;
}

/** An entry that needs no pull. */
export type InstalledModel = LocalModel | RemoteModel;

/** An installed model that this version can load. */
export type RunnableModel = (LocalModel & { readonly engine: RunnerEngine }) | RemoteModel;

export function isInstalled(entry: ModelEntry): entry is InstalledModel {
  return entry.path !== null || isRemote(entry);
}

export function isRemote(entry: ModelEntry): entry is RemoteModel {
  return entry.remote !== undefined;
}

/** Whether this version runs it, installed or not. */
export function isSupported<E extends ModelEntry>(entry: E): entry is E & { readonly engine: RunnerEngine | 'remote' } {
  return entry.engine !== 'unsupported';
}

/** Whether a model answers in text: one that answers about pictures also answers without. */
export function answersInText({ tasks }: Pick<ModelEntry, 'tasks'>): boolean {
  return tasks.includes('text-generation') || tasks.includes('image-text-to-text');
}

/** Whether a model turns texts into vectors. */
export function embeds({ tasks }: Pick<ModelEntry, 'tasks'>): boolean {
  return tasks.includes('feature-extraction');
}

/** Whether a model judges by itself how well texts answer a query. */
export function ranks({ tasks }: Pick<ModelEntry, 'tasks'>): boolean {
  return tasks.includes('text-ranking');
}

/** Whether a model draws pictures. */
export function draws({ tasks }: Pick<ModelEntry, 'tasks'>): boolean {
  return tasks.includes('text-to-image');
}

/** Whether a model speaks. */
export function speaks({ tasks }: Pick<ModelEntry, 'tasks'>): boolean {
  return tasks.includes('text-to-speech');
}

/** Whether a model reads pictures: their text alone, or whatever it is asked. */
export function readsPictures({ tasks }: Pick<ModelEntry, 'tasks'>): boolean {
  return tasks.includes('image-to-text') || tasks.includes('image-text-to-text');
}
