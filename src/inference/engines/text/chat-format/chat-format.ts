/**
 * How a model writes a call. `generic` is for models whose template knows no tools, or writes calls in a way that is not
 * known here (XML, channels, Python): the tools are told in the system message, and calls are asked for as Hermes writes
 * them.
 */
export type FormatName = 'hermes' | 'llama' | 'mistral' | 'generic';

/** What stands around the thoughts of a model. The first character of a mark comes only once in it. */
export interface ThoughtMarks {
  readonly open: string;
  readonly close: string;
}

/** What a chat template tells of how its model writes. */
export interface ChatFormat {
  readonly name: FormatName;
  /** Mistral: `[TOOL_CALLS]name[ARGS]{…}` for each call, instead of one list of objects. */
  readonly namesBeforeArguments: boolean;
  /** Mistral: the template writes `[CALL_ID]` between name and arguments. */
  readonly idsBeforeArguments: boolean;
  /** Whether the template is given the arguments of earlier calls as an object, or as the JSON text that they are. */
  readonly argumentsAs: 'object' | 'text';
  /** The template refuses a message of the assistant with several calls. */
  readonly oneCallAMessage: boolean;
  /** The template refuses ids that are not nine letters and digits. */
  readonly shortIds: boolean;
  readonly systemRole: boolean;
  /** The template refuses two messages of one role in a row. */
  readonly alternates: boolean;
  /** The marks that the template mentions; empty for a model that does not think. */
  readonly thoughts: readonly ThoughtMarks[];
}

/** Marks of thoughts in use, and what in a template tells of them. */
const THOUGHTS: readonly ThoughtMarks[] = [
  { open: '<think>', close: '</think>' },
  { open: '[THINK]', close: '[/THINK]' },
  { open: '<thinking>', close: '</thinking>' },
  { open: '<seed:think>', close: '</seed:think>' },
];

/** Where Jinja names the variable `tools`; text of the template that says "tools" does not count. */
const TAKES_TOOLS = /\{[%{](?:(?![%}]\}).)*\btools\b/s;
const JSON_ARGUMENTS = /\\?"arguments\\?"\s*:/;
/** Calls in XML, and lists of calls, in marks that look like those of Hermes. */
const NOT_HERMES = /<function=|<arg_key>|<tool_calls>/;
const ARGUMENTS_TO_JSON =
  /(?:arguments|args(?:_dict)?)(?:['"]\])?\s*\|\s*(?:tojson|items)|(?:function|tool_call|call)(?:['"]\])?\s*\|\s*tojson/;

/** What the text of a chat template (Jinja) tells of a model; null is a model without one. */
export function recogniseFormat(template: string | null): ChatFormat {
  const text = template ?? '';
  const name = nameOf(text);
  return {
    name,
    namesBeforeArguments: name === 'mistral' && text.includes('[ARGS]'),
    idsBeforeArguments: name === 'mistral' && text.includes('[CALL_ID]'),
    argumentsAs: text.includes('arguments') && !ARGUMENTS_TO_JSON.test(text) ? 'text' : 'object',
    oneCallAMessage: /tool_calls\s*\|\s*length\s*==\s*1\b/.test(text),
    shortIds: /\|\s*length\s*[!=]=\s*9\b/.test(text),
    systemRole: hasSystemRole(text),
    alternates: text.includes('roles must alternate'),
    thoughts: THOUGHTS.filter(({ open, close }) => text.includes(open) || text.includes(close)),
  };
}

/** Whether the template renders tools and calls itself. */
export function takesTools(format: ChatFormat): boolean {
  return format.name !== 'generic';
}

/** The same model told of its tools in words, for a template that fails over them. Calls are read as before only of Hermes. */
export function inWords(format: ChatFormat): ChatFormat {
  return { ...format, name: 'generic' };
}

/** The marks of the thought that a rendered prompt has begun for the model; null where it has begun none. */
export function openedThought(prompt: string, format: ChatFormat): ThoughtMarks | null {
  const end = prompt.trimEnd();
  return format.thoughts.find(({ open }) => end.endsWith(open)) ?? null;
}

/** The marks to look for in an answer. Some templates leave those out that their model writes. */
export function thoughtsToExpect(format: ChatFormat): readonly ThoughtMarks[] {
  return format.thoughts.length > 0 ? format.thoughts : THOUGHTS.slice(0, 1);
}

function nameOf(template: string): FormatName {
  if (!TAKES_TOOLS.test(template)) return 'generic';
  if (template.includes('[TOOL_CALLS]')) return 'mistral';
  if (isHermes(template)) return 'hermes';
  return isLlama(template) ? 'llama' : 'generic';
}

function isHermes(template: string): boolean {
  return template.includes('</tool_call>') && JSON_ARGUMENTS.test(template) && !NOT_HERMES.test(template);
}

/** Llama 3.1 and its successors: what a tool answers has a role of its own, and calls have `parameters`. */
function isLlama(template: string): boolean {
  return template.includes('<|start_header_id|>ipython') && /"parameters"\s*:/.test(template);
}

function hasSystemRole(template: string): boolean {
  if (/system role (?:is )?not supported/i.test(template)) return false;
  return !/only user and assistant roles are supported/i.test(template) || /['"]system['"]/.test(template);
}
