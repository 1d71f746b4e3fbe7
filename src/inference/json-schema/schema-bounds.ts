import { isJsonObject, type JsonObject, type JsonValue } from '../json-value.js';
import { refused, type Place } from './schema-place.js';
import { allSchemas, inPlace } from './schema-walk.js';

const LONGEST_TEXT = 64 * 1024;
const DEEPEST = 64;
const MOST_SCHEMAS = 1000;
const MOST_ENUM_VALUES = 1000;
/** Of a place's pointer: longer ones would be copied for each schema below. */
const LONGEST_POINTER = 4000;

/** Keywords that change which schema is meant, or how it is judged, in ways that no grammar follows. */
const FOREIGN = ['$async', '$anchor', '$dynamicAnchor', '$dynamicRef', '$recursiveAnchor', '$recursiveRef'];

/**
 * The schemas within a client's schema, each by its pointer. Throws `invalid_request` for one that is too large to be
 * worked on while others wait, and for what leads out of it.
 */
export function boundedSchemas(schema: JsonObject, param: string): ReadonlyMap<string, Place> {
  const smaller = 'Make the schema smaller.';
  checkDepth(schema, param);
  if (JSON.stringify(schema).length > LONGEST_TEXT) {
    throw refused(param, '#', `it is longer than ${String(LONGEST_TEXT)} characters`, smaller);
  }
  const places = new Map<string, Place>();
  for (const place of allSchemas(schema)) {
    if (place.pointer.length > LONGEST_POINTER) {
      throw refused(
        param,
        `${place.pointer.slice(0, 100)}…`,
        'the names on the way to a subschema are too long',
        smaller,
      );
    }
    places.set(place.pointer, place);
    if (places.size <= MOST_SCHEMAS) continue;
    throw refused(param, '#', `it has more than ${String(MOST_SCHEMAS)} subschemas`, smaller);
  }
  checkIds(places, param);
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

/** Throws `invalid_request` for a schema that is too deep to be serialised. */
export function checkDepth(schema: JsonValue, param: string): void {
  if (!isDeeper(schema, DEEPEST)) return;
  throw refused(param, '#', `it is more than ${String(DEEPEST)} levels deep`, 'Make the schema smaller.');
}

function isDeeper(value: JsonValue, levels: number): boolean {
  if (levels < 0) return true;
  if (Array.isArray(value)) return value.some((each: JsonValue) => isDeeper(each, levels - 1));
  return isJsonObject(value) && Object.keys(value).some((key) => isDeeper(value[key] ?? null, levels - 1));
}

function checkKeywords({ pointer, schema }: Place, places: ReadonlyMap<string, Place>, param: string): void {
  if (!isJsonObject(schema)) return;
  const foreign = FOREIGN.find((key) => schema[key] !== undefined);
  if (foreign !== undefined) throw refused(param, pointer, `${foreign} is not supported`, 'Use $ref into $defs.');
  const ref = schema.$ref;
  if (ref !== undefined && (typeof ref !== 'string' || placeOf(ref, places) === undefined)) {
    throw refused(param, pointer, '$ref leads to no schema in this one', 'Use "#/$defs/…" or "#/definitions/…".');
  }
}

function checkIds(places: ReadonlyMap<string, Place>, param: string): void {
  const isNamed = ({ pointer, schema }: Place): boolean =>
    pointer !== '#' && isJsonObject(schema) && typeof schema.$id === 'string';
  const named = new Set([...places.values()].filter(isNamed).map(({ pointer }) => pointer));
  if (named.size === 0) return;
  for (const { pointer, schema } of places.values()) {
    if (!hasRef(schema)) continue;
    for (let at = pointer; at !== '#'; at = at.slice(0, at.lastIndexOf('/'))) {
      if (named.has(at)) throw refused(param, at, '$id changes what the $ref below it mean', 'Leave it out.');
    }
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
