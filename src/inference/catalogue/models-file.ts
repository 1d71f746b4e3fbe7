import type { CatalogueEntry } from './catalogue-entry.js';
import { checkModels } from './models-schema.js';
import { remoteMistake } from './remote-mistakes.js';
import { YamlFile, type FieldPath } from './yaml-file.js';

/**
 * Reads a catalogue file. Its entries come after the `known` ones, and replace those that have the same id. Throws an
 * Error that names file, line, column and field of the first thing that is wrong.
 */
export function readModelsFile(path: string, known: readonly CatalogueEntry[] = []): readonly CatalogueEntry[] {
  const file = YamlFile.read(path);
  const checked = checkModels(file.content());
  if ('problem' in checked) throw file.problem(checked.problem.field, checked.problem.message);
  const { models } = checked.models;
  const own = new Map(models.map((entry) => [entry.id, entry]));
  const kept = known.filter(({ id }) => !own.has(id));
  const problem = nameTwice(models, kept) ?? unsupportedStarter(models) ?? remoteProblem(models);
  if (problem !== null) throw file.problem(problem.field, problem.message);
  const replaced = known.map((entry) => own.get(entry.id) ?? entry);
  const ids = new Set(known.map(({ id }) => id));
  return [...replaced, ...models.filter(({ id }) => !ids.has(id))];
}

interface Problem {
  readonly field: FieldPath;
  readonly message: string;
}

/** Every id and every alias leads to one model. Ids first: an alias that is also an id is the alias's fault. */
function nameTwice(models: readonly CatalogueEntry[], known: readonly CatalogueEntry[]): Problem | null {
  const names = [
    ...models.map(({ id }, index) => ({ name: id, field: ['models', index, 'id'], owner: id })),
    ...models.flatMap(({ id, aliases = [] }, index) =>
      aliases.map((alias, at) => ({ name: alias, field: ['models', index, 'aliases', at], owner: id })),
    ),
  ];
  const owners = new Map(known.flatMap(({ id, aliases = [] }) => [id, ...aliases].map((name) => [name, id] as const)));
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

function remoteProblem(models: readonly CatalogueEntry[]): Problem | null {
  for (const [index, entry] of models.entries()) {
    const mistake = remoteMistake(entry);
    if (mistake !== null) return { field: ['models', index, ...mistake.field], message: mistake.message };
  }
  return null;
}
