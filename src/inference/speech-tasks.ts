import type { Sampling, WorkFinished } from './task-basics.js';

export const AUDIO_FORMATS = ['wav', 'flac', 'mp3', 'opus', 'pcm'] as const;

/** `opus` in Ogg; `pcm` is 24 kHz, 16 bits, mono, little-endian, without a header. */
export type AudioFormat = (typeof AUDIO_FORMATS)[number];

/** Reading a text aloud. */
export interface TextToSpeechTask {
  readonly kind: 'text-to-speech';
  readonly model: string;
  readonly text: string;
  /** Name or number of one of the model's speakers; absent: its first. */
  readonly speaker?: string;
  /** 1 is the model's own pace, 2 is twice as fast. */
  readonly speed: number;
  readonly format: AudioFormat;
  readonly sampling: Partial<Sampling>;
}

/** Sent before the first sentence is spoken. */
export interface SpeechStarted {
  readonly type: 'speech';
  readonly sentences: number;
  /** Hertz of the audio that follows. */
  readonly sampleRate: number;
  /** Who speaks; null where the model has one speaker alone. */
  readonly speaker: string | null;
}

/** What one sentence adds to the file. All of them after each other are the file. */
export interface SpeechPiece {
  readonly type: 'audio';
  /** Sentences that are spoken so far, this one included. */
  readonly sentence: number;
  readonly sentences: number;
  /** Encoded; may be empty where the encoder still gathers a frame. */
  readonly bytes: Uint8Array;
  /** Seconds of sound in this piece, as spoken. */
  readonly seconds: number;
}

export type SpeechChunk = SpeechStarted | SpeechPiece | WorkFinished;
