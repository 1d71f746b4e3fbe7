import type { Task } from '../tasks.js';

/** Longest picture file that travels inside the message of its run. */
const MAX_INLINE_BYTES = 64 * 1024;
/** Bytes of a file in one message: serialising and writing them holds the sender's event loop for well under a millisecond. */
export const SLICE_BYTES = 256 * 1024;

/** A slice of a picture file of a run that is about to be sent; slices come in order, those of one file after another. */
export interface FileSlice {
  readonly type: 'file';
  /** The run's. */
  readonly id: number;
  /** Place of the file among those of the task. */
  readonly file: number;
  readonly fileBytes: number;
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/** A picture file that was taken out of a task. */
interface DetachedFile {
  readonly file: number;
  readonly bytes: Uint8Array;
}

const NO_BYTES = new Uint8Array(0);

/** Takes large picture files out of a task, which is returned without them. */
export function detachFiles(task: Task): { readonly task: Task; readonly files: readonly DetachedFile[] } {
  const files: DetachedFile[] = [];
  const rest = mapFiles(task, (bytes, file) => {
    if (bytes.length <= MAX_INLINE_BYTES) return bytes;
    files.push({ file, bytes });
    return NO_BYTES;
  });
  return { task: rest, files };
}

/** Slices of the files of a run, in the order in which they are sent. */
export function* slicesOf(id: number, files: readonly DetachedFile[]): Generator<FileSlice, void> {
  for (const { file, bytes } of files) {
    for (let offset = 0; offset < bytes.length; offset += SLICE_BYTES) {
      const slice = bytes.subarray(offset, offset + SLICE_BYTES);
      yield { type: 'file', id, file, fileBytes: bytes.length, offset, bytes: slice };
    }
  }
}

/** The receiver's side: collects the files of runs that have not been sent yet. */
export class FileReceiver {
  private readonly incoming = new Map<number, Map<number, Uint8Array>>();

  add({ id, file, fileBytes, offset, bytes }: FileSlice): void {
    const files = this.incoming.get(id) ?? new Map<number, Uint8Array>();
    this.incoming.set(id, files);
    const whole = files.get(file) ?? new Uint8Array(fileBytes);
    files.set(file, whole);
    whole.set(bytes, offset);
  }

  /** Forgets the files of a run that was aborted before it was sent. */
  drop(id: number): void {
    this.incoming.delete(id);
  }

  /** Puts the files of a run back into its task. */
  attach(id: number, task: Task): Task {
    const files = this.incoming.get(id);
    this.incoming.delete(id);
    return files === undefined ? task : mapFiles(task, (bytes, file) => files.get(file) ?? bytes);
  }
}

function mapFiles(task: Task, map: (bytes: Uint8Array, file: number) => Uint8Array): Task {
  if (task.kind === 'image-to-text') return { ...task, image: map(task.image, 0) };
  if (task.kind === 'image-text-to-text') return { ...task, images: task.images.map(map) };
  if (task.kind !== 'image-to-image') return task;
  return { ...task, image: map(task.image, 0), ...(task.mask !== undefined && { mask: map(task.mask, 1) }) };
}
