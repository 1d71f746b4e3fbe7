import type { Sampling, WorkFinished } from './task-basics.js';

/** What a picture is made from and how, whether from words alone or from a picture, too. */
interface Drawing {
  readonly model: string;
  readonly prompt: string;
  /** What the picture must not show; empty: nothing is said. */
  readonly negativePrompt: string;
  /** Pixels of the picture, multiples of 8; absent: the model's own size, or the source's. */
  readonly size?: { readonly width: number; readonly height: number };
  /** Denoising steps; absent: the model's own. */
  readonly steps?: number;
  /** Weight of the prompt against the negative one in classifier-free guidance; 1 is none. Absent: the model's own. */
  readonly guidanceScale?: number;
  /** 0 to 2^32 - 1. Equal seeds and options give equal bytes. */
  readonly seed: number;
  /** Shows the picture as it is after every so many steps; absent: not. */
  readonly previewEvery?: number;
  readonly sampling: Partial<Sampling>;
}

/** Drawing one picture from words. */
export interface TextToImageTask extends Drawing {
  readonly kind: 'text-to-image';
}

/** Drawing one picture over another. */
export interface ImageToImageTask extends Drawing {
  readonly kind: 'image-to-image';
  /** A picture file as it came: JPEG, PNG, WebP, BMP or TIFF. */
  readonly image: Uint8Array;
  /** A picture file that is transparent, or white where it has no transparency, where new is to be drawn. Absent: all of it. */
  readonly mask?: Uint8Array;
  /** How far from the source the picture may go, above 0, at most 1, which draws it anew. Absent: the model's own. */
  readonly strength?: number;
}

/** Sent before the first step: what the picture will be made with. */
export interface DrawingStarted {
  readonly type: 'drawing';
  readonly width: number;
  readonly height: number;
  readonly steps: number;
}

export interface DrawingStep {
  readonly type: 'step';
  /** From 1. */
  readonly step: number;
  readonly steps: number;
  /** A small PNG of the picture as it is now, where one was asked for. */
  readonly preview?: Uint8Array;
}

export interface PictureDrawn {
  readonly type: 'picture';
  /** Its text chunk `parameters` says what it was made with. */
  readonly png: Uint8Array;
  readonly width: number;
  readonly height: number;
}

export type DrawingChunk = DrawingStarted | DrawingStep | PictureDrawn | WorkFinished;
