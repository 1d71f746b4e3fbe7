import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';

/** The content of a file on the fake hub: bytes, or a file on disk that is read anew for each transfer. */
export type FakeFile = Buffer | { readonly path: string };

const CHUNK_BYTES = 64 * 1024;

/** A real hub keeps weights in large file storage, behind a redirect, and small text files in git. */
const LARGE = /\.(gguf|onnx|onnx_data|bin|safetensors|pt|task|tflite)$/i;

/** Bytes from `start` up to and not including `end`. */
export async function* bytesOf(file: FakeFile, start: number, end: number): AsyncGenerator<Buffer> {
  if (start >= end) return;
  if (Buffer.isBuffer(file)) {
    for (let at = start; at < end; at += CHUNK_BYTES) yield file.subarray(at, Math.min(at + CHUNK_BYTES, end));
  } else {
    const stream = createReadStream(file.path, { start, end: end - 1, highWaterMark: CHUNK_BYTES });
    for await (const chunk of stream as AsyncIterable<Buffer>) yield chunk;
  }
}

/** A file with what the hub says about it. */
export interface StoredFile {
  readonly path: string;
  readonly content: FakeFile;
  readonly size: number;
  readonly sha256: string;
  readonly gitSha1: string;
  readonly isLfs: boolean;
}

export async function store(path: string, content: FakeFile): Promise<StoredFile> {
  const size = Buffer.isBuffer(content) ? content.length : (await stat(content.path)).size;
  const sha256 = createHash('sha256');
  const gitSha1 = createHash('sha1').update(`blob ${String(size)}\0`);
  for await (const chunk of bytesOf(content, 0, size)) {
    sha256.update(chunk);
    gitSha1.update(chunk);
  }
  return { path, content, size, sha256: sha256.digest('hex'), gitSha1: gitSha1.digest('hex'), isLfs: LARGE.test(path) };
}

/** As the hub's API lists a file. */
export function listed(file: StoredFile): object {
  const { path, size, sha256, gitSha1, isLfs } = file;
  if (!isLfs) return { type: 'file', path, size, oid: gitSha1 };
  const pointerOid = createHash('sha1').update(sha256).digest('hex');
  return { type: 'file', path, size, oid: pointerOid, lfs: { oid: sha256, size, pointerSize: 134 } };
}

/** The commit that holds exactly these files; the same files make the same commit. */
export function commitIdOf(repo: string, files: readonly StoredFile[]): string {
  const hash = createHash('sha1').update(repo);
  for (const { path, sha256 } of files) hash.update(`\0${path}\0${sha256}`);
  return hash.digest('hex');
}
