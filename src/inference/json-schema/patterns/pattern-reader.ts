import type { CharRange } from '../grammar/expression.js';
import { complement, DIGITS, SPACES, WORD } from './char-set.js';
import { UnsupportedPattern } from './unsupported-pattern.js';

const CLASSES: Readonly<Record<string, readonly CharRange[]>> = {
  d: DIGITS,
  D: complement(DIGITS),
  w: WORD,
  W: complement(WORD),
  s: SPACES,
  S: complement(SPACES),
};
const CONTROLS: Readonly<Record<string, number>> = { t: 0x09, n: 0x0a, v: 0x0b, f: 0x0c, r: 0x0d };

/** Reads the signs of a regular expression one after the other. */
export class PatternReader {
  /** Index of the next sign, in UTF-16 units. */
  at = 0;

  constructor(private readonly source: string) {}

  atEnd(): boolean {
    return this.at >= this.source.length;
  }

  sees(sign: string): boolean {
    return this.source.startsWith(sign, this.at);
  }

  take(sign: string): boolean {
    const seen = this.sees(sign);
    if (seen) this.at += sign.length;
    return seen;
  }

  /** What a sticky expression matches here, taken. */
  match(expression: RegExp): RegExpExecArray | null {
    expression.lastIndex = this.at;
    const match = expression.exec(this.source);
    if (match !== null) this.at += match[0].length;
    return match;
  }

  char(): number {
    const code = this.source.codePointAt(this.at);
    if (code === undefined) throw new UnsupportedPattern('it ends too early');
    if (code >= 0xd800 && code <= 0xdfff) throw new UnsupportedPattern('it holds half a character');
    this.at += code > 0xffff ? 2 : 1;
    return code;
  }

  /** One member of a class: a character or an escape. */
  classAtom(): readonly CharRange[] {
    if (this.take('\\b')) return one(0x08);
    return this.sees('\\') ? this.escape() : one(this.char());
  }

  escape(): readonly CharRange[] {
    this.at += 1;
    const number = this.match(/x([0-9a-fA-F]{2})|u\{([0-9a-fA-F]{1,6})\}|u([0-9a-fA-F]{4})/y);
    if (number !== null) return this.numbered(parseInt(number[1] ?? number[2] ?? number[3] ?? '', 16));
    const sign = String.fromCodePoint(this.char());
    const ranges = CLASSES[sign];
    if (ranges !== undefined) return ranges;
    const control = CONTROLS[sign];
    if (control !== undefined) return one(control);
    if (sign === '0' && this.match(/(?=[0-9])/y) === null) return one(0);
    if (/[a-zA-Z0-9]/.test(sign)) throw new UnsupportedPattern(`\\${sign} has no grammar`);
    return one(sign.codePointAt(0) ?? 0);
  }

  private numbered(code: number): readonly CharRange[] {
    const low = code >= 0xd800 && code <= 0xdbff ? this.match(/\\u([dD][c-fC-F][0-9a-fA-F]{2})/y) : null;
    if (low !== null) return one((code - 0xd800) * 0x400 + (parseInt(low[1] ?? '', 16) - 0xdc00) + 0x10000);
    if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) {
      throw new UnsupportedPattern('it holds half a character');
    }
    return one(code);
  }
}

function one(code: number): readonly CharRange[] {
  return [[code, code]];
}
