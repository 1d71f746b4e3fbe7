import type { DescribedRoute, Schema } from './described-routes.js';
import { goodBody } from './hostile-json.js';
import { HOSTILE_TEXTS } from './hostile-values.js';
import { TINY_PNG } from './tiny-picture.js';

/** A part of a form: its headers as they stand there, and its content. */
export interface FormPart {
  readonly head: string;
  readonly content: string | Uint8Array;
}

/** A form as it is sent. */
export interface NamedForm {
  readonly name: string;
  readonly type: string;
  readonly body: Uint8Array;
}

const BOUNDARY = 'parley-boundary';
const TYPE = `multipart/form-data; boundary=${BOUNDARY}`;

export const field = (name: string, content: string | Uint8Array): FormPart => ({
  head: `Content-Disposition: form-data; name="${name}"`,
  content,
});

export const file = (
  name: string,
  filename: string,
  content: string | Uint8Array = TINY_PNG,
  type = 'image/png',
): FormPart => ({
  head: `Content-Disposition: form-data; name="${name}"; filename="${filename}"\r\nContent-Type: ${type}`,
  content,
});

export function bodyOf(parts: readonly FormPart[], boundary = BOUNDARY, end = `--${boundary}--\r\n`): Buffer {
  const pieces = parts.flatMap(({ head, content }) => [
    Buffer.from(`--${boundary}\r\n${head}\r\n\r\n`, 'latin1'),
    Buffer.from(content as string),
    Buffer.from('\r\n'),
  ]);
  return Buffer.concat([...pieces, Buffer.from(end)]);
}

export function formOf(name: string, parts: readonly FormPart[]): NamedForm {
  return { name, type: TYPE, body: bodyOf(parts) };
}

/** The name of the field that holds the file. */
export function fileField(schema: Schema): string {
  const isFile = (one: Schema): boolean => one.format === 'binary' || (one.items !== undefined && isFile(one.items));
  return Object.entries(schema.properties ?? {}).find(([, one]) => isFile(one))?.[0] ?? 'file';
}

/** The texts of a form that a route takes. */
export function goodFields(schema: Schema, route: DescribedRoute): FormPart[] {
  const upload = fileField(schema);
  const values = Object.entries(goodBody(schema, route)).filter(([name]) => name !== upload);
  return values.map(([name, value]) => field(name, typeof value === 'string' ? value : JSON.stringify(value)));
}

const FILE_NAMES: readonly (readonly [string, string])[] = [
  ['upwards', '../../../../etc/passwd'],
  ['upwards on Windows', '..\\..\\boot.ini'],
  ['absolute', '/etc/passwd'],
  ['with NUL', 'a\0.png'],
  ['right to left', Buffer.from('a\u202egnp.exe').toString('latin1')],
  ['of 64 KB', `${'a'.repeat(64 * 1024)}.png`],
  ['of 5 KB', `${'a'.repeat(5 * 1024)}.png`],
  ['empty', ''],
  ['two dots', '..'],
  ['a device', 'CON'],
  ['with escapes', '%2e%2e%2fpasswd%00'],
  ['with a line end', 'a%0d%0aX-Evil: 1'],
  ['with quotes', 'a\\"b\\"; name=\\"evil'],
  ['a script', '<script>alert(1)</script>.png'],
  ['__proto__', '__proto__'],
  ['that is no UTF-8', '\xc3\x28.png'],
];

function wrongNames(fields: readonly FormPart[], upload: string): NamedForm[] {
  return FILE_NAMES.map(([name, filename]) => formOf(`a file name ${name}`, [...fields, file(upload, filename)]));
}

function wrongFiles(fields: readonly FormPart[], upload: string): NamedForm[] {
  const contents: readonly (readonly [string, string | Uint8Array])[] = [
    ['nothing', ''],
    ['a text', 'Hello!'],
    ['the beginning of a PNG', TINY_PNG.subarray(0, 20)],
    ['a PNG broken off', TINY_PNG.subarray(0, 50)],
    ['a PNG and more', Buffer.concat([TINY_PNG, Buffer.alloc(5000)])],
    ['noughts', new Uint8Array(10_000)],
    ['SVG', '<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>'],
    ['PDF', '%PDF-1.7\n'],
    ['GIF', 'GIF89a\x01\0\x01\0\0\0\0;'],
    ['only a JPEG signature', Uint8Array.from([0xff, 0xd8, 0xff, 0xe0])],
    ['only a TIFF signature', Uint8Array.from([0x49, 0x49, 0x2a, 0, 8, 0, 0, 0])],
    ['a TIFF that points behind its end', Uint8Array.from([0x49, 0x49, 0x2a, 0, 0xff, 0xff, 0xff, 0xff])],
    ['only a BMP signature', Uint8Array.from([0x42, 0x4d, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0])],
    ['only a WebP signature', 'RIFF\x04\0\0\0WEBP'],
  ];
  return contents.map(([name, content]) => formOf(`a file of ${name}`, [...fields, file(upload, 'a.png', content)]));
}

/** Forms whose parts are too many, too large, in the wrong place or no parts. */
function wrongParts(fields: readonly FormPart[], upload: string): NamedForm[] {
  const good = [...fields, file(upload, 'a.png')];
  const many = (count: number, part: (n: number) => FormPart): FormPart[] =>
    Array.from({ length: count }, (_, n) => part(n));
  const nested = bodyOf(good, 'inner');
  const head = (headers: string): FormPart => ({ head: headers, content: 'x' });
  return [
    formOf('no parts', []),
    formOf('only the file', [file(upload, 'a.png')]),
    formOf('only the fields', fields),
    formOf('the file as a text', [...fields, field(upload, 'Hello!')]),
    formOf('the fields as files', [
      ...good,
      ...fields.map((_, n) => file(`f${String(n)}`, 'a.txt', 'x', 'text/plain')),
    ]),
    formOf('two files', [...good, file(upload, 'b.png')]),
    formOf('30 files', [...fields, ...many(30, (n) => file(upload, `${String(n)}.png`))]),
    formOf('1,500 files', [...fields, ...many(1500, (n) => file(upload, `${String(n)}.png`, 'x'))]),
    formOf('500 files of other fields', [...fields, ...many(500, (n) => file(`x${String(n)}`, 'a.png', 'x'))]),
    formOf('3,000 fields', [...fields, ...many(3000, (n) => field(`x${String(n)}`, 'x'))]),
    formOf('a field 90 times', [...many(90, () => field('model', 'x')), file(upload, 'a.png')]),
    formOf('each field twice', [...fields, ...good]),
    formOf('a field of 1.5 MiB', [...fields, field('prompt', 'x'.repeat(1.5 * 1024 ** 2))]),
    formOf('a field whose name has 60,000 characters', [...good, field('x'.repeat(60_000), 'x')]),
    formOf('the field __proto__', [field('__proto__', '{"stream":true}'), ...good]),
    formOf('the field constructor', [field('constructor', 'x'), field('toString', 'x'), ...good]),
    formOf('the file __proto__', [...good, file('__proto__', 'a.png')]),
    formOf('a field without a name', [head('Content-Disposition: form-data'), ...good]),
    formOf('a part without headers', [head('X-Nothing: 1'), ...good]),
    formOf('a part of another disposition', [head('Content-Disposition: attachment; name="model"'), ...good]),
    formOf('a part with 3,000 headers', [
      head('X-A: 1\r\n'.repeat(3000) + 'Content-Disposition: form-data; name="x"'),
      ...good,
    ]),
    formOf('a part with a header of 100,000 bytes', [head(`X-A: ${'a'.repeat(100_000)}`), ...good]),
    formOf('a part in base64', [
      ...fields,
      { ...file(upload, 'a.png'), head: `${file(upload, 'a.png').head}\r\nContent-Transfer-Encoding: base64` },
    ]),
    formOf('a part of another charset', [
      {
        head: 'Content-Disposition: form-data; name="prompt"\r\nContent-Type: text/plain; charset=utf-32',
        content: 'x',
      },
      ...good,
    ]),
    formOf('a part of JSON', [
      {
        head: 'Content-Disposition: form-data; name="prompt"\r\nContent-Type: application/json',
        content: '{"__proto__":{"stream":true}}',
      },
      ...good,
    ]),
    formOf('a part of broken JSON', [
      { head: 'Content-Disposition: form-data; name="prompt"\r\nContent-Type: application/json', content: '{' },
      ...good,
    ]),
    formOf('a form in the form', [
      ...fields,
      {
        head: 'Content-Disposition: form-data; name="files"\r\nContent-Type: multipart/mixed; boundary=inner',
        content: nested,
      },
    ]),
    { name: 'a form without an end', type: TYPE, body: bodyOf(good, BOUNDARY, '') },
    { name: 'a form broken off', type: TYPE, body: bodyOf(good).subarray(0, 60) },
    { name: 'a form broken off in its file', type: TYPE, body: bodyOf(good).subarray(0, -60) },
    { name: 'a form with more after its end', type: TYPE, body: Buffer.concat([bodyOf(good), bodyOf(good)]) },
    { name: 'a form with noughts before it', type: TYPE, body: Buffer.concat([Buffer.alloc(10_000), bodyOf(good)]) },
    { name: 'nothing at all', type: TYPE, body: Buffer.alloc(0) },
    { name: 'only boundaries', type: TYPE, body: Buffer.from(`--${BOUNDARY}\r\n`.repeat(5000)) },
    { name: 'lines without a boundary', type: TYPE, body: Buffer.from('\r\n--'.repeat(20_000)) },
    { name: 'no boundary told', type: 'multipart/form-data', body: bodyOf(good) },
    { name: 'an empty boundary', type: 'multipart/form-data; boundary=', body: bodyOf(good, '') },
    { name: 'another boundary told', type: 'multipart/form-data; boundary=other', body: bodyOf(good) },
    { name: 'two boundaries told', type: `${TYPE}; boundary=other`, body: bodyOf(good) },
    {
      name: 'a boundary of 5,000 characters',
      type: `multipart/form-data; boundary=${'b'.repeat(5000)}`,
      body: bodyOf(good, 'b'.repeat(5000)),
    },
    { name: 'a boundary of quotes', type: 'multipart/form-data; boundary="', body: bodyOf(good, '"') },
    {
      name: 'a boundary that is a regular expression',
      type: 'multipart/form-data; boundary=(a+)+$',
      body: bodyOf(good, '(a+)+$'),
    },
    { name: 'multipart of another kind', type: `multipart/mixed; boundary=${BOUNDARY}`, body: bodyOf(good) },
    { name: 'a form told as JSON', type: 'application/json', body: bodyOf(good) },
    { name: 'JSON told as a form', type: TYPE, body: Buffer.from('{"prompt":"Hello!"}') },
    {
      name: 'line ends of Unix',
      type: TYPE,
      body: Buffer.from(bodyOf(good).toString('latin1').replaceAll('\r\n', '\n'), 'latin1'),
    },
  ];
}

/** The model and the first text with all texts that mean something to somebody, each other field with some of them. */
function wrongTexts(schema: Schema, fields: readonly FormPart[], upload: string): NamedForm[] {
  const names = Object.keys(schema.properties ?? {}).filter((name) => name !== upload);
  return names.flatMap((name, turn) => {
    const all = name === 'prompt' || name.startsWith('model');
    const texts = HOSTILE_TEXTS.filter((_, n) => all || n % 8 === turn % 8);
    const others = fields.filter(({ head }) => !head.includes(`name="${name}"`));
    return texts.map(([what, json]) =>
      formOf(`${name}: ${what}`, [...others, field(name, JSON.parse(json) as string), file(upload, 'a.png')]),
    );
  });
}

export function hostileForms(schema: Schema, route: DescribedRoute): NamedForm[] {
  const upload = fileField(schema);
  const fields = goodFields(schema, route);
  return [
    ...wrongParts(fields, upload),
    ...wrongNames(fields, upload),
    ...wrongFiles(fields, upload),
    ...wrongTexts(schema, fields, upload),
  ];
}
