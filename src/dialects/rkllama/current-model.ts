import { Injectable } from '@nestjs/common';
import { InferenceService } from '../../inference/inference.service.js';

interface Pointer {
  /** As the client spelled it. */
  readonly name: string;
  /** Requested unloads of the model when it became current. */
  readonly unloads: number;
}

/**
 * The dialect's "current model": a pointer of its own for each API key, empty at first whatever else is loaded. It is
 * lost when anybody unloads the model on request; not when the model is evicted or crashes, since it comes back then.
 */
@Injectable()
export class CurrentModel {
  private readonly pointers = new Map<string, Pointer>();

  constructor(private readonly inference: InferenceService) {}

  get(keyId: string): string | null {
    const pointer = this.pointers.get(keyId);
    if (pointer === undefined) return null;
    if (this.unloadsOf(pointer.name) === pointer.unloads) return pointer.name;
    this.pointers.delete(keyId);
    return null;
  }

  set(keyId: string, name: string): void {
    this.pointers.set(keyId, { name, unloads: this.inference.unloadsOf(name) });
  }

  /** Null when the model is no longer in the catalogue. */
  private unloadsOf(name: string): number | null {
    try {
      return this.inference.unloadsOf(name);
    } catch {
      return null;
    }
  }
}
