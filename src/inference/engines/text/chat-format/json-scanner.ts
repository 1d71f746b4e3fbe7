/** What a character means to the value that is being read. `past`: the value ended before it. */
export type Scanned = 'more' | 'done' | 'past' | 'bad';

const BLANK = /^[ \t\n\r]$/;
const IN_PRIMITIVE = /^[-+.\w]$/;

export function isBlank(char: string): boolean {
  return BLANK.test(char);
}

/**
 * Finds where a JSON value ends that comes character by character, first character first. It knows strings, escapes and
 * nesting, not whether all between them is right: that is for `JSON.parse`.
 */
export class JsonScanner {
  private text = '';
  private readonly open: string[] = [];
  private inString = false;
  private escaped = false;

  /** The value so far. */
  get raw(): string {
    return this.text;
  }

  accept(char: string): Scanned {
    const scanned = this.scan(char);
    if (scanned === 'more' || scanned === 'done') this.text += char;
    return scanned;
  }

  private scan(char: string): Scanned {
    if (this.inString) return this.inText(char);
    if (char === '"') {
      if (this.text !== '' && this.open.length === 0) return 'bad';
      this.inString = true;
      return 'more';
    }
    if (char === '{' || char === '[') {
      if (this.text !== '' && this.open.length === 0) return 'bad';
      this.open.push(char === '{' ? '}' : ']');
      return 'more';
    }
    return this.open.length > 0 ? this.nested(char) : this.primitive(char);
  }

  private inText(char: string): Scanned {
    if (this.escaped) this.escaped = false;
    else if (char === '\\') this.escaped = true;
    else if (char === '"') {
      this.inString = false;
      return this.open.length === 0 ? 'done' : 'more';
    }
    return 'more';
  }

  private nested(char: string): Scanned {
    if (char !== '}' && char !== ']') return 'more';
    if (this.open.pop() !== char) return 'bad';
    return this.open.length === 0 ? 'done' : 'more';
  }

  private primitive(char: string): Scanned {
    if (IN_PRIMITIVE.test(char)) return 'more';
    return this.text === '' ? 'bad' : 'past';
  }
}
