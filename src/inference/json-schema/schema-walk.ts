import { isJsonObject, type JsonObject, type JsonValue } from '../json-value.js';
import { below, type Place } from './schema-place.js';

/** Keywords whose value is a schema, a list of schemas, or schemas by name. */
const ONE = [
  'additionalItems',
  'additionalProperties',
  'contains',
  'contentSchema',
  'else',
  'if',
  'items',
  'not',
  'propertyNames',
  'then',
  'unevaluatedItems',
  'unevaluatedProperties',
];
const LISTS = ['allOf', 'anyOf', 'items', 'oneOf', 'prefixItems'];
const NAMED = ['$defs', 'definitions', 'dependencies', 'dependentSchemas', 'patternProperties', 'properties'];

function isSchema(value: JsonValue | undefined): boolean {
  return typeof value === 'boolean' || isJsonObject(value);
}

/** The schemas right below one. */
export function subschemas(place: Place): readonly Place[] {
  const { schema } = place;
  if (!isJsonObject(schema)) return [];
  const found: Place[] = [];
  for (const key of ONE) if (isSchema(schema[key])) found.push(below(place, key));
  for (const key of LISTS) {
    const list = schema[key];
    if (!Array.isArray(list)) continue;
    for (const index of list.keys()) {
      const each = below(place, key, index);
      if (isSchema(each.schema)) found.push(each);
    }
  }
  for (const key of NAMED) {
    const named = schema[key];
    if (!isJsonObject(named)) continue;
    for (const name of Object.keys(named)) if (isSchema(named[name])) found.push(below(place, key, name));
  }
  return found;
}

/** Every schema in a schema, itself included. */
export function* allSchemas(root: JsonObject): Generator<Place, void> {
  const open: Place[] = [{ pointer: '#', schema: root }];
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    yield place;
    open.push(...subschemas(place));
  }
}

/** Keywords whose schemas speak of the same value as the schema that they are in. */
const IN_PLACE = ['allOf', 'anyOf', 'dependencies', 'dependentSchemas', 'else', 'if', 'not', 'oneOf', 'then'];

/** The schemas right below one that judge the same value, references aside. */
export function inPlace(place: Place): readonly Place[] {
  const { pointer } = place;
  return subschemas(place).filter((each) =>
    IN_PLACE.includes(each.pointer.slice(pointer.length + 1).split('/')[0] ?? ''),
  );
}
