import type { DocumentedOperation, Place } from '../../tools/documents/documented.js';
import { PICTURE_KEY, type Answer, type Fields, type PictureName } from '../../src/http/openapi/parameter-support.js';
import { isJsonObject, type JsonValue } from '../../src/inference/json-value.js';
import { pictureOf } from './shapes.js';
import { printed } from './printed.js';

const PICTURE_SIDE = 64;

const PICTURES: Readonly<Record<PictureName, () => Promise<Buffer>>> = {
  'red circle': () => pictureOf('circle', 'red', 'blue', PICTURE_SIDE),
  'blue square': () => pictureOf('square', 'blue', 'yellow', PICTURE_SIDE),
  'printed HELLO': () => printed(['HELLO'], 240).png().toBuffer(),
  'printed WORLD': () => printed(['WORLD'], 240).png().toBuffer(),
};

function pictureNamed(value: JsonValue): Promise<Buffer> | null {
  if (!isJsonObject(value)) return null;
  const made = Object.entries(PICTURES).find(([name]) => name === value[PICTURE_KEY]);
  return made === undefined ? null : made[1]();
}

/** The value with data URIs where pictures stand. */
async function inJson(value: JsonValue): Promise<JsonValue> {
  const picture = await pictureNamed(value);
  if (picture !== null) return `data:image/png;base64,${picture.toString('base64')}`;
  if (Array.isArray(value)) return Promise.all(value.map((one: JsonValue) => inJson(one)));
  if (!isJsonObject(value)) return value;
  const fields = Object.entries(value).map(async ([name, one]) => [name, await inJson(one ?? null)] as const);
  return Object.fromEntries(await Promise.all(fields));
}

function words(value: JsonValue): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

interface Given {
  readonly name: string;
  readonly value: JsonValue;
  readonly place: Place;
}

/** Every field with the place that it goes to: the preferred one where it may, else the first that it has. */
function placed(operation: DocumentedOperation, fields: Fields, preferred: Place | null): readonly Given[] {
  const unknownsPlace = operation.parameters.some(({ places }) => places.has('body')) ? 'body' : 'form';
  return Object.entries(fields).flatMap(([name, value]) => {
    if (value === undefined) return [];
    const places = operation.parameters.find((one) => one.name === name)?.places ?? new Set<Place>([unknownsPlace]);
    const [first = unknownsPlace] = places;
    return [{ name, value, place: preferred !== null && places.has(preferred) ? preferred : first }];
  });
}

/** A list is a field several times. */
function oneByOne({ name, value, place }: Given): readonly Given[] {
  return Array.isArray(value) ? value.map((one: JsonValue) => ({ name, value: one, place })) : [{ name, value, place }];
}

async function formOf(given: readonly Given[]): Promise<FormData> {
  const form = new FormData();
  for (const { name, value } of given.flatMap(oneByOne)) {
    const picture = await pictureNamed(value);
    if (picture === null && value !== null) form.append(name, words(value)); // a form cannot say null
    if (picture !== null) form.append(name, new Blob([new Uint8Array(picture)]), 'picture.png');
  }
  return form;
}

async function contentOf(given: readonly Given[]): Promise<RequestInit> {
  const inForm = given.filter(({ place }) => place === 'form');
  if (inForm.length > 0) return { body: await formOf(inForm) };
  const inBody = given.filter(({ place }) => place === 'body');
  const fields = Object.fromEntries(inBody.map(({ name, value }) => [name, value]));
  return { body: JSON.stringify(await inJson(fields)), headers: { 'content-type': 'application/json' } };
}

/** Sends the fields to where the documents say that they belong, in a conversation of its own. */
export async function ask(
  base: string,
  operation: DocumentedOperation,
  fields: Fields,
  preferred: Place | null,
): Promise<Answer> {
  const given = placed(operation, fields, preferred);
  const of = (place: Place): readonly Given[] => given.filter((one) => one.place === place);
  const path = of('path').reduce(
    (text, { name, value }) => text.replace(`{${name}}`, encodeURIComponent(words(value))),
    operation.path,
  );
  const query = new URLSearchParams(of('query').map(({ name, value }) => [name, words(value)]));
  const { body = null, headers = {} } = operation.method === 'GET' ? {} : await contentOf(given);
  const response = await fetch(`${base}${path}?${query.toString()}`, {
    method: operation.method,
    body,
    headers: { ...headers, 'x-session-id': crypto.randomUUID() },
  });
  return read(response);
}

async function read(response: Response): Promise<Answer> {
  const bytes = new Uint8Array(await response.arrayBuffer());
  const text = new TextDecoder().decode(bytes);
  const type = (response.headers.get('content-type') ?? '').split(';')[0] ?? '';
  let body: unknown;
  if (type === 'application/json') body = JSON.parse(text) as unknown;
  return { status: response.status, headers: response.headers, type, bytes, text, body };
}

/** Where a dialect alone answers. */
export function baseOf(url: string, dialect: string): string {
  return `${url}/${dialect}`;
}
