import fc from 'fast-check';
import { fieldsOf, type DescribedRoute } from './described-routes.js';
import { bodyOf, fileField, file, goodFields, hostileForms } from './hostile-forms.js';
import { CONTENT_TYPES, HEADERS, PATH_NAMES, QUERIES } from './hostile-heads.js';
import { brokenJson, goodBody, withValue, wrongFields, wrongWhole, type NamedBody } from './hostile-json.js';
import { HOSTILE_TEXTS, WRONG_VALUES } from './hostile-values.js';
import type { GoodRequest } from './hostile-connections.js';

/** Every route gets at least so many. */
const AT_LEAST = 300;
/** Of what is made at random, so that a failure can be had again. */
export const SEED = 20_261_121;
const JSON_TYPE = { 'content-type': 'application/json' };
const FORM_TYPE = { 'content-type': 'multipart/form-data; boundary=parley-boundary' };

/** A request as a client library sends it. */
export interface HostileRequest {
  readonly name: string;
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

/** The request that is bent in all these ways. */
export function goodRequest(route: DescribedRoute): GoodRequest {
  const target = route.path.replace(/\{\w+\}/g, 'nobody');
  if (route.json !== null) {
    const body = Buffer.from(JSON.stringify(goodBody(route.json, route)));
    return { method: route.method, target, type: 'application/json', body };
  }
  if (route.form === null) return { method: route.method, target, type: 'application/json', body: Buffer.from('{}') };
  const body = bodyOf([...goodFields(route.form, route), file(fileField(route.form), 'a.png')]);
  return { method: route.method, target, type: FORM_TYPE['content-type'], body };
}

function fromBodies(target: string, bodies: readonly NamedBody[]): HostileRequest[] {
  return bodies.map(([name, body]) => ({ name, target, headers: JSON_TYPE, body }));
}

/** Bad values in two places at once, drawn at random. */
function twoWrongs(route: DescribedRoute, target: string, count: number): HostileRequest[] {
  if (route.json === null) return [];
  const fields = fieldsOf(route.json).filter(({ path }) => path.length === 1);
  const good = goodBody(route.json, route);
  const value = fc.constantFrom(...WRONG_VALUES, ...HOSTILE_TEXTS);
  const pair = fc.record({
    first: fc.constantFrom(...fields),
    one: value,
    second: fc.constantFrom(...fields),
    other: value,
  });
  return fc.sample(pair, { seed: SEED, numRuns: count }).map(({ first, one, second, other }, n) => {
    const once = withValue(good, fields, first, '"@once@"');
    const body = withValue(JSON.parse(once) as object as Record<string, unknown>, fields, second, other[1]);
    return {
      name: `random ${String(n)}: ${String(first.path[0])}: ${one[0]}, ${String(second.path[0])}: ${other[0]}`,
      target,
      headers: JSON_TYPE,
      body: body.replace('"@once@"', () => one[1]),
    };
  });
}

/** Bytes of the good body changed, drawn at random. */
function bentBytes({ target, type, body }: GoodRequest, count: number): HostileRequest[] {
  const change = fc.record({ at: fc.nat(Math.max(0, body.length - 1)), with: fc.nat(255), drop: fc.nat(3) });
  const changes = fc.array(change, { minLength: 1, maxLength: 6 });
  return fc.sample(changes, { seed: SEED, numRuns: count }).map((all, n) => {
    const bent = all.reduce<Buffer>(
      (bytes, one) =>
        Buffer.concat([bytes.subarray(0, one.at), Buffer.of(one.with), bytes.subarray(one.at + one.drop)]),
      Buffer.from(body),
    );
    return { name: `random bytes ${String(n)}`, target, headers: { 'content-type': type }, body: bent };
  });
}

/** What is hostile about a route's path, query and headers. */
function aroundTheBody(route: DescribedRoute, good: GoodRequest): HostileRequest[] {
  const as = (name: string, target: string, headers: Readonly<Record<string, string>> = {}): HostileRequest => ({
    name,
    target,
    headers: { 'content-type': good.type, ...headers },
    body: good.body,
  });
  const named = route.path.includes('{')
    ? PATH_NAMES.flatMap((name) => {
        const target = route.path.replace(/\{\w+\}/g, () => name);
        return [
          as(`path ${name.slice(0, 50)}`, target),
          as(`path ${name.slice(0, 50)}, asked twice`, `${target}?id=${name}`),
          { ...as(`path ${name.slice(0, 50)}, no body`, target), headers: {}, body: '' },
        ];
      })
    : [];
  return [
    ...named,
    ...CONTENT_TYPES.map(([name, headers]) => as(name, good.target, headers)),
    ...HEADERS.map(([name, headers]) => as(name, good.target, headers)),
    ...QUERIES.map((query) => as(`?${query.slice(0, 50)}`, `${good.target}?${query}`)),
  ];
}

/** At least 300 requests that mean a route no good, always the same ones. */
export function hostileRequests(route: DescribedRoute): HostileRequest[] {
  const good = goodRequest(route);
  const all = aroundTheBody(route, good);
  const json = route.json ?? {};
  const body = route.json === null ? {} : goodBody(route.json, route);
  all.push(...fromBodies(good.target, brokenJson(body)));
  if (route.json !== null) {
    const fields = fieldsOf(json);
    all.push(...fromBodies(good.target, [...wrongWhole(body, fields), ...wrongFields(body, fields)]));
    all.push(...twoWrongs(route, good.target, Math.max(30, AT_LEAST - 30 - all.length)));
  }
  if (route.form !== null) {
    for (const { name, type, body: bytes } of hostileForms(route.form, route)) {
      all.push({ name, target: good.target, headers: { 'content-type': type }, body: bytes });
    }
  }
  all.push(...bentBytes(good, Math.max(30, AT_LEAST - all.length)));
  return all;
}
