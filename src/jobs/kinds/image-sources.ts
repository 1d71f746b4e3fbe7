import { Injectable } from '@nestjs/common';
import { Readable } from 'node:stream';
import { UploadStore } from '../../storage/files/upload-store.js';
import type { ImageSource } from './kinds.js';

/** What a picture is drawn over, as files. */
export interface SourceFiles {
  readonly image: Uint8Array;
  readonly mask?: Uint8Array;
  readonly strength?: number;
}

/** The pictures that are edited, between the request and the job that draws over them. */
@Injectable()
export class ImageSources {
  constructor(private readonly uploads: UploadStore) {}

  async keep({ image, mask, strength }: SourceFiles): Promise<ImageSource> {
    return {
      image: await this.uploads.put(Readable.from([image])),
      mask: mask === undefined ? null : await this.uploads.put(Readable.from([mask])),
      strength: strength ?? null,
    };
  }

  /** Throws `invalid_request` for files that are no longer kept. */
  async open({ image, mask, strength }: ImageSource): Promise<SourceFiles> {
    return {
      image: await this.uploads.get(image),
      ...(mask !== null && { mask: await this.uploads.get(mask) }),
      ...(strength !== null && { strength }),
    };
  }
}
