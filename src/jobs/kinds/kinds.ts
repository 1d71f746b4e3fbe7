import type { Role } from '../../config/settings.js';
import type { PictureEncoding } from '../../domains/images/picture-encoding.js';
import type { AudioFormat } from '../../inference/speech-tasks.js';

/** What a job of each kind is asked to do. All of it is JSON: it goes through the store. */
export interface JobPayloads {
  /** Files of the model hub. */
  pull: PullPayload;
  /** Installing a model where it is missing, then loading it. */
  launch: LaunchPayload;
  /** Reading the text off one file. */
  ocr: OcrPayload;
  /** Reading several, each by a job of its own. */
  'batch-ocr': BatchOcrPayload;
  /** Drawing pictures. */
  image: ImagePayload;
  /** Reading a text aloud. */
  speech: SpeechPayload;
}

export interface PullPayload {
  /** Name of the model that the files make. */
  readonly name: string;
  readonly repo: string;
  readonly revision: string | null;
  readonly files: readonly string[];
}

export interface LaunchPayload {
  readonly model: string;
  /** Context size in tokens; null: the default. */
  readonly contextSize: number | null;
}

export interface OcrPayload {
  /** Id of the file in the `UploadStore`. */
  readonly file: string;
  /** Null: the default model. */
  readonly model: string | null;
  /** What language the text is in; a hint. */
  readonly language: string | null;
  /** The dialect that asked, for metrics. */
  readonly dialect: string;
}

export interface BatchOcrPayload {
  /** In the order in which they were sent. */
  readonly files: readonly BatchFile[];
}

export interface BatchFile {
  /** What the client calls it. */
  readonly name: string;
  /** Why no job reads it; null: one does. */
  readonly refused: string | null;
}

export interface ImagePayload {
  /** Id of the model that draws. */
  readonly model: string;
  readonly prompt: string;
  /** Empty: none. */
  readonly negativePrompt: string;
  /** Null: the model's own, or the source's. */
  readonly size: { readonly width: number; readonly height: number } | null;
  /** Null: the model's own; so for `guidanceScale`. */
  readonly steps: number | null;
  readonly guidanceScale: number | null;
  /** Of the first picture; those after it take the next ones. Null: a random one. */
  readonly seed: number | null;
  readonly count: number;
  /** The picture that is edited; null: there is none. */
  readonly source: ImageSource | null;
  readonly encoding: PictureEncoding;
  /** Shows each picture as it is after every so many steps; null: not. */
  readonly previewEvery: number | null;
  /** The dialect that asked, for metrics. */
  readonly dialect: string;
}

export interface ImageSource {
  /** Id of the file in the `UploadStore`. */
  readonly image: string;
  /** Of the file that says where new is to be drawn; null: everywhere. */
  readonly mask: string | null;
  /** Null: the model's own. */
  readonly strength: number | null;
}

export interface SpeechPayload {
  /** Null: the default model. */
  readonly model: string | null;
  /** As the request has it; null: the model's own. */
  readonly voice: string | null;
  readonly text: string;
  readonly speed: number;
  readonly format: AudioFormat;
  /** The dialect that asked, for metrics. */
  readonly dialect: string;
}

/** What a job has done so far, kept in the store: one that is begun again goes on from there. */
export interface JobKept {
  pull: never;
  launch: never;
  ocr: never;
  'batch-ocr': never;
  image: ImageKept;
  speech: never;
}

export interface ImageKept {
  readonly seed: number;
  readonly pictures: readonly DrawnFile[];
}

/** What a job of each kind leaves, as JSON. */
export interface JobResults {
  pull: PullResult;
  launch: null;
  ocr: OcrResult;
  'batch-ocr': BatchOcrResult;
  image: ImageResult;
  speech: SpeechResult;
}

export interface OcrResult {
  readonly text: string;
  /** Id of the model that read it. */
  readonly model: string;
  readonly seconds: number;
}

export interface BatchOcrResult {
  readonly results: readonly FileOutcome[];
}

export type FileOutcome =
  | { readonly name: string; readonly text: string; readonly seconds: number }
  | { readonly name: string; readonly error: string };

export interface PullResult {
  readonly name: string;
  readonly repo: string;
  /** The commit that the files are from. */
  readonly revision: string;
  /** Paths in the repository. */
  readonly files: readonly string[];
  /** Size of all files. */
  readonly bytes: number;
}

/** A picture in `GeneratedFiles`. */
export interface DrawnFile {
  readonly file: string;
  readonly width: number;
  readonly height: number;
}

export interface ImageResult extends ImageKept {
  readonly model: string;
  /** Seconds since 1970. */
  readonly created: number;
}

export interface SpeechResult {
  /** Id of the file in `GeneratedFiles`. */
  readonly file: string;
  /** `model`, or `model/speaker`. */
  readonly voice: string;
  /** Seconds of sound. */
  readonly seconds: number;
}

export type JobKind = keyof JobPayloads;

interface KindFacts {
  /** Name of the BullMQ queue. Never changed: jobs may wait in it. */
  readonly queue: string;
  /** Jobs that one process does at a time. */
  readonly concurrency: number;
  /** How often a job that nobody waits for is tried while its trouble may pass, the first time included. */
  readonly attempts: number;
  /** The roles that do such jobs: models are loaded where requests are answered. */
  readonly roles: readonly Role[];
}

export const JOB_KINDS = {
  pull: { queue: 'parley-pull', concurrency: 4, attempts: 3, roles: ['all', 'worker'] },
  launch: { queue: 'parley-launch', concurrency: 4, attempts: 3, roles: ['all', 'api'] },
  // Two: while one is at work in the runner, the next is fetched and decoded.
  ocr: { queue: 'parley-ocr', concurrency: 2, attempts: 3, roles: ['all', 'worker'] },
  'batch-ocr': { queue: 'parley-batch-ocr', concurrency: 4, attempts: 3, roles: ['all', 'worker'] },
  // One: each takes all cores for as long as it runs.
  image: { queue: 'parley-image', concurrency: 1, attempts: 3, roles: ['all', 'worker'] },
  speech: { queue: 'parley-speech', concurrency: 1, attempts: 3, roles: ['all', 'worker'] },
} as const satisfies Record<JobKind, KindFacts>;

export const KIND_NAMES = Object.keys(JOB_KINDS) as JobKind[];

export function isJobKind(text: string): text is JobKind {
  return Object.hasOwn(JOB_KINDS, text);
}

/** The kinds that a process of this role works on. */
export function kindsOf(role: Role): JobKind[] {
  return KIND_NAMES.filter((kind) => (JOB_KINDS[kind].roles as readonly Role[]).includes(role));
}
