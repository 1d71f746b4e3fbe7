import { registerDecorator } from 'class-validator';
import { wrongMessages } from './message-checks.js';

const MOST_STOPS = 4;
const MOST_BIASES = 1024;
const LARGEST_BIAS = 100;

type Check = (value: unknown) => string | null;

/** A decorator from a function that says what is wrong with a value, or null. */
function checkedBy(name: string, check: Check): PropertyDecorator {
  return (target, property) => {
    registerDecorator({
      name,
      target: target.constructor,
      propertyName: String(property),
      validator: {
        validate: (value) => check(value) === null,
        defaultMessage: (args) => `${String(property)} ${check(args?.value) ?? ''}`,
      },
    });
  };
}

function wrongStop(value: unknown): string | null {
  const stops: unknown[] = Array.isArray(value) ? value : [value];
  if (stops.length > MOST_STOPS) return `takes at most ${String(MOST_STOPS)} texts`;
  return stops.every((stop) => typeof stop === 'string' && stop !== '')
    ? null
    : 'must be a text or a list of texts, none empty';
}

function wrongPrompts(value: unknown): string | null {
  const prompts: unknown[] = Array.isArray(value) ? value : [value];
  if (prompts.length === 0) return 'must not be an empty list';
  if (prompts.some((prompt) => typeof prompt === 'number' || Array.isArray(prompt)))
    return 'takes texts, not token ids';
  return prompts.every((prompt) => typeof prompt === 'string' && prompt !== '')
    ? null
    : 'must be a text or a list of texts, none empty';
}

function wrongLogitBias(value: unknown): string | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'must be an object';
  const biases = Object.entries(value);
  if (biases.length > MOST_BIASES) return `takes at most ${String(MOST_BIASES)} tokens`;
  if (!biases.every(([token]) => /^\d{1,9}$/.test(token))) return 'must have token ids as its keys';
  return biases.every(([, bias]) => typeof bias === 'number' && Math.abs(bias) <= LARGEST_BIAS)
    ? null
    : 'must have numbers from -100 to 100 as its values';
}

function wrongToolChoice(value: unknown): string | null {
  if (value === 'auto' || value === 'none' || value === 'required') return null;
  const wrong = 'must be "auto", "none", "required" or {"type": "function", "function": {"name": …}}';
  if (typeof value !== 'object' || value === null) return wrong;
  const named = 'type' in value && value.type === 'function' && 'function' in value ? value.function : null;
  const sound = typeof named === 'object' && named !== null && 'name' in named && typeof named.name === 'string';
  return sound ? null : wrong;
}

export const IsStop = (): PropertyDecorator => checkedBy('isStop', wrongStop);
export const IsMessages = (): PropertyDecorator => checkedBy('isMessages', wrongMessages);
export const IsPrompts = (): PropertyDecorator => checkedBy('isPrompts', wrongPrompts);
export const IsLogitBias = (): PropertyDecorator => checkedBy('isLogitBias', wrongLogitBias);
export const IsToolChoice = (): PropertyDecorator => checkedBy('isToolChoice', wrongToolChoice);
