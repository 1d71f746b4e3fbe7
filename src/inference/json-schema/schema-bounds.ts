import { isJsonObject, type JsonObject, type JsonValue } from '../json-value.js';
import { refused, type Place } from './schema-place.js';
import { allSchemas, inPlace } from './schema-walk.js';

const LONGEST_TEXT = 64 * 1024;
const DEEPEST = 64;
const MOST_SCHEMAS = 1000;
const MOST_ENUM_VALUES = 1000;

/** Keywords that change which schema is meant, or how it is judged, in ways that no grammar follows. */
const FOREIGN = ['$async', '$anchor', '$dynamicAnchor', '$dynamicRef', '$recursiveAnchor', '$recursiveRef'];

/**
 * The schemas within a client's schema, each by its pointer. Throws `invalid_request` for one that is too large to be
 * worked on while others wait, and for what leads out of it.
 */
export function boundedSchemas(schema: JsonObject, param: string): ReadonlyMap<string, Place> {
  const smaller = 'Make the schema smaller.';
  if (depthOf(schema) > DEEPEST) throw refused(param, '#', `it is more than ${String(DEEPEST)} levels deep`, smaller);
  if (JSON.stringify(schema).length > LONGEST_TEXT) {
    throw refused(param, '#', `it is longer than ${String(LONGEST_TEXT)} characters`, smaller);
  }
  const places = allSchemas(schema);
  if (places.size > MOST_SCHEMAS)
    throw refused(param, '#', `it has more than ${String(MOST_SCHEMAS)} subschemas`, smaller);
  let values = 0;
  for (const place of places.values()) {
    checkKeywords(place, places, param);
    const list = isJsonObject(place.schema) ? place.schema.enum : undefined;
    if (Array.isArray(list)) values += list.length;
  }
  checkCircles(places, param);
  if (values > MOST_ENUM_VALUES) {
    throw refused(param, '#', `its enums have more than ${String(MOST_ENUM_VALUES)} values together`, smaller);
  }
  return places;
}

function checkKeywords({ pointer, schema }: Place, places: ReadonlyMap<string, Place>, param: string): void {
  if (!isJsonObject(schema)) return;
  const foreign = FOREIGN.find((key) => schema[key] !== undefined);
  if (foreign !== undefined) throw refused(param, pointer, `${foreign} is not supported`, 'Use $ref into $defs.');
  const ref = schema.$ref;
  if (ref !== undefined && (typeof ref !== 'string' || placeOf(ref, places) === undefined)) {
    throw refused(param, pointer, '$ref leads to no schema in this one', 'Use "#/$defs/…" or "#/definitions/…".');
  }
  const inner = pointer !== '#' && typeof schema.$id === 'string';
  if (inner && [...places.values()].some((each) => each.pointer.startsWith(pointer) && hasRef(each.schema))) {
    throw refused(param, pointer, '$id changes what the $ref below it mean', 'Leave it out.');
  }
}

/** A schema that judges a value by judging the same value by itself never ends. */
function checkCircles(places: ReadonlyMap<string, Place>, param: string): void {
  const state = new Map<string, 'open' | 'done'>();
  const visit = (place: Place): void => {
    if (state.get(place.pointer) === 'done') return;
    if (state.get(place.pointer) === 'open') {
      throw refused(param, place.pointer, 'it refers to itself with nothing between', 'Refer to it from a property.');
    }
    state.set(place.pointer, 'open');
    const ref = isJsonObject(place.schema) ? place.schema.$ref : undefined;
    const target = typeof ref === 'string' ? placeOf(ref, places) : undefined;
    for (const next of target === undefined ? inPlace(place) : [target, ...inPlace(place)]) visit(next);
    state.set(place.pointer, 'done');
  };
  for (const place of places.values()) visit(place);
}

function hasRef(schema: JsonValue): boolean {
  return isJsonObject(schema) && schema.$ref !== undefined;
}

/** Where a reference leads. Written in whichever way, it is found by the keys that it means. */
export function placeOf(ref: string, places: ReadonlyMap<string, Place>): Place | undefined {
  if (ref === '#' || ref === '#/') return ref === '#' ? places.get('#') : undefined;
  if (!ref.startsWith('#/') || ref.length > 1000) return undefined;
  try {
    const keys = ref
      .slice(2)
      .split('/')
      .map((key) => encodeURIComponent(decodeURIComponent(key)));
    return places.get(['#', ...keys].join('/'));
  } catch {
    return undefined; // no URI
  }
}

function depthOf(root: JsonValue): number {
  let depth = 0;
  for (let level: readonly JsonValue[] = [root]; level.length > 0 && depth <= DEEPEST; depth += 1) {
    level = level.flatMap((value): JsonValue[] =>
      typeof value === 'object' && value !== null ? (Object.values(value) as JsonValue[]) : [],
    );
  }
  return depth;
}
