import { charsOf, choice, NOTHING, repeat, sequence, type CharRange, type Expression } from '../grammar/expression.js';
import { ANY, ANY_BUT_LINE_ENDS, complement, union } from './char-set.js';
import { PatternReader } from './pattern-reader.js';
import { UnsupportedPattern } from './unsupported-pattern.js';

const DEEPEST = 32;
const MOST_COUNTED = 10_000;

/**
 * The texts, as code points, that an ECMAScript regular expression finds a match in. What finds it anywhere begins and
 * ends with any characters. Throws {@link UnsupportedPattern} for what has no such expression.
 */
export function parsePattern(source: string): Expression {
  const parser = new PatternParser(new PatternReader(source));
  return parser.whole();
}

class PatternParser {
  private depth = 0;

  constructor(private readonly reader: PatternReader) {}

  whole(): Expression {
    const options: Expression[] = [];
    do {
      const open = this.reader.take('^') ? NOTHING : repeat(charsOf(ANY), 0, Infinity);
      const body = this.sequence();
      const close = this.reader.take('$') ? NOTHING : repeat(charsOf(ANY), 0, Infinity);
      options.push(sequence(open, body, close));
    } while (this.reader.take('|'));
    if (!this.reader.atEnd()) throw this.unexpected();
    return choice(...options);
  }

  private alternatives(): Expression {
    const options = [this.sequence()];
    while (this.reader.take('|')) options.push(this.sequence());
    return choice(...options);
  }

  private sequence(): Expression {
    const parts: Expression[] = [];
    while (!this.reader.atEnd() && !this.reader.sees('|') && !this.reader.sees(')') && !this.reader.sees('$')) {
      parts.push(this.counted(this.atom()));
    }
    return sequence(...parts);
  }

  private counted(item: Expression): Expression {
    const count = this.count();
    if (count === null) return item;
    this.reader.take('?'); // lazy or not, the same texts match
    const [min, max] = count;
    if (min > max || min > MOST_COUNTED || (max !== Infinity && max > MOST_COUNTED)) {
      throw new UnsupportedPattern(`its counts must be in order and at most ${String(MOST_COUNTED)}`);
    }
    if (this.count() !== null) throw this.unexpected();
    return repeat(item, min, max);
  }

  private count(): readonly [number, number] | null {
    if (this.reader.take('*')) return [0, Infinity];
    if (this.reader.take('+')) return [1, Infinity];
    if (this.reader.take('?')) return [0, 1];
    const match = this.reader.match(/\{(\d+)(,)?(\d+)?\}/y);
    if (match === null) return null;
    const min = Number(match[1]);
    if (match[2] === undefined) return [min, min];
    return [min, match[3] === undefined ? Infinity : Number(match[3])];
  }

  private atom(): Expression {
    const { reader } = this;
    if (reader.take('(')) return this.group();
    if (reader.take('.')) return charsOf(ANY_BUT_LINE_ENDS);
    if (reader.take('[')) return charsOf(this.charClass());
    if (reader.sees('\\')) return charsOf(reader.escape());
    if (['*', '+', '?', '{', '}', ']', '^'].some((sign) => reader.sees(sign))) throw this.unexpected();
    const code = reader.char();
    return charsOf([[code, code]]);
  }

  private group(): Expression {
    this.depth += 1;
    if (this.depth > DEEPEST) throw new UnsupportedPattern(`its groups must be at most ${String(DEEPEST)} deep`);
    const named = this.reader.take('?:') || this.reader.match(/\?<\w+>/y) !== null;
    if (!named && this.reader.sees('?')) throw new UnsupportedPattern('look-around and flags have no grammar');
    const body = this.alternatives();
    if (!this.reader.take(')')) throw this.unexpected();
    this.depth -= 1;
    return body;
  }

  private charClass(): readonly CharRange[] {
    const { reader } = this;
    const negated = reader.take('^');
    const ranges: CharRange[] = [];
    while (!reader.take(']')) {
      const first = reader.classAtom();
      if (reader.match(/-(?!\])/y) === null) {
        ranges.push(...first);
        continue;
      }
      const last = reader.classAtom();
      const [from, to] = [single(first), single(last)];
      if (from === null || to === null || from > to) throw new UnsupportedPattern('a range in it is not in order');
      ranges.push([from, to]);
    }
    return negated ? complement(ranges) : union(ranges);
  }

  private unexpected(): UnsupportedPattern {
    return new UnsupportedPattern(`what stands at its character ${String(this.reader.at + 1)} has no grammar`);
  }
}

function single(ranges: readonly CharRange[]): number | null {
  const [only] = ranges;
  return only !== undefined && ranges.length === 1 && only[0] === only[1] ? only[0] : null;
}
