import { sampleOf, type DescribedRoute, type Field, type Schema } from './described-routes.js';
import { TINY_PNG } from './tiny-picture.js';
import { HOSTILE_TEXTS, HOSTILE_TO, SCHEMA_BOMBS, WRONG_VALUES, type Fragment } from './hostile-values.js';

export type Body = Readonly<Record<string, unknown>>;

/** A body, and what it is called in failures. */
export type NamedBody = readonly [name: string, body: string | Uint8Array];

/** Where no such model may be touched: the service is to go on as it was. */
const CHANGES_MODELS = /\/(launch|kill|delete|rm|load_model|pull)$/;
const HERE = '@here@';

/** What keeps an answer short, by the names of fields. */
const CHEAP: Body = {
  max_tokens: 2,
  max_new_tokens: 2,
  max_output_tokens: 2,
  steps: 1,
  size: '64x64',
  image_size: 64,
  image: `data:image/png;base64,${Buffer.from(TINY_PNG).toString('base64')}`,
};

/** A request that a route takes, or would if there were the model; its answer is short. */
export function goodBody(schema: Schema, { path }: Pick<DescribedRoute, 'path'>): Body {
  const fields = Object.keys(schema.properties ?? {});
  const body = sampleOf({ ...schema, example: undefined }) as Body;
  const cheap = Object.entries(CHEAP).filter(([name]) => fields.includes(name));
  const model = ['model', 'model_name'].find((name) => CHANGES_MODELS.test(path) && name in body);
  const spoken = fields.includes('voice') ? { input: 'Hi.' } : {};
  const missing = path.endsWith('/pull') ? 'hf/nobody/nothing/none.gguf' : 'no-such-model';
  return { ...body, ...Object.fromEntries(cheap), ...spoken, ...(model !== undefined && { [model]: missing }) };
}

/** The body with a value in one place, as JSON; what lies around the place is made where it is missing. */
export function withValue(good: Body, fields: readonly Field[], { path }: Field, json: string): string {
  const body = structuredClone(good) as Record<string | number, unknown>;
  let at = body;
  path.slice(0, -1).forEach((step, depth) => {
    const inner = at[step];
    if (typeof inner !== 'object' || inner === null) {
      const where = path.slice(0, depth + 1).join('.');
      const sample = sampleOf(fields.find((field) => field.path.join('.') === where)?.schema ?? {});
      at[step] = typeof sample === 'object' && sample !== null ? structuredClone(sample) : {};
    }
    at = at[step] as Record<string | number, unknown>;
  });
  at[path.at(-1) ?? ''] = HERE;
  return JSON.stringify(body).replace(JSON.stringify(HERE), () => json);
}

/** The values that are tried in a field whatever else is: three of the wrong kind, and all that are meant for it. */
function valuesFor({ path, schema }: Field, turn: number): readonly Fragment[] {
  const wrong = [0, 1, 2].map((n) => WRONG_VALUES[(turn * 3 + n) % WRONG_VALUES.length] ?? (['null', 'null'] as const));
  const hostile = HOSTILE_TEXTS[turn % HOSTILE_TEXTS.length] ?? (['null', 'null'] as const);
  const own = HOSTILE_TO[String(path.at(-1))] ?? (schema.additionalProperties === true ? SCHEMA_BOMBS : []);
  return [...wrong, hostile, ...own];
}

/** Each field of a body with values that it cannot have. */
export function wrongFields(good: Body, fields: readonly Field[]): NamedBody[] {
  return fields.flatMap((field, turn) =>
    valuesFor(field, turn).map(([name, json]): NamedBody => [
      `${field.path.join('.')}: ${name}`,
      withValue(good, fields, field, json),
    ]),
  );
}

/** Each field that must be there left out, and each text that says something to somebody in the first text. */
export function wrongWhole(good: Body, fields: readonly Field[]): NamedBody[] {
  const without = Object.keys(good).map((name): NamedBody => {
    const rest = Object.entries(good).filter(([one]) => one !== name);
    return [`without ${name}`, JSON.stringify(Object.fromEntries(rest))];
  });
  const names = fields.filter(({ path }) => /^(model|model_name|model_id)$/.test(String(path[0])) && path.length === 1);
  const texts = fields.filter(
    ({ path, schema }) =>
      path.length === 1 && schema.type === 'string' && !names.some((one) => one.path[0] === path[0]),
  );
  const tried = [names[0], texts.find(({ path }) => String(path[0]) in good) ?? texts[0]].filter(
    (one) => one !== undefined,
  );
  return [
    ...without,
    ...tried.flatMap((field) =>
      HOSTILE_TEXTS.map(([name, json]): NamedBody => [
        `${field.path.join('.')}: ${name}`,
        withValue(good, fields, field, json),
      ]),
    ),
  ];
}

const encoded = (bytes: readonly number[]): Uint8Array => Uint8Array.from(bytes);

/** Bodies that are no JSON, hardly any, or too much of it. */
export function brokenJson(good: Body): NamedBody[] {
  const text = JSON.stringify(good);
  const inside = (more: string): string => `${text.slice(0, -1)}${text === '{}' ? '' : ','}${more}}`;
  const around = (bytes: readonly number[]): Uint8Array =>
    Buffer.concat([Buffer.from(inside('"x":"').slice(0, -1)), encoded(bytes), Buffer.from('"}')]);
  return [
    ['nothing', ''],
    ['blanks', ' \r\n\t '],
    ['a byte order mark', `\ufeff${text}`],
    ['two byte order marks', `\ufeff\ufeff${text}`],
    ['only a byte order mark', '\ufeff'],
    ['a brace', '{'],
    ['broken off early', text.slice(0, 2)],
    ['broken off in the middle', text.slice(0, Math.max(1, text.length >> 1))],
    ['broken off at the end', text.slice(0, -1)],
    ['more after the end', `${text}x`],
    ['twice', text + text],
    ['lines of JSON', `${text}\n${text}\n`],
    ['in a list', `[${text}]`],
    ['in a text', JSON.stringify(text)],
    ['null', 'null'],
    ['true', 'true'],
    ['a number', '1e400'],
    ['a text', '"x"'],
    ['an empty list', '[]'],
    ['an empty object', '{}'],
    ['NaN', inside('"x":NaN')],
    ['Infinity', inside('"x":-Infinity')],
    ['a hexadecimal number', inside('"x":0x10')],
    ['a number with a leading 0', inside('"x":010')],
    ['a comma too many', inside('')],
    ['a comment', inside('/* x */"x":1')],
    ['single quotes', inside("'x':'1'")],
    ['no quotes', inside('x:1')],
    ['a raw line end in a text', inside('"x":"a\nb"')],
    ['a raw NUL', inside('"x":"a\0b"')],
    ['an escape that there is not', inside('"x":"\\x41"')],
    ['half an escape', inside('"x":"\\u12"')],
    ['each field twice', inside(text.slice(1, -1) || '"x":1')],
    ['a field 5,000 times', inside(`${'"x":1,'.repeat(5000)}"x":1`)],
    ['__proto__', inside('"__proto__":{"stream":true,"model":"polluted"}')],
    ['__proto__ with escapes', inside('"\\u005f_proto__":{"stream":true}')],
    ['__proto__ inside', inside('"x":[{"__proto__":{"stream":true}}]')],
    ['constructor.prototype', inside('"constructor":{"prototype":{"stream":true,"model":"polluted"}}')],
    ['constructor.prototype inside', inside('"x":{"constructor":{"prototype":{"stream":true}}}')],
    ['fields of the prototype', inside('"toString":"x","valueOf":"x","hasOwnProperty":"x","then":"x","toJSON":"x"')],
    ['invalid UTF-8', around([0xc3, 0x28])],
    ['UTF-8 longer than need be', around([0xc0, 0xaf])],
    ['UTF-8 of a surrogate', around([0xed, 0xa0, 0x80])],
    ['UTF-8 beyond Unicode', around([0xf5, 0x80, 0x80, 0x80])],
    ['UTF-8 broken off', around([0xe2, 0x82])],
    ['UTF-16', Buffer.from(`\ufeff${text}`, 'utf16le')],
    ['Latin-1', Buffer.from(inside('"x":"é"'), 'latin1')],
    [
      'gzip that nobody told of',
      encoded([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0xab, 0xae, 5, 0, 0x43, 0xbf, 0xa6, 0xa3, 2, 0, 0, 0]),
    ],
    ['a picture', TINY_PNG],
    ['noughts', new Uint8Array(5000)],
    ['10,000 lists in one another', '['.repeat(10_000) + ']'.repeat(10_000)],
    ['10,000 open lists', '['.repeat(10_000)],
    ['10,000 objects in one another', '{"a":'.repeat(10_000) + '1' + '}'.repeat(10_000)],
    ['10,000 objects in a field nobody knows', inside(`"x":${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`)],
    ['100,000 numbers', inside(`"x":[${'1,'.repeat(100_000)}1]`)],
    ['10,000 fields nobody knows', inside(Array.from({ length: 10_000 }, (_, n) => `"f${String(n)}":1`).join(','))],
    ['a name of 500,000 characters', inside(`"${'x'.repeat(500_000)}":1`)],
    ['a number of 100,000 digits', inside(`"x":${'9'.repeat(100_000)}`)],
    ['more than a body may have', inside(`"x":"${'x'.repeat(1024 ** 2)}"`)],
  ];
}
