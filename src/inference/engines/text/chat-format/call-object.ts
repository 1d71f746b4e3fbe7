import { isJsonObject } from '../../../json-value.js';
import { isBlank, JsonScanner } from './json-scanner.js';

/** What a character means to the call that is being read. */
export type CallScanned = 'more' | 'done' | 'bad';

/** A call that is read character by character. */
export interface CallReading {
  /** Undefined until it is written to its end. */
  readonly name: string | undefined;
  /** The arguments' JSON text as far as it is written, and sure to be the arguments. */
  readonly argumentsText: string;
  accept(char: string): CallScanned;
}

type Place = 'start' | 'first-key' | 'key' | 'colon' | 'before-value' | 'value' | 'after-value';

const ARGUMENT_KEYS = new Set(['arguments', 'parameters']);
const KEYS_OF_CALLS = new Set(['name', 'type', 'id', ...ARGUMENT_KEYS]);

/** Reads `{"name": …, "arguments": {…}}`; what else the object holds is passed over. */
export class CallObject implements CallReading {
  name: string | undefined;
  private place: Place = 'start';
  private scanner = new JsonScanner();
  private key = '';
  /** Arguments that are written to their end. */
  private whole: string | undefined;

  /**
   * `bare`: no mark says that it is a call. So it is none without arguments, or with a key that calls do not have; other
   * JSON need not wait for its end.
   */
  constructor(private readonly bare: boolean) {}

  get argumentsText(): string {
    if (this.whole !== undefined) return this.whole;
    const { raw } = this.scanner;
    return this.place === 'value' && ARGUMENT_KEYS.has(this.key) && raw.startsWith('{') ? raw : '';
  }

  accept(char: string): CallScanned {
    if (this.place === 'value') return this.inValue(char);
    if (this.place === 'key' || this.place === 'first-key') return this.inKey(char);
    if (isBlank(char)) return 'more';
    switch (this.place) {
      case 'start':
        return this.goTo('first-key', char === '{');
      case 'colon':
        return this.goTo('before-value', char === ':');
      case 'before-value':
        this.place = 'value';
        return this.inValue(char);
      case 'after-value':
        return char === '}' ? this.end() : this.goTo('key', char === ',');
    }
  }

  private goTo(place: Place, allowed: boolean): CallScanned {
    this.place = place;
    this.scanner = new JsonScanner();
    return allowed ? 'more' : 'bad';
  }

  private inKey(char: string): CallScanned {
    if (this.scanner.raw === '') {
      if (isBlank(char)) return 'more';
      if (char === '}' && this.place === 'first-key') return this.end();
      if (char !== '"') return 'bad';
    }
    if (this.scanner.accept(char) === 'more') return 'more';
    const key = parsed(this.scanner.raw);
    if (typeof key !== 'string' || (this.bare && !KEYS_OF_CALLS.has(key))) return 'bad';
    this.key = key;
    return this.goTo('colon', true);
  }

  private inValue(char: string): CallScanned {
    const scanned = this.scanner.accept(char);
    if (scanned === 'more') return 'more';
    if (scanned === 'bad' || !this.keep(this.scanner.raw)) return 'bad';
    this.goTo('after-value', true);
    return scanned === 'past' ? this.accept(char) : 'more';
  }

  private keep(raw: string): boolean {
    if (this.key === 'name') {
      const name = parsed(raw);
      if (typeof name !== 'string' || this.name !== undefined) return false;
      this.name = name;
      return true;
    }
    if (!ARGUMENT_KEYS.has(this.key)) return true;
    if (this.whole !== undefined) return false;
    this.whole = argumentsOf(raw);
    return this.whole !== undefined;
  }

  private end(): CallScanned {
    if (this.name === undefined || (this.bare && this.whole === undefined)) return 'bad';
    this.whole ??= '{}';
    return 'done';
  }
}

/** Arguments as a JSON object's text; some models write it as a string, or null for none. */
function argumentsOf(raw: string): string | undefined {
  if (raw.startsWith('{')) return isJsonObject(parsed(raw)) ? raw : undefined;
  const value = parsed(raw);
  if (value === null) return '{}';
  return typeof value === 'string' && isJsonObject(parsed(value)) ? value : undefined;
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
