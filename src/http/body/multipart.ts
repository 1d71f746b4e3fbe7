import type { MultipartFile } from '@fastify/multipart';
import type { FastifyRequest } from 'fastify';
import { ParleyError, unreadableBody } from '../../inference/errors.js';
import type { FormTicket } from './form-admission.js';

/** A file of a form. */
export interface Upload<T = Uint8Array> {
  /** Name of the form field. */
  readonly field: string;
  /** What the client calls it: for answers, never for paths. */
  readonly name: string;
  /** What was kept of it, its bytes or where they are; null when it is larger than allowed. */
  readonly content: T | null;
}

/** Takes a file as it comes. Its chunks end in an error when it is larger than allowed. */
export type Keep<T> = (chunks: AsyncIterable<Uint8Array>) => Promise<T>;

export const inMemory: Keep<Uint8Array> = async (chunks) => {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all);
};

/** A multipart form that was read. A field that came several times has all its values. */
export interface Form<T> {
  readonly fields: Readonly<Record<string, string | readonly string[]>>;
  readonly files: readonly Upload<T>[];
}

export interface FormLimits {
  /** Names of the fields that hold files; files of other fields are passed over. */
  readonly fileFields: readonly string[];
  readonly maxFileBytes: number;
  /** Files beyond these are read past, and refused at the end. */
  readonly maxFiles: number;
}

const MAX_FIELDS = 48;
const MAX_FIELD_BYTES = 1024 ** 2;
/** Of all fields together, which may be pictures as data URIs: as much as of JSON. In characters. */
const MAX_FIELDS_LENGTH = 20 * 1024 ** 2;
/** Of what a client calls a file, in characters; the rest is left out. */
const MAX_NAME_LENGTH = 255;
/** What a client may send at all before the connection is cut. */
const MAX_PARTS = 64;

/**
 * Reads a multipart form as it comes, and hands each file to `keep` as it comes. What is refused is read to its end all
 * the same: a client that still sends would see a broken connection instead of the answer.
 */
export async function readForm<T>(
  request: FastifyRequest,
  limits: FormLimits,
  keep: Keep<T>,
  ticket: FormTicket,
): Promise<Form<T>> {
  if (!request.isMultipart()) {
    throw new ParleyError('unsupported_media', 'This route takes a form: Content-Type multipart/form-data.');
  }
  const { fields, files, fileCount, fieldsLength } = await partsOf(request, limits, keep, ticket).catch(
    (error: unknown) => {
      if (error instanceof NotKept) throw error.cause;
      throw unreadableBody('The form cannot be read.', 'multipart_invalid', error);
    },
  );
  if (fieldsLength > MAX_FIELDS_LENGTH) {
    throw new ParleyError('payload_too_large', 'The fields of the form are larger than 20 MB together.');
  }
  if (fileCount > limits.maxFiles) {
    throw new ParleyError('invalid_request', `At most ${String(limits.maxFiles)} files can be sent at once.`, {
      param: limits.fileFields[0] ?? 'files',
    });
  }
  return { fields: Object.fromEntries([...fields].map(([name, values]) => [name, oneOrAll(values)])), files };
}

/** The file that a form must have. Throws `validation` without it, `payload_too_large` when it is too large. */
export function fileIn(files: readonly Upload[], field: string, limits: FormLimits): Uint8Array {
  const file = files.find((one) => one.field === field);
  if (file === undefined) throw missingFile(field);
  return bytesOf(file, limits);
}

/** A file that was sent. Throws `payload_too_large`. */
export function bytesOf({ content, field }: Upload, { maxFileBytes }: FormLimits): Uint8Array {
  if (content !== null) return content;
  const megabytes = String(Math.floor(maxFileBytes / 1024 ** 2));
  throw new ParleyError('payload_too_large', `The file is larger than ${megabytes} MB.`, { param: field });
}

/** The refusal of a form without its file. */
export function missingFile(field: string): ParleyError {
  return new ParleyError('validation', `${field} is required: a picture file.`, {
    issues: [{ path: [field], message: `${field} is required`, rule: 'missing' }],
  });
}

interface Parts<T> {
  readonly fields: Map<string, string[]>;
  readonly files: Upload<T>[];
  /** Those beyond the limit, too. */
  readonly fileCount: number;
  /** Of all fields together, in characters; beyond the limit none is kept. */
  readonly fieldsLength: number;
}

/** A file was larger than allowed. */
class TooLarge extends Error {
  override readonly name = 'TooLarge';
}

/** A failure that is not the form's own; `cause` has it. */
class NotKept extends Error {
  override readonly name = 'NotKept';
}

/** Rejects with the parser's own errors, and with {@link NotKept}. */
async function partsOf<T>(
  request: FastifyRequest,
  { fileFields, maxFileBytes, maxFiles }: FormLimits,
  keep: Keep<T>,
  ticket: FormTicket,
): Promise<Parts<T>> {
  const fields = new Map<string, string[]>();
  const files: Upload<T>[] = [];
  let fileCount = 0;
  let fieldsLength = 0;
  const limits = { fileSize: maxFileBytes, fields: MAX_FIELDS, fieldSize: MAX_FIELD_BYTES, parts: MAX_PARTS };
  for await (const part of request.parts({ limits })) {
    if (part.type === 'field') {
      const text = textOf(part.value);
      fieldsLength += text.length;
      holdText(ticket, text);
      if (fieldsLength > MAX_FIELDS_LENGTH) fields.clear();
      else addTo(fields, part.fieldname, text);
    } else if (fileFields.includes(part.fieldname) && ++fileCount <= maxFiles) {
      files.push({ field: part.fieldname, name: shownName(part.filename), content: await kept(part, keep) });
    } else part.file.resume();
  }
  return { fields, files, fileCount, fieldsLength };
}

function holdText(ticket: FormTicket, text: string): void {
  try {
    ticket.hold(text.length);
  } catch (error) {
    throw new NotKept('a field could not be held', { cause: error });
  }
}

function addTo(fields: Map<string, string[]>, name: string, text: string): void {
  const values = fields.get(name);
  if (values === undefined) fields.set(name, [text]);
  else values.push(text);
}

/** Names go into answers and into the store, which keeps no NUL. */
function shownName(name: string): string {
  const shown = name.slice(0, 2 * MAX_NAME_LENGTH).replaceAll('\0', '\ufffd');
  return Array.from(shown).slice(0, MAX_NAME_LENGTH).join('');
}

async function kept<T>({ file }: MultipartFile, keep: Keep<T>): Promise<T | null> {
  const source = { broke: false };
  async function* chunks(): AsyncGenerator<Uint8Array> {
    try {
      yield* file as AsyncIterable<Uint8Array>;
    } catch (error) {
      source.broke = true;
      throw error;
    }
    if (file.truncated) throw new TooLarge();
  }
  try {
    return await keep(chunks());
  } catch (error) {
    if (error instanceof TooLarge) return null;
    if (source.broke) throw error;
    throw new NotKept('a file could not be kept', { cause: error });
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function oneOrAll(values: readonly string[]): string | readonly string[] {
  const [first, ...more] = values;
  return first !== undefined && more.length === 0 ? first : values;
}
