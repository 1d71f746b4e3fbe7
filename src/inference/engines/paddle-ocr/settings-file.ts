import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { isJsonObject } from '../../json-value.js';
import { InitError } from '../engine.js';

/** A field of a settings file and everything below it. Nothing is there that is not asked for: all fields are optional. */
export class Settings {
  constructor(
    private readonly value: unknown,
    /** The file's path inside the model's folder, for messages. */
    private readonly file: string,
    private readonly path: readonly string[] = [],
  ) {}

  at(...names: readonly string[]): Settings {
    let value = this.value;
    for (const name of names) value = isJsonObject(value) ? value[name] : undefined;
    return new Settings(value, this.file, [...this.path, ...names]);
  }

  /** Of a list of `- Name: {…}`, as PaddleOCR lists the steps before a model, the one of that name. */
  step(name: string): Settings {
    const steps: readonly unknown[] = Array.isArray(this.value) ? this.value : [];
    const step = steps.find((one) => isJsonObject(one) && name in one);
    return new Settings(isJsonObject(step) ? step[name] : undefined, this.file, [...this.path, name]);
  }

  text(): string | null {
    return typeof this.value === 'string' ? this.value : null;
  }

  /** One of some words. Throws {@link InitError} for another. */
  oneOf<T extends string>(words: readonly T[]): T | null {
    if (this.value === undefined) return null;
    return words.find((word) => word === this.value) ?? this.refuse(`one of ${words.join(', ')}`);
  }

  /** Throws {@link InitError} for what is no number between the two. */
  number(least: number, most: number): number | null {
    if (this.value === undefined) return null;
    const number = numberOf(this.value);
    return number >= least && number <= most
      ? number
      : this.refuse(`a number from ${String(least)} to ${String(most)}`);
  }

  /** Three numbers, or one that stands for all three. Throws {@link InitError}. */
  triple(): readonly number[] | null {
    if (this.value === undefined) return null;
    const numbers = Array.isArray(this.value) ? this.value.map(numberOf) : Array<number>(3).fill(numberOf(this.value));
    return numbers.length === 3 && numbers.every(Number.isFinite) ? numbers : this.refuse('three numbers');
  }

  list(): readonly string[] | null {
    return Array.isArray(this.value) ? this.value.map((one) => (typeof one === 'string' ? one : '')) : null;
  }

  private refuse(wanted: string): never {
    throw new InitError('invalid-file', `${this.path.join('.')} in ${this.file} has to be ${wanted}`);
  }
}

/**
 * Reads a YAML or JSON file of a model's folder. All its values stay the words they are written as: dictionaries have
 * entries like `1`, `~` and `y`. Throws {@link InitError}.
 */
export async function readSettings(folder: string, file: string): Promise<Settings> {
  try {
    return new Settings(parse(await readFile(join(folder, file), 'utf8'), { schema: 'failsafe' }), file);
  } catch {
    throw new InitError('invalid-file', `${file} cannot be read: it is neither YAML nor JSON`);
  }
}

function numberOf(value: unknown): number {
  return typeof value === 'string' && value.trim() !== '' ? Number(value) : NaN;
}
