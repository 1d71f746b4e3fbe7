import { Injectable } from '@nestjs/common';
import { ParleyError } from '../../inference/errors.js';
import { LifecycleService } from '../../domains/lifecycle/lifecycle.service.js';
import { ModelPointers, type ModelPointer } from '../../domains/lifecycle/model-pointers.js';

/**
 * The dialect's "current model": a pointer of its own for each API key, empty at first whatever else is loaded. It is
 * lost when anybody unloads the model on request; not when the model is evicted or crashes, nor when the service is
 * restarted, since it comes back then.
 */
@Injectable()
export class CurrentModel {
  /** What this process saw last: text goes on while the store is out of reach. */
  private readonly seen = new Map<string, ModelPointer | null>();

  constructor(
    private readonly pointers: ModelPointers,
    private readonly lifecycle: LifecycleService,
  ) {}

  /** The name as the client spelled it. */
  async get(keyId: string): Promise<string | null> {
    const pointer = await this.read(keyId);
    return pointer !== null && this.lifecycle.isInstalled(pointer.model) ? pointer.name : null;
  }

  async set(keyId: string, name: string): Promise<void> {
    const pointer = { model: this.lifecycle.idOf(name), name, chosenAt: Date.now() };
    await this.pointers.set(keyId, pointer);
    this.seen.set(keyId, pointer);
  }

  private async read(keyId: string): Promise<ModelPointer | null> {
    try {
      const pointer = await this.pointers.get(keyId);
      this.seen.set(keyId, pointer);
      return pointer;
    } catch (error) {
      const seen = this.seen.get(keyId);
      if (seen === undefined || !(error instanceof ParleyError)) throw error;
      // It may have been unloaded since then.
      return seen !== null && this.lifecycle.active().includes(seen.model) ? seen : null;
    }
  }
}
