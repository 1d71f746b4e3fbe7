import type { AudioFormat } from '../../inference/speech-tasks.js';
import { FILE_TYPES, type FileType } from './generated-files.js';

/** The kind of file that each format makes. */
export const AUDIO_FILE: Readonly<Record<AudioFormat, FileType>> = {
  wav: 'wav',
  flac: 'flac',
  mp3: 'mp3',
  opus: 'ogg',
  pcm: 'pcm',
};

export function contentTypeOfAudio(format: AudioFormat): string {
  return FILE_TYPES[AUDIO_FILE[format]];
}
