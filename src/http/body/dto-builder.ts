import type { Type } from '@nestjs/common';
import { TransformationType } from 'class-transformer';
import { defaultMetadataStorage } from 'class-transformer/cjs/storage.js';
import { ARRAY_MAX_SIZE, getMetadataStorage } from 'class-validator';

/** Unknown fields that are left for the validator to name. */
const MAX_UNKNOWN = 21;
const LONGEST_NAME = 100;
/** Elements that are built where a DTO must not be a list. */
const MAX_BUILT = 1;
const SCALARS: ReadonlySet<unknown> = new Set([Number, String, Boolean]);

type Fields = Readonly<Record<string, unknown>>;
type Convert = (value: unknown, all: Fields) => unknown;

/**
 * Builds DTOs from plain objects, by the decorators of class-validator and class-transformer (`@Type`, `@Transform`).
 * Its cost depends on the fields of the DTO and not on what a client sends, as that of `plainToInstance` does: values
 * without a `@Type` are taken as they are, unknown fields are left out.
 */
export class DtoBuilder {
  private readonly plans = new Map<Type, ReadonlyMap<string, Convert>>();

  /** `keepUnknown`: leaves some unknown fields in, so that validation can name them. */
  constructor(private readonly keepUnknown: boolean) {}

  build(metatype: Type, fields: Fields): object {
    const plan = this.planOf(metatype);
    const dto = new metatype() as Record<string, unknown>;
    for (const [name, convert] of plan) {
      if (Object.hasOwn(fields, name) && fields[name] !== undefined) dto[name] = convert(fields[name], fields);
    }
    if (this.keepUnknown) {
      for (const name of unknownNames(fields, plan)) dto[name] = true;
    }
    return dto;
  }

  private planOf(metatype: Type): ReadonlyMap<string, Convert> {
    const known = this.plans.get(metatype);
    if (known !== undefined) return known;
    const names = new Set(rulesOf(metatype).map(({ propertyName }) => propertyName));
    const plan = new Map([...names].map((name) => [name, this.converterOf(metatype, name)]));
    this.plans.set(metatype, plan);
    return plan;
  }

  private converterOf(metatype: Type, name: string): Convert {
    const wanted = defaultMetadataStorage.findTypeMetadata(metatype, name)?.typeFunction();
    const transforms = defaultMetadataStorage.findTransformMetadatas(metatype, name, TransformationType.PLAIN_TO_CLASS);
    const most = maxElements(metatype, name) ?? (wanted === undefined ? Infinity : MAX_BUILT);
    const cut = (value: unknown): unknown =>
      Array.isArray(value) && value.length > most ? value.slice(0, most + 1) : value;
    const convert = (value: unknown): unknown => {
      if (wanted === undefined) return value;
      return Array.isArray(value)
        ? value.map((element: unknown) => this.convert(element, wanted))
        : this.convert(value, wanted);
    };
    const type = TransformationType.PLAIN_TO_CLASS;
    return (value, all) =>
      transforms.reduce(
        (result, { transformFn }) => cut(transformFn({ value: result, key: name, obj: all, type, options: {} })),
        convert(cut(value)),
      );
  }

  private convert(value: unknown, wanted: unknown): unknown {
    if (value === null) return null;
    if (SCALARS.has(wanted)) return (wanted as (value: unknown) => unknown)(value);
    if (Array.isArray(value)) return []; // as wrong as a full one, and not walked by the validator
    return typeof value === 'object' ? this.build(wanted as Type, value as Fields) : value;
  }
}

function rulesOf(metatype: Type): ReturnType<ReturnType<typeof getMetadataStorage>['getTargetValidationMetadatas']> {
  return getMetadataStorage().getTargetValidationMetadatas(metatype, '', false, false);
}

/** Of `@ArrayMaxSize`. Elements beyond one more are not looked at: the list is refused. */
function maxElements(metatype: Type, name: string): number | undefined {
  const rule = rulesOf(metatype).find((each) => each.propertyName === name && each.name === ARRAY_MAX_SIZE);
  const [most] = (rule?.constraints ?? []) as readonly unknown[];
  return typeof most === 'number' ? most : undefined;
}

function unknownNames(fields: Fields, known: ReadonlyMap<string, unknown>): string[] {
  const unknown: string[] = [];
  for (const name of Object.keys(fields)) {
    if (known.has(name) || name === '__proto__' || name === 'constructor') continue;
    unknown.push(name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME)}…` : name);
    if (unknown.length === MAX_UNKNOWN) break;
  }
  return unknown;
}
