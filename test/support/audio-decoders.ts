import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AudioFormat } from '../../src/inference/speech-tasks.js';

export interface Decoded {
  readonly sampleRate: number;
  readonly samples: Int16Array;
  /** What the decoder said. */
  readonly log: string;
}

/** Debian packages: sox, libsox-fmt-mp3, flac, opus-tools. */
const COMMANDS: Readonly<Record<AudioFormat, (file: string, wav: string) => readonly string[]>> = {
  wav: (file, wav) => ['sox', '--ignore-length', file, wav],
  pcm: (file, wav) => ['sox', '-t', 's16', '-L', '-r', '24000', '-c', '1', file, wav],
  mp3: (file, wav) => ['sox', '-t', 'mp3', file, wav],
  flac: (file, wav) => ['flac', '--silent', '--force', '--decode', '-o', wav, file],
  opus: (file, wav) => ['opusdec', '--quiet', file, wav],
};

/** What a program that is not ours makes of a file. Throws when it finds fault with it. */
export function decoded(format: AudioFormat, file: Uint8Array): Decoded {
  const folder = mkdtempSync(join(tmpdir(), 'parley-decoded-'));
  try {
    const [source, wav] = [join(folder, 'source'), join(folder, 'decoded.wav')];
    writeFileSync(source, file);
    const [program = '', ...options] = COMMANDS[format](source, wav);
    const { status, stderr, error } = spawnSync(program, options, { encoding: 'utf8' });
    if (error !== undefined) throw error;
    if (status !== 0) throw new Error(`${program} ended with ${String(status)}: ${stderr}`);
    return { ...readWav(readFileSync(wav)), log: stderr };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function readWav(file: Buffer): { sampleRate: number; samples: Int16Array } {
  const data = file.indexOf('data', 12, 'latin1') + 8;
  const count = (file.length - data) >> 1;
  const samples = Int16Array.from({ length: count }, (_, index) => file.readInt16LE(data + 2 * index));
  return { sampleRate: file.readUInt32LE(24), samples };
}
