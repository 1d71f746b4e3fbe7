import { JSON_LIMITS, type JsonLimit } from './json-limits.js';

/** A string value that may be an image: the bytes between its quotes. */
export interface LongString {
  readonly start: number;
  readonly end: number;
  /** Has `\/`, as PHP writes it. */
  readonly escaped: boolean;
  readonly path: readonly (string | number)[];
}

/** The first limit that a body exceeds, with the place where it does. */
export interface ExceededLimit {
  readonly limit: JsonLimit;
  readonly path: readonly (string | number)[];
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const SLASH = 0x2f;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const FIRST_PRINTABLE = 0x20;
const LAST_ASCII = 0x7f;

const PREFIX = Buffer.from('data:');
/** Shorter data URIs are parsed with the rest. */
const LONG_STRING_BYTES = 4096;
/** Longest spelling of a dangerous name: each of its characters as `\u0000`. */
const LONGEST_SPELLING = 6 * 'constructor'.length;
/** Random, so that names with equal hashes cannot be prepared. */
const SEED = (Math.random() * 2 ** 31) | 1;
const FACTOR = ((Math.random() * 2 ** 31) & ~7) | 5;

/**
 * Counts the structure of a JSON text byte by byte, without parsing it. Decides nothing about syntax: up to its first
 * error `JSON.parse` does no more than what was counted.
 */
export class JsonScan {
  exceeded: ExceededLimit | null = null;
  /** A key that could reach the prototype of an object. */
  hasPrototypeKey = false;
  readonly longStrings: LongString[] = [];
  private position = 0;
  private depth = 0;
  private readonly isObject = new Uint8Array(JSON_LIMITS.depth + 2);
  /** Elements or fields so far, by depth. */
  private readonly sizes = new Int32Array(JSON_LIMITS.depth + 2);
  private readonly keyStarts = new Int32Array(JSON_LIMITS.depth + 2);
  private readonly keyEnds = new Int32Array(JSON_LIMITS.depth + 2);
  private readonly names = new Set<number>();
  private readonly counts = { values: 0, strings: 0, fields: 0 };
  private expectsKey = false;
  private inScalar = false;
  private inString = false;
  private inKey = false;
  private escaped = false;
  private stringStart = 0;
  private hash = SEED;
  private isPlain = true;
  private hasSlashes = false;

  constructor(private readonly bytes: Buffer) {}

  /** Scans up to a position, or to the first limit that is exceeded. */
  scanTo(end: number): void {
    while (this.position < end && this.exceeded === null) {
      if (this.inString) this.string(end);
      else this.structure(this.bytes[this.position++] ?? 0);
    }
  }

  private string(end: number): void {
    const { bytes, inKey } = this;
    let { position, escaped, hash, isPlain, hasSlashes } = this;
    let ended = false;
    while (position < end) {
      const byte = bytes[position++] ?? 0;
      if (escaped) {
        escaped = false;
        if (byte === SLASH) hasSlashes = true;
        else isPlain = false;
      } else if (byte === QUOTE) {
        ended = true;
        break;
      } else if (byte === BACKSLASH) escaped = true;
      else if (byte < FIRST_PRINTABLE || byte > LAST_ASCII) isPlain = false;
      if (inKey) hash = Math.imul(hash ^ byte, FACTOR) ^ (hash >>> 15);
    }
    this.position = position;
    this.escaped = escaped;
    this.hash = hash;
    this.isPlain = isPlain;
    this.hasSlashes = hasSlashes;
    if (ended) this.endString(position - 1);
  }

  private structure(byte: number): void {
    switch (byte) {
      case QUOTE:
        this.beginString();
        break;
      case OPEN_OBJECT:
      case OPEN_LIST:
        this.open(byte === OPEN_OBJECT);
        break;
      case CLOSE_OBJECT:
      case CLOSE_LIST:
        this.depth = Math.max(0, this.depth - 1);
        this.inScalar = this.expectsKey = false;
        break;
      case COMMA:
        this.inScalar = false;
        this.expectsKey = this.isObject[this.depth] === 1;
        break;
      case COLON:
        this.inScalar = this.expectsKey = false;
        break;
      default:
        if (byte <= FIRST_PRINTABLE) this.inScalar = false;
        else if (!this.inScalar) {
          this.inScalar = true;
          this.countValue();
        }
    }
  }

  private open(isObject: boolean): void {
    this.countValue();
    this.inScalar = false;
    if (this.depth === JSON_LIMITS.depth) this.exceed('depth', this.depth);
    else {
      this.depth++;
      this.isObject[this.depth] = Number(isObject);
      this.sizes[this.depth] = 0;
      this.keyStarts[this.depth] = this.keyEnds[this.depth] = 0;
      this.expectsKey = isObject;
    }
  }

  private beginString(): void {
    this.inString = true;
    this.inScalar = this.escaped = this.hasSlashes = false;
    this.isPlain = true;
    this.inKey = this.expectsKey;
    this.stringStart = this.position;
    this.hash = SEED;
    if (this.inKey) this.countField();
    else {
      this.countValue();
      if (++this.counts.strings > JSON_LIMITS.strings) this.exceed('strings', this.depth);
    }
  }

  private endString(end: number): void {
    this.inString = false;
    if (this.inKey) {
      this.endKey(end);
      return;
    }
    const isLong = end - this.stringStart >= LONG_STRING_BYTES;
    if (!isLong || !this.isPlain || this.escaped) return;
    const prefix = this.bytes.subarray(this.stringStart, this.stringStart + PREFIX.length);
    if (prefix.equals(PREFIX)) {
      this.longStrings.push({
        start: this.stringStart,
        end,
        escaped: this.hasSlashes,
        path: this.pathAt(this.depth),
      });
    }
  }

  private endKey(end: number): void {
    const { depth, stringStart: start } = this;
    this.keyStarts[depth] = start;
    this.keyEnds[depth] = end;
    this.expectsKey = false;
    this.names.add(this.hash);
    if (this.names.size > JSON_LIMITS.names) this.exceed('names', depth);
    if (end - start <= LONGEST_SPELLING && this.reachesPrototype(depth)) this.hasPrototypeKey = true;
  }

  /** `__proto__`, and a `prototype` in a `constructor`. */
  private reachesPrototype(depth: number): boolean {
    const first = this.bytes[this.keyStarts[depth] ?? 0];
    if (first !== BACKSLASH && first !== 0x5f && first !== 0x70) return false; // begins with neither _ nor p
    const key = this.keyAt(depth);
    if (key === '__proto__') return true;
    return key === 'prototype' && this.isObject[depth - 1] === 1 && this.keyAt(depth - 1) === 'constructor';
  }

  private countValue(): void {
    if (this.depth > 0 && this.isObject[this.depth] === 0) {
      const size = (this.sizes[this.depth] ?? 0) + 1;
      this.sizes[this.depth] = size;
      if (size > JSON_LIMITS.elements) this.exceed('elements', this.depth - 1);
    }
    if (++this.counts.values > JSON_LIMITS.values) this.exceed('values', this.depth);
  }

  private countField(): void {
    const size = (this.sizes[this.depth] ?? 0) + 1;
    this.sizes[this.depth] = size;
    if (size > JSON_LIMITS.fieldsOfObject) this.exceed('fieldsOfObject', this.depth - 1);
    if (++this.counts.fields > JSON_LIMITS.fields) this.exceed('fields', this.depth - 1);
  }

  private exceed(limit: JsonLimit, depth: number): void {
    this.exceeded ??= { limit, path: this.pathAt(depth) };
  }

  /** Keys and indexes down to what is being read at a depth. */
  private pathAt(depth: number): (string | number)[] {
    return Array.from({ length: depth }, (_, above) =>
      this.isObject[above + 1] === 1 ? this.keyAt(above + 1) : Math.max(0, (this.sizes[above + 1] ?? 0) - 1),
    );
  }

  private keyAt(depth: number): string {
    const text = this.bytes.toString('utf8', this.keyStarts[depth], this.keyEnds[depth]);
    try {
      return JSON.parse(`"${text}"`) as string;
    } catch {
      return text;
    }
  }
}
