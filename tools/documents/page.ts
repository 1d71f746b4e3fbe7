import type { DocumentedOperation, DocumentedParameter } from './documented.js';
import { limitsOf } from './limits.js';
import { markdownTable } from './markdown-table.js';
import { isListedElsewhere, supportOf } from './disagreements.js';
import type { DialectSupport, Support } from '../../src/http/openapi/parameter-support.js';

export interface DialectPart {
  readonly name: string;
  readonly support: DialectSupport;
  readonly operations: readonly DocumentedOperation[];
}

const INTRODUCTION = `# Compatibility

What each dialect does with each parameter. This page is generated (\`npm run compatibility\`), from the OpenAPI documents
and each dialect's \`<name>.compatibility.ts\`; \`test/contract/compatibility.test.ts\` proves every row against a running service.

- **honoured**: it does what the original says, within the limits given. Values outside them are refused.
- **accepted**: it is checked, and changes nothing.
- **refused**: 400 that names it (\`ml-backend\`: 422 where its form is wrong), unless its value asks for nothing: null, or
  what the row names.
- **ignored**: unknown here, and without effect on the answer. Like any unknown field it is dropped, or with \`STRICT=true\`
  refused with 400, unless the row says that it is dropped all the same.

Parameters stand in the order of the documents; \`a.b\` is field \`b\` of \`a\`, \`a[]\` an element of the list \`a\`.`;

/** The page: Markdown that prettier leaves as it is. */
export function compatibilityPage(parts: readonly DialectPart[]): string {
  return `${[INTRODUCTION, ...parts.flatMap(dialectBlocks)].join('\n\n')}\n`;
}

function dialectBlocks(part: DialectPart): readonly string[] {
  const plain = part.operations.filter(({ parameters }) => parameters.length === 0).map(routeOf);
  const missing = Object.entries(part.support.missing);
  return [
    `## ${part.name}`,
    ...part.operations.filter(({ parameters }) => parameters.length > 0).flatMap((one) => operationBlocks(part, one)),
    ...(plain.length === 0 ? [] : [`Without parameters: ${plain.join(', ')}.`]),
    missing.length === 0
      ? 'Every route of the original is there.'
      : `Routes of the original that are not there, and answer 404:\n\n${missingTable(missing)}`,
  ];
}

function missingTable(missing: readonly (readonly [string, string])[]): string {
  return markdownTable(
    ['Route', 'Instead'],
    missing.map(([route, instead]) => [`\`${route}\``, instead]),
  );
}

function routeOf({ method, path }: DocumentedOperation): string {
  return `\`${method} ${path}\``;
}

function operationBlocks({ support, operations }: DialectPart, operation: DocumentedOperation): readonly string[] {
  const rows = operation.parameters
    .filter(({ name }) => !isListedElsewhere(support, operation, name))
    .map((parameter) => rowOf(parameter, supportOf(support, operation, parameter.name), operations));
  const entries = Object.entries(support.operations[operation.id]?.parameters ?? {});
  const ignored = entries
    .filter(([, { level }]) => level === 'ignored')
    .map(([name, { level, note, evenWithStrict }]) => [
      `\`${name}\``,
      level,
      [note, evenWithStrict === true ? 'dropped with `STRICT=true`, too' : ''].map(sentence).filter(Boolean).join(' '),
    ]);
  return [
    `### ${routeOf(operation)}`,
    markdownTable(['Parameter', 'Support', 'What it does, and its limits'], [...rows, ...ignored]),
  ];
}

function rowOf(
  parameter: DocumentedParameter,
  support: Support | undefined,
  operations: readonly DocumentedOperation[],
): readonly string[] {
  if (support === undefined) throw new Error(`${parameter.name} has no entry`);
  const other = operations.find(({ id }) => id === support.fieldsAsIn);
  const words = [
    parameter.description,
    limitsOf(parameter).join('; '),
    support.note,
    other === undefined ? '' : `its fields: as in ${routeOf(other)}`,
  ];
  return [nameCell(parameter), support.level, words.map(sentence).filter(Boolean).join(' ')];
}

function nameCell({ name, places }: DocumentedParameter): string {
  const unusual = [...places].filter((place) => place !== 'body');
  return unusual.length === 0 ? `\`${name}\`` : `\`${name}\` (${unusual.join(' or ')})`;
}

/** A capital at its beginning, a full stop at its end. */
function sentence(text: string): string {
  const words = text.replace(/\s+/g, ' ').trim();
  if (words === '') return '';
  return words.charAt(0).toUpperCase() + words.slice(1) + (/[.…:]$/.test(words) ? '' : '.');
}
