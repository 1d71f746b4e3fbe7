/** The model that a key has chosen as its current one. */
export interface ModelPointer {
  /** Catalogue id. */
  readonly model: string;
  /** As the client spelled it. */
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly chosenAt: number;
}

/**
 * Each API key's current model: it outlives a restart. Unloading a model on request ends every key's pointer to it.
 * Implementations are in `state/`; one contract test runs against each.
 */
export abstract class ModelPointers {
  /** Throws `overloaded` while the store is out of reach, as {@link set} does. */
  abstract get(keyId: string): Promise<ModelPointer | null>;
  abstract set(keyId: string, pointer: ModelPointer): Promise<void>;
  /** Ends every key's pointer to a model: at once, or before the next {@link get} where the store cannot be reached. */
  abstract forget(model: string): Promise<void>;
}
