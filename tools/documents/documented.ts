/** What is read of a document of OpenAPI. */
export interface ApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Partial<Record<Method, Operation>>>>>;
  readonly components?: { readonly schemas?: Readonly<Record<string, Schema>> };
}

/** What is read of a schema, or of a reference to one. */
export interface Schema {
  readonly $ref?: string;
  readonly description?: string;
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly maxItems?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly allOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
}

interface Operation {
  readonly operationId?: string;
  readonly parameters?: readonly (ParameterBeside | { readonly $ref: string })[];
  readonly requestBody?:
    { readonly content: Readonly<Record<string, { readonly schema?: Schema }>> } | { readonly $ref: string };
}

interface ParameterBeside {
  readonly name: string;
  readonly in: string;
  readonly description?: string;
  readonly required?: boolean;
  readonly schema?: Schema;
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;
type Method = (typeof METHODS)[number];
const FORM = 'multipart/form-data';

export type Place = 'body' | 'form' | 'query' | 'path' | 'header';

/** A parameter as a document of OpenAPI tells it. */
export interface DocumentedParameter {
  /** `stream_options.include_usage` when nested, `tools[].type` in a list. */
  readonly name: string;
  /** Where it may stand; in any of them it means the same. */
  readonly places: ReadonlySet<Place>;
  readonly description: string;
  readonly schema: Schema;
  readonly required: boolean;
}

export interface DocumentedOperation {
  readonly id: string;
  /** In capitals. */
  readonly method: string;
  /** Without the dialect's prefix. */
  readonly path: string;
  readonly parameters: readonly DocumentedParameter[];
}

/** Every operation of a document, in its order, with all its parameters. */
export function operationsOf(document: ApiDocument): readonly DocumentedOperation[] {
  const reader = new Reader(document.components?.schemas ?? {});
  return Object.entries(document.paths).flatMap(([path, item]) =>
    METHODS.flatMap((method) => {
      const operation = item[method];
      if (operation === undefined) return [];
      const parameters = merged([...reader.inBody(operation), ...reader.beside(operation)]);
      return [{ id: operation.operationId ?? '', method: method.toUpperCase(), path, parameters }];
    }),
  );
}

/** One entry for each name: the same field may be in the query and in the form. */
function merged(parameters: readonly DocumentedParameter[]): readonly DocumentedParameter[] {
  const byName = new Map<string, DocumentedParameter>();
  for (const parameter of parameters) {
    const known = byName.get(parameter.name);
    const places = new Set([...(known?.places ?? []), ...parameter.places]);
    byName.set(parameter.name, { ...(known ?? parameter), places });
  }
  return [...byName.values()];
}

interface Field {
  readonly name: string;
  readonly schema: Schema;
  readonly required: boolean;
}

class Reader {
  constructor(private readonly schemas: Readonly<Record<string, Schema>>) {}

  beside(operation: Operation): DocumentedParameter[] {
    return (operation.parameters ?? []).flatMap((parameter) => {
      if ('$ref' in parameter) return [];
      const place = placeOf(parameter.in);
      if (place === null) return [];
      const schema = this.resolved(parameter.schema ?? {});
      const description = parameter.description ?? '';
      return [
        { name: parameter.name, places: new Set([place]), description, schema, required: parameter.required === true },
      ];
    });
  }

  inBody(operation: Operation): DocumentedParameter[] {
    const body = operation.requestBody;
    if (body === undefined || '$ref' in body) return [];
    return Object.entries(body.content).flatMap(([type, { schema }]) => {
      const place = type === FORM ? 'form' : 'body';
      return schema === undefined ? [] : this.alternatives(schema).flatMap((one) => this.flat(one, place));
    });
  }

  private alternatives(schema: Schema): readonly Schema[] {
    return schema.oneOf ?? [schema];
  }

  private flat(schema: Schema, place: Place): DocumentedParameter[] {
    return this.fields(schema).flatMap((field) => this.withNested(field, place, new Set()));
  }

  /** A field, and those of the named schemas that it holds. */
  private withNested(
    { name, schema, required }: Field,
    place: Place,
    above: ReadonlySet<string>,
  ): DocumentedParameter[] {
    const own = this.resolved(schema);
    const description = schema.description ?? own.description ?? '';
    const parameter = { name, places: new Set([place]), description, schema: own, required };
    const nested = held(schema).flatMap(({ ref, suffix }) => {
      if (above.has(ref)) return [];
      const below = new Set([...above, ref]);
      return this.fields({ $ref: ref }).flatMap((field) =>
        this.withNested({ ...field, name: `${name}${suffix}.${field.name}` }, place, below),
      );
    });
    return [parameter, ...nested];
  }

  private fields(schema: Schema): Field[] {
    const { allOf, properties = {}, required = [] } = this.resolved(schema);
    const own = Object.entries(properties).map(([name, property]) => ({
      name,
      schema: property,
      required: required.includes(name),
    }));
    return [...(allOf ?? []).flatMap((part) => this.fields(part)), ...own];
  }

  private resolved(schema: Schema): Schema {
    if (schema.$ref === undefined) return schema;
    const name = schema.$ref.slice(schema.$ref.lastIndexOf('/') + 1);
    const found = this.schemas[name];
    if (found === undefined) throw new Error(`the document has no schema ${name}`);
    return this.resolved(found);
  }
}

interface Held {
  readonly ref: string;
  readonly suffix: '' | '[]';
}

/** The named schemas that a field's own is, or is a list of. */
function held(schema: Schema, suffix: '' | '[]' = ''): readonly Held[] {
  if (schema.$ref !== undefined) return [{ ref: schema.$ref, suffix }];
  const { allOf = [], oneOf = [], items } = schema;
  const listed = items === undefined ? [] : held(items, '[]');
  return [...[...allOf, ...oneOf].flatMap((part) => held(part, suffix)), ...listed];
}

function placeOf(place: string): Place | null {
  return place === 'query' || place === 'path' || place === 'header' ? place : null;
}
