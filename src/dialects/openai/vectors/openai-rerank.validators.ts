import { ValidateBy } from 'class-validator';

const MOST_DOCUMENTS = 2048;

/** The text of a document, or undefined where it has none. */
export function documentText(document: unknown): string | undefined {
  if (typeof document === 'string') return document;
  if (typeof document !== 'object' || document === null || !('text' in document)) return undefined;
  return typeof document.text === 'string' ? document.text : undefined;
}

/** What is wrong with the `documents` of a request; null: nothing. */
export function wrongDocuments(value: unknown): string | null {
  if (!Array.isArray(value) || value.length === 0) return 'must be a list of at least one document';
  if (value.length > MOST_DOCUMENTS)
    return `takes ${String(MOST_DOCUMENTS)} at most; these are ${String(value.length)}`;
  const texts = value.map(documentText);
  const without = texts.indexOf(undefined);
  if (without !== -1) return `[${String(without)}] must be a text or an object with a text`;
  const empty = texts.indexOf('');
  return empty === -1 ? null : `[${String(empty)}] must not be empty`;
}

export function IsDocuments(): PropertyDecorator {
  return ValidateBy({
    name: 'isDocuments',
    validator: {
      validate: (value) => wrongDocuments(value) === null,
      defaultMessage: (args) => `documents ${wrongDocuments(args?.value) ?? ''}`,
    },
  });
}
