import { ParleyError } from '../errors.js';
import type { JsonObject, JsonValue } from '../json-value.js';

/** A schema and where it stands in the client's. */
export interface Place {
  /** As a URI fragment: `#/properties/a`. */
  readonly pointer: string;
  readonly schema: JsonValue;
}

export function below(place: Place, ...keys: readonly (string | number)[]): Place {
  let { schema } = place;
  for (const key of keys) schema = child(schema, key);
  return { pointer: [place.pointer, ...keys.map(pointerKey)].join('/'), schema };
}

/** A schema that stands nowhere in the client's. */
export function madeUp(schema: JsonValue): Place {
  return { pointer: `${MADE_UP}${JSON.stringify(schema)}`, schema };
}

const MADE_UP = 'made up: ';

export function isMadeUp({ pointer }: Pick<Place, 'pointer'>): boolean {
  return pointer.startsWith(MADE_UP);
}

function child(value: JsonValue, key: string | number): JsonValue {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return null;
  return (value as JsonObject)[key] ?? null; // an array's members have names, too
}

export function pointerKey(key: string | number): string {
  return encodeURIComponent(String(key).replaceAll('~', '~0').replaceAll('/', '~1'));
}

/** What is wrong with a schema, for the client. `remedy` is a sentence. */
export function refused(param: string, pointer: string, what: string, remedy: string): ParleyError {
  return new ParleyError('invalid_request', `${param} cannot be used: ${pointer}: ${what}. ${remedy}`, { param });
}
