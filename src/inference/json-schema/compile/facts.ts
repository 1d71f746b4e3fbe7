import { isJsonObject, type JsonObject, type JsonValue } from '../../json-value.js';
import { placeOf } from '../schema-bounds.js';
import { below, type Place } from '../schema-place.js';
import type { WorkBudget } from '../work-budget.js';

export const TYPES = ['null', 'boolean', 'integer', 'number', 'string', 'array', 'object'] as const;
export type TypeName = (typeof TYPES)[number];

/** Which type each keyword speaks of. */
const FAMILIES: Readonly<Record<string, TypeName>> = {
  ...family('string', 'minLength', 'maxLength', 'pattern', 'format'),
  ...family('number', 'minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'),
  ...family('array', 'items', 'prefixItems', 'additionalItems', 'minItems', 'maxItems', 'uniqueItems', 'contains'),
  ...family('object', 'properties', 'required', 'additionalProperties', 'patternProperties', 'minProperties'),
  ...family('object', 'maxProperties', 'propertyNames', 'dependentRequired'),
};

export interface Member extends Place {
  readonly schema: JsonObject;
}

/** Alternatives of which a value is to fit one; for `oneOf`, no other. */
export interface Union {
  readonly pointer: string;
  readonly kind: 'anyOf' | 'oneOf';
  readonly branches: readonly Place[];
}

/** What several schemas say of one value together, their `$ref` and `allOf` followed. */
export class Facts {
  readonly members: Member[] = [];
  readonly unions: Union[] = [];
  /** Where it says that no value is valid. */
  impossible: string | undefined;
  /** The enumerated values that all else allows, once they are known. */
  allowed: readonly JsonValue[] | undefined;
  private readonly pointers = new Set<string>();

  constructor(
    places: readonly Place[],
    private readonly known: ReadonlyMap<string, Place>,
    private readonly work: WorkBudget,
  ) {
    for (const place of places) this.gather(place);
  }

  /** The values of a keyword, in order. */
  values(keyword: string): readonly { readonly pointer: string; readonly value: JsonValue }[] {
    this.work.spend(1 + this.members.length / 20);
    return this.members.flatMap(({ pointer, schema }) => {
      const value = schema[keyword];
      return value === undefined ? [] : [{ pointer: `${pointer}/${keyword}`, value }];
    });
  }

  numbers(keyword: string): readonly number[] {
    return this.values(keyword).flatMap(({ value }) => (typeof value === 'number' ? [value] : []));
  }

  /** The largest of a keyword's values. */
  most(keyword: string, otherwise: number): number {
    return Math.max(otherwise, ...this.numbers(keyword));
  }

  least(keyword: string, otherwise: number): number {
    return Math.min(otherwise, ...this.numbers(keyword));
  }

  /** The schemas below a keyword. */
  schemas(keyword: string): readonly Place[] {
    return this.members.filter(({ schema }) => schema[keyword] !== undefined).map((each) => below(each, keyword));
  }

  /** The values that the enums and constants name; undefined where there are none. */
  get enumerated(): readonly JsonValue[] | undefined {
    for (const { schema } of this.members) {
      if (schema.const !== undefined) return [schema.const];
      if (Array.isArray(schema.enum)) return schema.enum as readonly JsonValue[];
    }
    return undefined;
  }

  /** Without any `type`: those that the keywords speak of, or all. `number` includes `integer`. */
  get types(): ReadonlySet<TypeName> {
    return (this.knownTypes ??= this.commonTypes());
  }

  private knownTypes: ReadonlySet<TypeName> | undefined;

  private commonTypes(): ReadonlySet<TypeName> {
    let types: ReadonlySet<TypeName> | undefined;
    for (const { value } of this.values('type')) {
      const named = new Set(TYPES.filter((type) => value === type || (Array.isArray(value) && value.includes(type))));
      types = types === undefined ? named : both(types, named);
    }
    return types ?? this.impliedTypes;
  }

  get typed(): boolean {
    return this.values('type').length > 0;
  }

  private get impliedTypes(): ReadonlySet<TypeName> {
    const keywords = this.members.flatMap(({ schema }) => Object.keys(schema));
    const implied = keywords.flatMap((keyword) => (Object.hasOwn(FAMILIES, keyword) ? [FAMILIES[keyword]] : []));
    return new Set(implied.length > 0 ? implied.filter((type) => type !== undefined) : TYPES);
  }

  private gather(place: Place): void {
    const { pointer, schema } = place;
    this.work.spendOnText(pointer.length);
    if (schema === false) this.impossible ??= pointer;
    if (!isJsonObject(schema) || this.pointers.has(pointer)) return;
    this.pointers.add(pointer);
    const ref = schema.$ref;
    const target = typeof ref === 'string' ? placeOf(ref, this.known) : undefined;
    if (target !== undefined) this.gather(target);
    this.members.push({ pointer, schema });
    for (const each of listed(place, 'allOf')) this.gather(each);
    for (const each of named(place, 'dependentSchemas')) this.gather(each);
    for (const each of named(place, 'dependencies')) if (!Array.isArray(each.schema)) this.gather(each);
    for (const kind of ['anyOf', 'oneOf'] as const) {
      const branches = listed(place, kind);
      if (branches.length > 0) this.unions.push({ pointer: `${pointer}/${kind}`, kind, branches });
    }
  }
}

function listed(place: Place, keyword: string): readonly Place[] {
  const list = isJsonObject(place.schema) ? place.schema[keyword] : undefined;
  return Array.isArray(list) ? list.map((_, index) => below(place, keyword, index)) : [];
}

/** The schemas that stand below a keyword by name. */
export function named(place: Place, keyword: string): readonly (Place & { readonly name: string })[] {
  const map = isJsonObject(place.schema) ? place.schema[keyword] : undefined;
  return isJsonObject(map) ? Object.keys(map).map((name) => ({ ...below(place, keyword, name), name })) : [];
}

/** The schema below a keyword by one name. */
export function namedOne(place: Place, keyword: string, name: string): readonly Place[] {
  const map = isJsonObject(place.schema) ? place.schema[keyword] : undefined;
  return isJsonObject(map) && Object.hasOwn(map, name) ? [below(place, keyword, name)] : [];
}

function both(a: ReadonlySet<TypeName>, b: ReadonlySet<TypeName>): ReadonlySet<TypeName> {
  const has = (types: ReadonlySet<TypeName>, type: TypeName): boolean =>
    types.has(type) || (type === 'integer' && types.has('number'));
  return new Set(TYPES.filter((type) => has(a, type) && has(b, type)));
}

function family(type: TypeName, ...keywords: readonly string[]): Record<string, TypeName> {
  return Object.fromEntries(keywords.map((keyword) => [keyword, type]));
}
