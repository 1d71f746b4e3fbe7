import { isJsonObject, type JsonObject, type JsonValue } from '../json-value.js';

/** Readers of what another server sent, which may be anything. */

export function objectAt(value: JsonValue | undefined, key: string): JsonObject | null {
  const found = isJsonObject(value) ? value[key] : undefined;
  return isJsonObject(found) ? found : null;
}

export function listAt(value: JsonValue | undefined, key: string): readonly JsonValue[] | null {
  const found = isJsonObject(value) ? value[key] : undefined;
  return isList(found) ? found : null;
}

export function textAt(value: JsonValue | undefined, key: string): string | null {
  const found = isJsonObject(value) ? value[key] : undefined;
  return typeof found === 'string' ? found : null;
}

export function numberAt(value: JsonValue | undefined, key: string): number | null {
  const found = isJsonObject(value) ? value[key] : undefined;
  return typeof found === 'number' && Number.isFinite(found) ? found : null;
}

/** A whole number from 0: a count, an index. */
export function countAt(value: JsonValue | undefined, key: string): number | null {
  const found = numberAt(value, key);
  return found !== null && Number.isSafeInteger(found) && found >= 0 ? found : null;
}

export function isList(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value);
}

/** Null: the text is no JSON. */
export function parseJson(text: string): { readonly value: JsonValue } | null {
  try {
    return { value: JSON.parse(text) as JsonValue }; // what JSON.parse returns is just that
  } catch {
    return null;
  }
}
