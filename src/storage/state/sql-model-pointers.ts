import type { ModelPointer } from '../../domains/lifecycle/model-pointers.js';
import type { SqlStore } from '../store/sql-store.js';
import { DurableModelPointers } from './durable-model-pointers.js';
import { recordId } from './record-id.js';
import { readPointer, writePointer } from './stored-text.js';

const WRITE = `
  INSERT INTO parley.current_model (key, model, pointer) VALUES ($1, $2, $3)
  ON CONFLICT (key) DO UPDATE SET model = excluded.model, pointer = excluded.pointer
`;

/** Current models in PostgreSQL, embedded or not. */
export class SqlModelPointers extends DurableModelPointers<SqlStore> {
  protected override async read(keyId: string): Promise<ModelPointer | null> {
    const { rows } = await this.store.query<{ pointer: string }>(
      'SELECT pointer FROM parley.current_model WHERE key = $1',
      [recordId(keyId)],
      keyId,
    );
    return rows[0] === undefined ? null : readPointer(rows[0].pointer);
  }

  protected override async write(keyId: string, pointer: ModelPointer): Promise<void> {
    await this.store.query(WRITE, [recordId(keyId), recordId(pointer.model), writePointer(pointer)], keyId);
  }

  protected override async drop(models: readonly string[]): Promise<void> {
    const ids = models.map((model) => recordId(model));
    await this.store.query('DELETE FROM parley.current_model WHERE model = ANY($1)', [ids]);
  }
}
