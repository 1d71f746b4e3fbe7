import type { DocumentedOperation } from './documented.js';
import { HEADERS } from '../../src/http/openapi/header-support.js';
import type { DialectSupport, Support } from '../../src/http/openapi/parameter-support.js';

/** The entry of a documented parameter; undefined where it is listed with another operation, or missing. */
export function supportOf(dialect: DialectSupport, operation: DocumentedOperation, name: string): Support | undefined {
  return dialect.operations[operation.id]?.parameters[name] ?? HEADERS[name];
}

/** Whether a field is listed with another operation, as its parent's entry says. */
export function isListedElsewhere(dialect: DialectSupport, operation: DocumentedOperation, name: string): boolean {
  const parameters = dialect.operations[operation.id]?.parameters ?? {};
  return Object.entries(parameters).some(
    ([parent, { fieldsAsIn }]) => fieldsAsIn !== undefined && new RegExp(`^${parent}(\\[\\])?\\.`).test(name),
  );
}

/** Where documents and entries do not agree, in words; none when they do. */
export function disagreements(dialect: DialectSupport, operations: readonly DocumentedOperation[]): readonly string[] {
  return [...withoutEntry(dialect, operations), ...withoutParameter(dialect, operations)];
}

function withoutEntry(dialect: DialectSupport, operations: readonly DocumentedOperation[]): readonly string[] {
  return operations.flatMap((operation) =>
    operation.parameters
      .filter(({ name }) => !isListedElsewhere(dialect, operation, name))
      .filter(({ name }) => (supportOf(dialect, operation, name)?.level ?? 'ignored') === 'ignored')
      .map(({ name }) => `${operation.id}: ${name} is documented, and has no entry that says how far it is honoured`),
  );
}

function withoutParameter(dialect: DialectSupport, operations: readonly DocumentedOperation[]): readonly string[] {
  return Object.entries(dialect.operations).flatMap(([id, { parameters }]) => {
    const operation = operations.find((one) => one.id === id);
    if (operation === undefined) return [`${id} is no operation of the document`];
    const documented = new Set(operation.parameters.map(({ name }) => name));
    return Object.entries(parameters)
      .filter(([name, { level }]) => level !== 'ignored' && !documented.has(name))
      .map(([name]) => `${id}: ${name} has an entry, and is not documented`);
  });
}
