import { Injectable, ValidationPipe, type ArgumentMetadata } from '@nestjs/common';
import type { ValidationError } from 'class-validator';
import { ParleyError, unreadableBody, type FieldIssue } from '../inference/errors.js';

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

function issuesOf(errors: readonly ValidationError[], parents: readonly (string | number)[]): FieldIssue[] {
  return errors.flatMap((error) => {
    const path = [...parents, segment(error.property)];
    return [...ownIssue(error, path), ...issuesOf(error.children ?? [], path)];
  });
}

function toError(errors: readonly ValidationError[]): ParleyError {
  const issues = issuesOf(errors, []);
  const message = issues.map((issue) => issue.message).join('; ');
  return new ParleyError('validation', message || 'The request is not valid.', { issues });
}

/** Turns bodies into DTOs. Unknown fields are dropped; with STRICT they are refused by name. */
@Injectable()
export class RequestValidationPipe extends ValidationPipe {
  constructor(strict: boolean) {
    super({
      transform: true,
      whitelist: true,
      forbidNonWhitelisted: strict,
      validationError: { target: false, value: true },
      exceptionFactory: (errors) => toError(errors),
    });
  }

  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    const isBody = metadata.type === 'body';
    if (isBody && (typeof value !== 'object' || value === null || Array.isArray(value))) {
      if (value !== undefined && value !== null)
        throw unreadableBody('The body must be a JSON object.', 'model_attributes_type');
      return super.transform({}, metadata);
    }
    try {
      return (await super.transform(value, metadata)) as unknown;
    } catch (error) {
      if (error instanceof RangeError) throw unreadableBody('The body is nested too deeply.', 'recursion_loop');
      // An object with a toString of its own, where a number is wanted.
      if (error instanceof TypeError)
        throw unreadableBody('A field holds a value that cannot be read.', 'value_error', error);
      throw error;
    }
  }
}
