import { ParleyError } from '../../../errors.js';
import { isJsonObject, type JsonObject, type JsonValue } from '../../../json-value.js';

/** Keeps a client's text from being read as the format's own marks. */
export type Mask = (text: string) => string;

/** Levels of a schema or of arguments; templates render them by recursion. */
const DEEPEST = 100;

/** A copy whose keys and texts went through `mask`. Throws `invalid_request` naming `param` where it is nested too deep. */
export function maskedObject(object: JsonObject, mask: Mask, param: string, depth = 1): JsonObject {
  if (depth > DEEPEST) throw tooDeep(param);
  return Object.fromEntries(
    Object.entries(object).map(([key, value]) => [
      mask(key),
      value === undefined ? value : maskedValue(value, mask, param, depth + 1),
    ]),
  );
}

/** Arguments of an earlier call as a value, or as the text that they are where they are no JSON object; masked. */
export function maskedArguments(text: string, mask: Mask): JsonObject | string {
  const parsed = parsedObject(text);
  return parsed === null ? mask(text) : maskedObject(parsed, mask, 'messages');
}

function maskedValue(value: JsonValue, mask: Mask, param: string, depth: number): JsonValue {
  if (typeof value === 'string') return mask(value);
  if (typeof value !== 'object' || value === null) return value;
  if (isJsonObject(value)) return maskedObject(value, mask, param, depth);
  if (depth > DEEPEST) throw tooDeep(param);
  return value.map((item) => maskedValue(item, mask, param, depth + 1));
}

function parsedObject(text: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : null;
  } catch {
    return null;
  }
}

function tooDeep(param: string): ParleyError {
  const message = `${param} hold JSON that is nested deeper than ${String(DEEPEST)} levels. Use fewer.`;
  return new ParleyError('invalid_request', message, { param });
}
