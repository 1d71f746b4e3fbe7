import { randomUUID } from 'node:crypto';
import { ParleyError, unreadableBody } from '../../inference/errors.js';
import { TimeSlice } from '../../inference/time-slice.js';
import { JSON_LIMITS, type JsonLimit } from './json-limits.js';
import { JsonScan, type ExceededLimit, type LongString } from './json-scan.js';

/** Bytes between two looks at the clock. */
const STEP_BYTES = 16 * 1024;
const BACKSLASH = 0x5c;
const BYTE_ORDER_MARK = 0xfeff;
const LONGEST_SHOWN_PATH = 200;

/**
 * Parses a JSON body in slices, within {@link JSON_LIMITS}. Long data URIs are cut out before `JSON.parse` and put back
 * after it, since they are most of what a large body has. Throws `validation`, and `payload_too_large`.
 */
export async function readJson(bytes: Buffer): Promise<unknown> {
  const slice = new TimeSlice();
  const scan = new JsonScan(bytes);
  for (let end = 0; end < bytes.length && scan.exceeded === null;) {
    end = Math.min(bytes.length, end + STEP_BYTES);
    scan.scanTo(end);
    await slice.yieldIfSpent();
  }
  if (scan.exceeded !== null) throw exceededError(scan.exceeded);
  const images = scan.longStrings;
  const imageBytes = images.reduce((sum, { start, end }) => sum + end - start, 0);
  if (bytes.length - imageBytes > JSON_LIMITS.bytesBesideImages) {
    throw new ParleyError('payload_too_large', 'Apart from images as data URIs, a body has at most 4 MiB.');
  }
  const placeholders = images.map(() => `data:${randomUUID()}`);
  const text = await decode(withPlaceholders(bytes, images, placeholders), slice);
  if (bytes.length > STEP_BYTES) await slice.next();
  if (scan.hasPrototypeKey) throw notJson();
  const parsed = parse(text);
  for (const [index, image] of images.entries()) {
    await slice.yieldIfSpent();
    putBack(parsed, image.path, placeholders[index] ?? '', await imageText(bytes, image, slice));
  }
  return parsed;
}

function withPlaceholders(bytes: Buffer, images: readonly LongString[], placeholders: readonly string[]): Buffer[] {
  const ends = [0, ...images.map(({ end }) => end)];
  return ends.flatMap((from, index) => {
    const image = images[index];
    const before = bytes.subarray(from, image?.start);
    return image === undefined ? [before] : [before, Buffer.from(placeholders[index] ?? '')];
  });
}

async function decode(parts: readonly Buffer[], slice: TimeSlice): Promise<string> {
  const utf8 = new TextDecoder('utf-8', { fatal: true });
  let text = '';
  try {
    for (const part of parts) {
      for (let from = 0; from < part.length; from += STEP_BYTES) {
        text += utf8.decode(part.subarray(from, from + STEP_BYTES), { stream: true });
        await slice.yieldIfSpent();
      }
    }
    return text + utf8.decode();
  } catch {
    throw unreadableBody('The body is not valid UTF-8.', 'json_invalid');
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text.charCodeAt(0) === BYTE_ORDER_MARK ? text.slice(1) : text);
  } catch (error) {
    throw notJson(error);
  }
}

function notJson(cause?: unknown): ParleyError {
  return unreadableBody('The body is not valid JSON.', 'json_invalid', cause);
}

async function imageText(bytes: Buffer, { start, end, escaped }: LongString, slice: TimeSlice): Promise<string> {
  if (!escaped) return bytes.toString('latin1', start, end);
  const text = Buffer.allocUnsafe(end - start);
  let length = 0;
  for (let at = start; at < end; at++) {
    const byte = bytes[at] ?? 0;
    if (byte !== BACKSLASH) text[length++] = byte; // what it escapes is a slash
    if (at % STEP_BYTES === 0) await slice.yieldIfSpent();
  }
  return text.toString('latin1', 0, length);
}

/** Does nothing when a later field of the same name has won: the placeholder is gone then. */
function putBack(parsed: unknown, path: LongString['path'], placeholder: string, text: string): void {
  let holder = parsed as Record<string | number, unknown> | undefined;
  for (const step of path.slice(0, -1)) {
    const inner = holder?.[step];
    holder = typeof inner === 'object' && inner !== null ? (inner as Record<string | number, unknown>) : undefined;
  }
  const last = path.at(-1);
  if (holder !== undefined && last !== undefined && holder[last] === placeholder) holder[last] = text;
}

const MESSAGES: Readonly<Record<JsonLimit, string>> = {
  depth: 'is nested too deeply',
  values: 'is beyond the values that a body may have',
  elements: 'has too many elements',
  strings: 'is beyond the strings that a body may have',
  fields: 'is beyond the fields that a body may have',
  fieldsOfObject: 'has too many fields',
  names: 'is beyond the different field names that a body may have',
  bytesBesideImages: 'is too large',
};

function exceededError({ limit, path }: ExceededLimit): ParleyError {
  const place = path.length === 0 ? 'The body' : placeOf(path);
  const message = `${place} ${MESSAGES[limit]}: at most ${String(JSON_LIMITS[limit])}.`;
  const rule = limit === 'depth' ? 'recursion_loop' : 'too_long';
  return new ParleyError('validation', message, { issues: [{ path: path.slice(0, 10), message, rule }] });
}

/** As in `messages[3].content`. */
function placeOf(path: readonly (string | number)[]): string {
  let text = '';
  for (const step of path) {
    text += typeof step === 'number' ? `[${String(step)}]` : `${text === '' ? '' : '.'}${step}`;
    if (text.length > LONGEST_SHOWN_PATH) return `${text.slice(0, LONGEST_SHOWN_PATH)}…`;
  }
  return text;
}
