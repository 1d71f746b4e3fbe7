/**
 * Makes a file out of sound that comes piece by piece. The header, what each `encode` gives and the end, one after the
 * other, are the whole file.
 */
export interface AudioEncoder {
  /** Hertz of the samples it takes. */
  readonly sampleRate: number;
  header(): Uint8Array;
  /** Mono, -1 to 1. May give nothing while it gathers a frame. The bytes are the caller's. */
  encode(samples: Float32Array): Uint8Array;
  /** What was still being gathered, and the file's last bytes. */
  end(): Uint8Array;
  /** Gives its memory back; nothing is called after it. */
  close(): void;
}

/** How a format is made from sound at a voice's own rate. */
export interface EncoderFactory {
  /** Hertz of the file, for a voice of that many. */
  rateFor(voiceRate: number): number;
  create(sampleRate: number): Promise<AudioEncoder>;
}

export const NO_BYTES = new Uint8Array();
