import { ValidateBy } from 'class-validator';

const MOST_INPUTS = 2048;

/** Whole numbers from 0; whether the model has them is the model's to say. */
export function isTokenList(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((token) => Number.isSafeInteger(token) && token >= 0);
}

/** What is wrong with the `input` of an embedding request; null: nothing. */
export function wrongInput(value: unknown): string | null {
  if (typeof value === 'string') return value === '' ? 'must not be empty' : null;
  if (!Array.isArray(value)) return 'must be a text, a list of texts, or token ids';
  if (value.length === 0) return 'must not be an empty list';
  if (typeof value[0] === 'number') return isTokenList(value) ? null : 'must hold whole numbers from 0 as token ids';
  if (value.length > MOST_INPUTS)
    return `takes ${String(MOST_INPUTS)} texts at most; these are ${String(value.length)}`;
  const texts = typeof value[0] === 'string';
  const wrong = value.findIndex((item: unknown) => (texts ? typeof item !== 'string' : !isTokenList(item)));
  if (wrong !== -1) return `[${String(wrong)}] must be ${texts ? 'a text' : 'a list of token ids'}, as the others`;
  const empty = value.findIndex((item: string | number[]) => item.length === 0);
  return empty === -1 ? null : `[${String(empty)}] must not be empty`;
}

export function IsEmbeddingInput(): PropertyDecorator {
  return ValidateBy({
    name: 'isEmbeddingInput',
    validator: {
      validate: (value) => wrongInput(value) === null,
      defaultMessage: (args) => `input ${wrongInput(args?.value) ?? ''}`,
    },
  });
}

/** One pass over the list, which may be long. */
export function IsTokenIds(): PropertyDecorator {
  return ValidateBy({
    name: 'isTokenIds',
    validator: {
      validate: isTokenList,
      defaultMessage: (args) => `${args?.property ?? ''} must be a list of token ids: whole numbers from 0`,
    },
  });
}
