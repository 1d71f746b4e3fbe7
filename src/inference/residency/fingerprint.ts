import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { RunnableModel } from '../catalogue/model-entry.js';

/** Changes whenever one of a model's files does; of a model that another server has, its entry. */
export function fingerprintOf(entry: RunnableModel): string {
  if (entry.engine === 'remote') return JSON.stringify([entry.id, entry.remote]);
  const { path, hub } = entry;
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) return stampOf(path);
  const files = hub?.files ?? (readdirSync(path, { recursive: true }) as string[]).sort();
  return [path, ...files.map((file) => stampOf(join(path, file)))].join('\n');
}

function stampOf(file: string): string {
  const stat = statSync(file, { throwIfNoEntry: false });
  return `${file} ${String(stat?.size ?? 0)} ${String(stat?.mtimeMs ?? 0)}`;
}
