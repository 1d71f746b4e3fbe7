import { JSON_LIMITS } from '../../../src/http/body/json-limits.js';
import { fieldsOf, type DescribedRoute, type Schema } from './described-routes.js';
import { bodyOf, field, file, fileField, goodFields } from './hostile-forms.js';
import { goodBody, withValue } from './hostile-json.js';

export interface LimitRequest {
  readonly name: string;
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

const MIB = 1024 ** 2;
/** Of a body of 1 MiB, without what stands around it. */
const ROOM = MIB - 4096;
const IMAGE_ROUTE = /\/v1\/(chat\/completions|images\/edits|responses)$/;
const JSON_TYPE = { 'content-type': 'application/json' };
const FORM_TYPE = { 'content-type': 'multipart/form-data; boundary=parley-boundary' };

type Shape = readonly [name: string, json: () => string];

const list = (count: number, element: (n: number) => string): string =>
  `[${Array.from({ length: count }, (_, n) => element(n)).join(',')}]`;
const object = (count: number, field: (n: number) => string): string =>
  `{${Array.from({ length: count }, (_, n) => field(n)).join(',')}}`;
/** As many elements as a limit lets in and 1 MiB has room for. */
const filled = (limit: number, element: (n: number) => string): string =>
  list(Math.min(limit, Math.floor(ROOM / (element(limit).length + 1))), element);
let round = 0;

/** Values at the limits. Names are new each time, since V8 remembers those it has met. */
const SHAPES: readonly Shape[] = [
  ['many fields', () => object(JSON_LIMITS.fieldsOfObject - 500, (n) => `"k${String(round++)}_${String(n)}":1`)],
  ['too many fields', () => object(80_000, (n) => `"k${String(n)}":1`)],
  ['many numeric fields', () => object(JSON_LIMITS.fieldsOfObject - 500, (n) => `"${String(n * 130_003)}":1`)],
  ['objects with a field each', () => filled(JSON_LIMITS.fields - 1000, () => '{"a":1}')],
  ['objects with new names', () => list(JSON_LIMITS.names - 500, (n) => `{"o${String(round++)}_${String(n)}":1}`)],
  ['messages', () => filled(JSON_LIMITS.fields / 2 - 1000, () => '{"role":"user","content":"a"}')],
  [
    'messages of parts',
    () => filled(JSON_LIMITS.fields / 4 - 1000, () => '{"role":"user","content":[{"type":"text","text":"a"}]}'),
  ],
  ['many numbers', () => filled(JSON_LIMITS.elements, () => '1')],
  ['lists in lists', () => list(Math.floor(JSON_LIMITS.values / 201), () => list(198, () => '1'))],
  ['empty lists', () => filled(JSON_LIMITS.elements, () => '[]')],
  ['distinct strings', () => list(JSON_LIMITS.strings - 1000, (n) => `"${String(round++)}s${String(n)}"`)],
  ['floats', () => filled(JSON_LIMITS.elements, (n) => `0.${String(n).padStart(6, '3')}`)],
  ['a number of a million digits', () => '9'.repeat(ROOM)],
  ['nesting', () => '['.repeat(JSON_LIMITS.depth - 8) + ']'.repeat(JSON_LIMITS.depth - 8)],
  ['nesting without end', () => '['.repeat(ROOM)],
  ['a string of ASCII', () => `"${'a'.repeat(ROOM)}"`],
  ['a string of words', () => `"${'word '.repeat(ROOM / 5)}"`],
  ['a string of escapes', () => `"${'\\u0041'.repeat(ROOM / 6)}"`],
  ['a string of line ends', () => `"${'\\n'.repeat(ROOM / 2)}"`],
  ['a string of three-byte characters', () => `"${'日'.repeat(ROOM / 3)}"`],
  ['a string of emoji', () => `"${'😀'.repeat(ROOM / 4)}"`],
  ['words of 64 KiB', () => `"${'word '.repeat((64 * 1024) / 5)}"`],
  ['a long name', () => `{"${'n'.repeat(ROOM)}":1}`],
  ['suspicious names', () => filled(20_000, () => '{"__proto_":{"constructor":1}}')],
];

/** What a field gets, whatever it is meant for. */
const FIELD_SHAPES = new Set([
  'many fields',
  'many numeric fields',
  'objects with a field each',
  'messages',
  'messages of parts',
  'many numbers',
  'distinct strings',
  'lists in lists',
  'words of 64 KiB',
]);

/** A field that holds neither list nor object refuses each of them alike. */
const SCALAR_SHAPES = new Set(['many fields', 'many numbers', 'words of 64 KiB']);
const isScalar = ({ type }: Schema): boolean => ['string', 'number', 'integer', 'boolean'].includes(type ?? '');

/** Values of up to 20 MiB, where images may stand in JSON. */
const LARGE: readonly Shape[] = [
  ['a logit_bias of 11 MB', () => object(700_000, (n) => `"${String(n)}":1`)],
  ['a data URI of 19 MiB', () => `"data:image/png;base64,${'QUFB'.repeat((19 * MIB) / 4)}"`],
  ['a data URI with escaped slashes', () => `"data:image\\/png;base64,${'QUF\\/'.repeat((19 * MIB) / 5)}"`],
  ['a text of 19 MiB', () => `"${'a'.repeat(19 * MIB)}"`],
  ['three-byte characters of 19 MiB', () => `"${'日'.repeat((19 * MIB) / 3)}"`],
  ['three-byte characters of 3 MiB', () => `"${'日'.repeat(MIB)}"`],
  ['escapes of 3 MiB', () => `"${'\\u65e5'.repeat(MIB / 2)}"`],
];

function jsonRequests(route: DescribedRoute, target: string): LimitRequest[] {
  const good = JSON.stringify(route.json === null ? {} : goodBody(route.json, route));
  const around = (name: string, json: string): LimitRequest => ({
    name,
    target,
    headers: JSON_TYPE,
    body: `${good.slice(0, -1)}${good === '{}' ? '' : ','}"unknown":${json}}`,
  });
  const unknown = SHAPES.map(([name, json]) => around(`unknown field: ${name}`, json()));
  if (route.json === null) return unknown.slice(0, 3);
  const body = goodBody(route.json, route);
  const fields = fieldsOf(route.json);
  const top = fields.filter(({ path }) => path.length === 1);
  const inFields = top.flatMap((place) =>
    SHAPES.filter(([name]) => (isScalar(place.schema) ? SCALAR_SHAPES : FIELD_SHAPES).has(name)).map(
      ([name, json]) => ({
        name: `${place.path.join('.')}: ${name}`,
        target,
        headers: JSON_TYPE,
        body: withValue(body, fields, place, json()),
      }),
    ),
  );
  return [...unknown, ...inFields, ...(IMAGE_ROUTE.test(target) ? largeRequests(target, body, around) : [])];
}

function largeRequests(
  target: string,
  good: Readonly<Record<string, unknown>>,
  around: (name: string, json: string) => LimitRequest,
): LimitRequest[] {
  const uri = LARGE[1]?.[1]() ?? '';
  const parts = target.endsWith('responses')
    ? `"input":[{"role":"user","content":[{"type":"input_image","image_url":${uri}}]}]`
    : `"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":${uri}}}]}],"image":${uri}`;
  const rest = JSON.stringify({ ...good, messages: undefined, input: undefined, image: undefined }).slice(1, -1);
  const shown = `{${parts.slice(0, target.endsWith('edits') ? undefined : parts.length)}${rest === '' ? '' : ','}${rest}}`;
  const image = target.endsWith('edits') ? `{"image":${uri},${rest}}` : shown.replace(`,"image":${uri}`, '');
  return [
    ...LARGE.map(([name, json]) => around(`unknown field: ${name}`, json())),
    { name: 'an image of 14 MiB as a data URI', target, headers: JSON_TYPE, body: image },
  ];
}

function formRequests(route: DescribedRoute, target: string): LimitRequest[] {
  if (route.form === null) return [];
  const fields = goodFields(route.form, route);
  const upload = fileField(route.form);
  const form = (name: string, parts: Parameters<typeof bodyOf>[0]): LimitRequest => ({
    name: `form: ${name}`,
    target,
    headers: FORM_TYPE,
    body: bodyOf(parts),
  });
  const many = <T>(count: number, part: (n: number) => T): T[] => Array.from({ length: count }, (_, n) => part(n));
  return [
    form('many fields', [...fields, ...many(95, (n) => field(`f${String(n)}`, 'x'))]),
    form('one field many times', [...fields, ...many(95, () => field('prompt', 'x'))]),
    form('many parts', [...fields, ...many(900, (n) => file(`f${String(n)}`, 'a.png', 'x'))]),
    form('many files', [...fields, ...many(900, () => file(upload, 'a.png', 'x'))]),
    form('fields of 1 MiB', [...fields, ...many(18, (n) => field(`f${String(n)}`, 'x'.repeat(MIB - 1)))]),
    form('three-byte fields of 1 MiB', [...fields, ...many(10, (n) => field(`f${String(n)}`, '日'.repeat(ROOM / 3)))]),
    form('a long name', [...fields, field('n'.repeat(8000), 'x')]),
    form('a long file name', [...fields, file(upload, `${'😀'.repeat(2000)}.png`, 'x')]),
    form('a file of 9 MiB', [...fields, file(upload, 'a.png', new Uint8Array(9 * MIB))]),
    form('a file of 20 MiB', [...fields, file(upload, 'a.png', new Uint8Array(20 * MIB))]),
    form('list of links as JSON', [
      ...fields,
      field(
        'image_links',
        list(100_000, () => '"x"'),
      ),
      file(upload, 'a.png'),
    ]),
  ];
}

function aroundTheBody(route: DescribedRoute, target: string): LimitRequest[] {
  const body = JSON.stringify(route.json === null ? {} : goodBody(route.json, route));
  const pairs = Array.from({ length: 1500 }, (_, n) => `k${String(n)}=1`).join('&');
  return [
    { name: 'query of many fields', target: `${target}?${pairs}`, headers: JSON_TYPE, body },
    { name: 'query of one field', target: `${target}?${'limit=1&'.repeat(1800)}`, headers: JSON_TYPE, body },
    { name: 'query of escapes', target: `${target}?q=${'%E6%97%A5'.repeat(1500)}`, headers: JSON_TYPE, body },
    {
      name: 'many headers',
      target,
      headers: { ...JSON_TYPE, ...Object.fromEntries(Array.from({ length: 900 }, (_, n) => [`x-${String(n)}`, '1'])) },
      body,
    },
    { name: 'a long Prefer', target, headers: { ...JSON_TYPE, prefer: 'a="b",'.repeat(2000) }, body },
  ];
}

/** Requests at the limits of what a route takes. */
export function requestsAtLimits(route: DescribedRoute): LimitRequest[] {
  const target = route.path.replace(/\{\w+\}/g, 'nobody');
  return [...jsonRequests(route, target), ...formRequests(route, target), ...aroundTheBody(route, target)];
}
