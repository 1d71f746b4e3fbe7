import { isJsonObject } from '../../../json-value.js';
import type { CallReading, CallScanned } from './call-object.js';
import { isBlank, JsonScanner } from './json-scanner.js';

/** Longer than any name and mark together. */
const LONGEST_HEAD = 200;
const HEAD = /^\s*([\w.-]+)\s*(?:\[CALL_ID\]\s*\w*\s*)?(?:\[ARGS\]\s*)?$/;
const IN_HEAD = /^[\w.\-[\]\s]$/;

/** Reads `name[ARGS]{…}`, with `[CALL_ID]…` between the two or without, as newer Mistral models write it. */
export class NamedCall implements CallReading {
  name: string | undefined;
  private head = '';
  private readonly scanner = new JsonScanner();

  get argumentsText(): string {
    return this.scanner.raw;
  }

  accept(char: string): CallScanned {
    if (this.name !== undefined) return this.inArguments(char);
    if (char !== '{') {
      this.head += char;
      return IN_HEAD.test(char) && this.head.length <= LONGEST_HEAD && !this.startsOver(char) ? 'more' : 'bad';
    }
    this.name = HEAD.exec(this.head)?.[1];
    return this.name === undefined ? 'bad' : this.inArguments(char);
  }

  /** A list, or nothing, where a name should be. */
  private startsOver(char: string): boolean {
    return this.head === char && !isBlank(char) && !/\w/.test(char);
  }

  private inArguments(char: string): CallScanned {
    const scanned = this.scanner.accept(char);
    if (scanned === 'more') return 'more';
    return scanned === 'done' && isObjectText(this.scanner.raw) ? 'done' : 'bad';
  }
}

function isObjectText(json: string): boolean {
  try {
    return isJsonObject(JSON.parse(json));
  } catch {
    return false;
  }
}
