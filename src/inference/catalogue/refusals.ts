import { ParleyError } from '../errors.js';
import { isSupported, type ModelEntry } from './model-entry.js';

/** The refusal of a model that is known but not here: how it comes here. `name` is what the client called it. */
export function notInstalled(name: string, entry: ModelEntry): ParleyError {
  const message = `The model "${name}" is known but not installed${howToInstall(entry)}.`;
  return new ParleyError('model_not_found', message, { param: 'model' });
}

/** The refusal to remove a model that another server has. */
export function notRemovable({ id }: ModelEntry): ParleyError {
  return new ParleyError(
    'forbidden',
    `"${id}" is on another server, and has no files here: take its entry out of the catalogue instead.`,
  );
}

/** The refusal of a model that no engine runs: what it would do. */
export function unsupported({ id, tasks }: ModelEntry): ParleyError {
  const what = tasks.length === 0 ? '' : ` (${tasks.join(', ')})`;
  return new ParleyError('invalid_request', `No engine of this version runs "${id}"${what}.`, { param: 'model' });
}

function howToInstall(entry: ModelEntry): string {
  const { hub } = entry;
  if (hub === null) return '';
  const [first = '', ...others] = hub.files;
  const files = others.length === 0 ? first : `its ${String(hub.files.length)} files`;
  const put = `put ${files} into MODELS_DIR/${hub.repo}/`;
  return isSupported(entry) ? `: pull it with POST /model/launch, or ${put}` : `: ${put}`;
}
