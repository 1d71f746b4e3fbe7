import type { Parser } from './parsers.js';

export interface Setting<T> {
  readonly env: string;
  readonly parse: Parser<T>;
  readonly fallback: T;
  /** One line for the README's table and for error messages. */
  readonly about: string;
}

export function setting<T>(env: string, parser: Parser<T>, fallback: T, about: string): Setting<T> {
  return { env, parse: parser, fallback, about };
}
