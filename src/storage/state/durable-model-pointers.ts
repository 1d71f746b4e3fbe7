import { Logger } from '@nestjs/common';
import { ParleyError } from '../../inference/errors.js';
import { ModelPointers, type ModelPointer } from '../../domains/lifecycle/model-pointers.js';
import type { Store } from '../store/store.js';

/**
 * Pointers in a store that may be closed or away when a model is unloaded. That neither opens it nor fails for it: the
 * model is remembered here, and its pointers end before the next one is read or written.
 */
export abstract class DurableModelPointers<S extends Store> extends ModelPointers {
  private readonly log = new Logger('ModelPointers');
  /** Models whose pointers are still in the store. */
  private readonly unforgotten = new Set<string>();
  /** What is on its way now: everybody waits for the same. */
  private catchingUp: Promise<void> | null = null;

  constructor(protected readonly store: S) {
    super();
  }

  override async get(keyId: string): Promise<ModelPointer | null> {
    if (this.store.holdsNothing) return null;
    await this.catchUp();
    return this.read(keyId);
  }

  override async set(keyId: string, pointer: ModelPointer): Promise<void> {
    await this.catchUp();
    await this.write(keyId, pointer);
  }

  override async forget(model: string): Promise<void> {
    this.unforgotten.add(model);
    if (!this.store.isOpen) return;
    try {
      await this.catchUp();
    } catch (error) {
      if (!(error instanceof ParleyError)) throw error;
      this.log.warn(`pointers to "${model}" are still in the store: ${error.message}`);
    }
  }

  protected abstract read(keyId: string): Promise<ModelPointer | null>;
  protected abstract write(keyId: string, pointer: ModelPointer): Promise<void>;
  /** Ends every key's pointer to any of the models. */
  protected abstract drop(models: readonly string[]): Promise<void>;

  private async catchUp(): Promise<void> {
    while (this.catchingUp !== null || this.unforgotten.size > 0) {
      this.catchingUp ??= this.dropUnforgotten().finally(() => (this.catchingUp = null));
      await this.catchingUp;
    }
  }

  private async dropUnforgotten(): Promise<void> {
    const models = [...this.unforgotten];
    this.unforgotten.clear();
    try {
      await this.drop(models);
    } catch (error) {
      for (const model of models) this.unforgotten.add(model);
      throw error;
    }
  }
}
