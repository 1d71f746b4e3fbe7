import { InitError } from '../../engine.js';
import { isJson, textOf } from '../../onnx/json.js';
import type { ModelFolder } from '../model-folder.js';

/** Names of special tokens that templates may use. */
const TOKEN_NAMES = [
  'bos_token',
  'eos_token',
  'unk_token',
  'sep_token',
  'pad_token',
  'cls_token',
  'mask_token',
] as const;

export interface TemplateSource {
  /** Null for a model without a template. */
  readonly template: string | null;
  /** Name → text. */
  readonly specialTokens: Readonly<Record<string, string>>;
}

/**
 * A model's chat template, from chat_template.jinja, chat_template.json or tokenizer_config.json: the newer the place,
 * the rather it counts. Of several templates the one named `default`.
 */
export function readTemplate(folder: ModelFolder): TemplateSource {
  const tokenizerConfig = folder.json('tokenizer_config.json');
  const specialTokens: Record<string, string> = {};
  for (const name of TOKEN_NAMES) {
    const token = tokenizerConfig[name];
    const text = isJson(token) ? textOf(token.content) : textOf(token);
    if (text !== undefined) specialTokens[name] = text;
  }
  const template = folder.has('chat_template.jinja')
    ? folder.text('chat_template.jinja')
    : (oneOf(folder.optionalJson('chat_template.json').chat_template, 'chat_template.json') ??
      oneOf(tokenizerConfig.chat_template, 'tokenizer_config.json'));
  return { template, specialTokens };
}

function oneOf(value: unknown, file: string): string | null {
  if (value === undefined || value === null) return null;
  if (typeof value === 'string') return value;
  const named = Array.isArray(value) ? value.filter(isJson).find(({ name }) => name === 'default') : undefined;
  const template = textOf(named?.template);
  if (template !== undefined) return template;
  throw new InitError('invalid-file', `the chat_template of its ${file} is neither a text nor a list with a default`);
}
