import { Injectable, type ArgumentMetadata, type PipeTransform, type Type } from '@nestjs/common';
import { validate, type ValidationError } from 'class-validator';
import { ParleyError, unreadableBody, type FieldIssue } from '../../inference/errors.js';
import { DtoBuilder } from './dto-builder.js';

/** class-validator's constraint → the rule's name; FastAPI's clients know these. */
const RULES: Readonly<Record<string, string>> = {
  isString: 'string_type',
  isInt: 'int_type',
  isNumber: 'float_type',
  isBoolean: 'bool_type',
  isArray: 'list_type',
  isObject: 'dict_type',
  minLength: 'string_too_short',
  isNotEmpty: 'string_too_short',
  maxLength: 'string_too_long',
  arrayNotEmpty: 'too_short',
  arrayMaxSize: 'too_long',
  min: 'greater_than_equal',
  max: 'less_than_equal',
  whitelistValidation: 'extra_forbidden',
};

/** What is told first: a text is not out of range, it is no number. */
const TYPE_CONSTRAINTS: ReadonlySet<string> = new Set([
  'isString',
  'isInt',
  'isNumber',
  'isBoolean',
  'isArray',
  'isObject',
]);

/** Shown of one request. */
const MAX_ISSUES = 20;
/** Types of parameters that have no DTO: they are taken as they are. */
const UNCHECKED: ReadonlySet<unknown> = new Set([String, Boolean, Number, Array, Object, Buffer, Date]);

function segment(property: string): string | number {
  return /^\d+$/.test(property) ? Number(property) : property;
}

function ownIssue(error: ValidationError, path: readonly (string | number)[]): FieldIssue[] {
  // An absent field breaks every rule at once; that it is missing says it all.
  if (error.value === undefined && error.constraints !== undefined && !('whitelistValidation' in error.constraints)) {
    return [{ path, message: `${error.property} is required`, rule: 'missing' }];
  }
  const broken = Object.entries(error.constraints ?? {});
  const first = broken.find(([name]) => TYPE_CONSTRAINTS.has(name)) ?? broken[0];
  if (first === undefined) return [];
  const [name, message] = first;
  const where = path.length > 1 ? `${path.join('.')}: ` : '';
  return [{ path, message: where + message, rule: RULES[name] ?? 'value_error' }];
}

/** The first issues, one more than are shown. */
function issuesOf(errors: readonly ValidationError[]): FieldIssue[] {
  const issues: FieldIssue[] = [];
  const collect = (level: readonly ValidationError[], parents: readonly (string | number)[]): void => {
    for (const error of level) {
      if (issues.length > MAX_ISSUES) return;
      const path = [...parents, segment(error.property)];
      issues.push(...ownIssue(error, path));
      collect(error.children ?? [], path);
    }
  };
  collect(errors, []);
  return issues;
}

function toError(errors: readonly ValidationError[]): ParleyError {
  const found = issuesOf(errors);
  const issues = found.slice(0, MAX_ISSUES);
  const more = found.length > MAX_ISSUES ? ['and more'] : [];
  const message = [...issues.map((issue) => issue.message), ...more].join('; ');
  return new ParleyError('validation', message || 'The request is not valid.', { issues });
}

/** Turns bodies into DTOs. Unknown fields are dropped; with STRICT they are refused by name. */
@Injectable()
export class RequestValidationPipe implements PipeTransform {
  private readonly builder: DtoBuilder;

  constructor(private readonly strict: boolean) {
    this.builder = new DtoBuilder(strict);
  }

  async transform(value: unknown, { type, metatype }: ArgumentMetadata): Promise<unknown> {
    if (metatype === undefined || type === 'custom' || UNCHECKED.has(metatype)) return value;
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    if (!isObject && value !== undefined && value !== null) {
      throw unreadableBody('The body must be a JSON object.', 'model_attributes_type');
    }
    try {
      return await this.checked(metatype, isObject ? (value as Record<string, unknown>) : {});
    } catch (error) {
      // An object with a toString of its own, where a number is wanted.
      if (error instanceof TypeError)
        throw unreadableBody('A field holds a value that cannot be read.', 'value_error', error);
      throw error;
    }
  }

  private async checked(metatype: Type, fields: Record<string, unknown>): Promise<object> {
    const dto = this.builder.build(metatype, fields);
    const errors = await validate(dto, {
      whitelist: true,
      forbidNonWhitelisted: this.strict,
      forbidUnknownValues: false,
      validationError: { target: false, value: true },
    });
    if (errors.length > 0) throw toError(errors);
    return dto;
  }
}
