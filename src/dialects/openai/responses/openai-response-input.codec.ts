import { isJsonObject, type JsonObject, type JsonValue } from '../../../inference/json-value.js';
import type {
  ItemReference,
  ItemState,
  MessageItem,
  MessagePart,
  NewItem,
} from '../../../domains/responses/response-items.js';
import { wrong } from './wrong-field.js';

const ROLES = ['user', 'system', 'developer', 'assistant'] as const;
const MAX_ID_LENGTH = 200;
/** What a picture part may ask of the picture's size: pictures are shown as large as the model takes them. */
const DETAILS: readonly unknown[] = ['auto', 'high'];

/** Items from the wire. Throws `invalid_request` that names the field for what is wrong or not supported. */
export function toItems(input: unknown): readonly (NewItem | ItemReference)[] {
  if (typeof input === 'string') {
    return [{ kind: 'message', state: 'completed', role: 'user', parts: [{ kind: 'text', text: input }] }];
  }
  if (!Array.isArray(input)) throw wrong('input', 'must be a text or a list of items');
  return input.map((item: unknown, index) => toItem(item, `input.${String(index)}`));
}

function toItem(item: unknown, path: string): NewItem | ItemReference {
  if (!isJsonObject(item)) throw wrong(path, 'must be an item: an object with a type');
  switch (typeOf(item, item.role === undefined && item.id !== undefined ? 'item_reference' : 'message')) {
    case 'message':
      return { ...baseOf(item, path), kind: 'message', ...messageOf(item, path) };
    case 'function_call':
      return {
        ...baseOf(item, path),
        kind: 'call',
        callId: textAt(item, 'call_id', path),
        name: textAt(item, 'name', path),
        arguments: argumentsOf(item, path),
      };
    case 'function_call_output':
      return {
        ...baseOf(item, path),
        kind: 'call-output',
        callId: textAt(item, 'call_id', path),
        output: outputOf(item.output, `${path}.output`),
      };
    case 'reasoning':
      return { ...baseOf(item, path), kind: 'reasoning', text: thoughtsOf(item.content, `${path}.content`) };
    case 'item_reference':
      return { kind: 'reference', id: textAt(item, 'id', path) };
    default:
      throw wrong(`${path}.type`, `is not supported: "${typeOf(item, '')}"`);
  }
}

function baseOf(item: JsonObject, path: string): { state: ItemState; id?: string } {
  const state = item.status === 'incomplete' ? 'incomplete' : 'completed';
  if (item.id === undefined || item.id === null) return { state };
  const id = textAt(item, 'id', path);
  if (id === '' || id.length > MAX_ID_LENGTH) {
    throw wrong(`${path}.id`, `must have 1 to ${String(MAX_ID_LENGTH)} characters`);
  }
  return { state, id };
}

function textAt(item: JsonObject, field: string, path: string): string {
  const value = item[field];
  if (typeof value !== 'string') throw wrong(`${path}.${field}`, 'must be a text');
  return value;
}

function messageOf({ role, content }: JsonObject, path: string): Pick<MessageItem, 'role' | 'parts'> {
  const known = ROLES.find((each) => each === role);
  if (known === undefined) throw wrong(`${path}.role`, `must be one of ${ROLES.join(', ')}`);
  if (typeof content === 'string') return { role: known, parts: [{ kind: 'text', text: content }] };
  if (!Array.isArray(content)) throw wrong(`${path}.content`, 'must be a text or a list of parts');
  const parts = content.map((part: unknown, index) => toPart(part, `${path}.content.${String(index)}`));
  if (known !== 'user' && parts.some(({ kind }) => kind === 'picture')) {
    throw wrong(`${path}.content`, 'may have pictures in a message of the user alone');
  }
  return { role: known, parts };
}

function toPart(part: unknown, path: string): MessagePart {
  if (!isJsonObject(part)) throw wrong(path, 'must be a part: an object with a type');
  switch (typeOf(part, '')) {
    case 'input_text':
    case 'output_text':
      return { kind: 'text', text: textAt(part, 'text', path) };
    case 'refusal':
      return { kind: 'text', text: textAt(part, 'refusal', path) };
    case 'input_image':
      return { kind: 'picture', link: linkOf(part, path) };
    default:
      throw wrong(`${path}.type`, 'must be input_text, input_image, output_text or refusal');
  }
}

/** `absent`: what stands for no type. */
function typeOf({ type }: JsonObject, absent: string): string {
  if (type === undefined || type === null) return absent;
  return typeof type === 'string' ? type : JSON.stringify(type);
}

function linkOf({ image_url: link, detail }: JsonObject, path: string): string {
  if (!DETAILS.includes(detail ?? 'auto')) throw wrong(`${path}.detail`, 'takes "auto" or "high"');
  if (typeof link === 'string') return link;
  throw wrong(`${path}.image_url`, 'must be a http(s) address or a data URI: files are not known by an id');
}

/** Models are given the call in their own form, which needs its arguments parsed. */
function argumentsOf(item: JsonObject, path: string): string {
  const text = textAt(item, 'arguments', path);
  if (item.status === 'incomplete') return text;
  try {
    if (isJsonObject(JSON.parse(text))) return text;
  } catch {
    // told below
  }
  throw wrong(`${path}.arguments`, 'must be a JSON object as a text');
}

function outputOf(output: JsonValue | undefined, path: string): string {
  if (typeof output === 'string') return output;
  if (!Array.isArray(output)) throw wrong(path, 'must be a text or a list of input_text parts');
  const texts = output.map((part: unknown, index) => {
    const at = `${path}.${String(index)}`;
    if (isJsonObject(part) && part.type === 'input_text') return textAt(part, 'text', at);
    throw wrong(at, 'must be an input_text part: tools answer in text');
  });
  return texts.join('\n');
}

function thoughtsOf(content: JsonValue | undefined, path: string): string {
  if (content === undefined || content === null) return '';
  if (!Array.isArray(content)) throw wrong(path, 'must be a list of reasoning_text parts');
  const texts = content.map((part: unknown, index) => {
    const at = `${path}.${String(index)}`;
    if (isJsonObject(part)) return textAt(part, 'text', at);
    throw wrong(at, 'must be a reasoning_text part');
  });
  return texts.join('\n');
}
