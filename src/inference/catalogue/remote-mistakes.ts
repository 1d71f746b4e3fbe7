import type { CatalogueEntry } from './catalogue-entry.js';
import type { Capability } from './model-entry.js';

export interface RemoteMistake {
  /** Below the entry. */
  readonly field: readonly (string | number)[];
  /** Continues a sentence that begins with the field's name. */
  readonly message: string;
}

/** What OpenAI's API has a route for that the engine uses. */
const TASKS: readonly Capability[] = ['text-generation', 'image-text-to-text', 'feature-extraction', 'text-ranking'];

/** Fields that say something about files or about this machine's memory. */
const LOCAL_FIELDS = ['starter', 'hub', 'bytes', 'heavy'] as const;

/** What the schema cannot say: which fields go with the engine `remote`. Null: nothing is wrong. */
export function remoteMistake(entry: CatalogueEntry): RemoteMistake | null {
  const { engine, remote } = entry;
  if (engine !== 'remote') {
    return remote === undefined ? null : { field: ['remote'], message: 'goes with the engine remote alone' };
  }
  if (remote === undefined) return { field: ['remote'], message: 'is missing' };
  const local = LOCAL_FIELDS.find((field) => entry[field] !== undefined);
  if (local !== undefined) return { field: [local], message: 'is not for a model that another server has' };
  const task = entry.tasks.findIndex((one) => !TASKS.includes(one));
  if (task !== -1) return { field: ['tasks', task], message: `of a remote model must be one of ${TASKS.join(', ')}` };
  if (!URL.canParse(remote.base_url)) return { field: ['remote', 'base_url'], message: 'is no URL' };
  if (remote.key_env !== undefined && remote.key_file !== undefined) {
    return { field: ['remote', 'key_file'], message: 'and key_env exclude each other' };
  }
  return null;
}
