import type { CatalogueEntry } from './catalogue-entry.js';
import { checkModels } from './models-schema.js';
import { YamlFile, type FieldPath } from './yaml-file.js';

/** Reads a catalogue file. Throws an Error that names file, line, column and field of the first thing that is wrong. */
export function readModelsFile(path: string): readonly CatalogueEntry[] {
  const file = YamlFile.read(path);
  const checked = checkModels(file.content());
  if ('problem' in checked) throw file.problem(checked.problem.field, checked.problem.message);
  const { models } = checked.models;
  const problem = nameTwice(models) ?? unsupportedStarter(models);
  if (problem !== null) throw file.problem(problem.field, problem.message);
  return models;
}

interface Problem {
  readonly field: FieldPath;
  readonly message: string;
}

/** Every id and every alias leads to one model. Ids first: an alias that is also an id is the alias's fault. */
function nameTwice(models: readonly CatalogueEntry[]): Problem | null {
  const names = [
    ...models.map(({ id }, index) => ({ name: id, field: ['models', index, 'id'], owner: id })),
    ...models.flatMap(({ id, aliases = [] }, index) =>
      aliases.map((alias, at) => ({ name: alias, field: ['models', index, 'aliases', at], owner: id })),
    ),
  ];
  const owners = new Map<string, string>();
  for (const { name, field, owner } of names) {
    const other = owners.get(name);
    if (other !== undefined) return { field, message: `is "${name}", which is already a name of "${other}"` };
    owners.set(name, owner);
  }
  return null;
}

/** A starter ships with the package, so something must be able to run it. */
function unsupportedStarter(models: readonly CatalogueEntry[]): Problem | null {
  const index = models.findIndex(({ engine, starter }) => engine === 'unsupported' && starter !== undefined);
  if (index < 0) return null;
  return { field: ['models', index, 'starter'], message: 'needs an engine: this entry says that none runs it' };
}
