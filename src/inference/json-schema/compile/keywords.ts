import { isJsonObject } from '../../json-value.js';
import type { SchemaDialect } from '../schema-dialect.js';
import { refused, type Place } from '../schema-place.js';
import type { Compiling } from './compiling.js';
import type { Facts } from './facts.js';

/** Keywords that have rules, or are judged where the values are listed. */
const KNOWN = new Set(
  `$defs $ref additionalItems additionalProperties allOf anyOf const contains definitions dependencies dependentRequired
  dependentSchemas enum exclusiveMaximum exclusiveMinimum format items maxContains maxItems maxLength maxProperties maximum
  minContains minItems minLength minProperties minimum multipleOf oneOf pattern patternProperties prefixItems properties
  propertyNames required type unevaluatedItems unevaluatedProperties uniqueItems if then else not`.split(/\s+/),
);

/** Keywords that say nothing of what is valid. */
const ANNOTATIONS = new Set(
  `$anchor $comment $id $schema $vocabulary id title description default example examples deprecated readOnly writeOnly
  contentEncoding contentMediaType contentSchema strict`.split(/\s+/),
);

/** What one edition does not know and the other does. */
const FOREIGN: Readonly<Record<SchemaDialect, string>> = { 'draft-07': 'prefixItems', '2020-12': 'additionalItems' };

/** Refuses what no grammar can hold to, and tells of what it does not know. */
export function checkKeywords(facts: Facts, compiling: Compiling): void {
  for (const { pointer, schema } of facts.members) {
    const { not } = schema;
    if (not !== undefined && not !== false && not !== true && !(isJsonObject(not) && Object.keys(not).length === 0)) {
      throw refused(compiling.param, `${pointer}/not`, 'not cannot be held to', 'Say what is allowed instead.');
    }
    if (schema.if !== undefined && (schema.then !== undefined || schema.else !== undefined)) {
      throw refused(compiling.param, `${pointer}/if`, 'if cannot be held to', 'Use anyOf with a branch for each case.');
    }
    for (const keyword of Object.keys(schema)) {
      const known = KNOWN.has(keyword) && keyword !== FOREIGN[compiling.check.dialect];
      if (!known && !ANNOTATIONS.has(keyword)) compiling.narrow(pointer, `${keyword} is ignored`);
    }
    for (const keyword of ['dependentSchemas', 'dependencies']) {
      const map = schema[keyword];
      if (isJsonObject(map) && Object.values(map).some((each) => !Array.isArray(each))) {
        compiling.narrow(pointer, `${keyword} taken to be always in force`);
      }
    }
  }
}

/** Whether it says that nothing is valid: `not` with what everything is. */
export function forbidsAll(facts: Facts): string | undefined {
  const never = facts.members.find(({ schema }) => schema.not === true || isEmpty(schema.not));
  return facts.impossible ?? (never === undefined ? undefined : `${never.pointer}/not`);
}

function isEmpty(value: unknown): boolean {
  return isJsonObject(value) && Object.keys(value).length === 0;
}

/** What a rule for these places is called. */
export function nameOf(places: readonly Place[]): string {
  const last = places.at(-1)?.pointer.split('/').at(-1) ?? '';
  return /^[a-zA-Z]/.test(last) ? decodeURIComponent(last) : 'value';
}
