import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InitError } from '../engine.js';

/** A JSON object of a model's folder. What is not of the kind that is asked for counts as left out. */
export class ConfigFile {
  constructor(
    /** Its path inside the model's folder, for messages. */
    readonly file: string,
    private readonly values: Readonly<Record<string, unknown>>,
  ) {}

  get names(): string[] {
    return Object.keys(this.values);
  }

  raw(name: string): unknown {
    return this.values[name];
  }

  number(name: string): number | null {
    const value = this.values[name];
    return typeof value === 'number' && Number.isFinite(value) ? value : null;
  }

  text(name: string): string | null {
    const value = this.values[name];
    return typeof value === 'string' ? value : null;
  }

  flag(name: string): boolean | null {
    const value = this.values[name];
    return typeof value === 'boolean' ? value : null;
  }

  /** Empty when there is none. */
  list(name: string): readonly unknown[] {
    const value: unknown = this.values[name];
    return Array.isArray(value) ? value : [];
  }

  /** A list of numbers alone; null when it is none, or empty. */
  numbers(name: string): number[] | null {
    const values = this.list(name);
    const numbers = values.filter((one) => typeof one === 'number');
    return numbers.length === values.length && numbers.length > 0 ? numbers : null;
  }

  /** An object within; empty when it is not there. */
  object(name: string): ConfigFile {
    return new ConfigFile(this.file, objectOf(this.values[name]) ?? {});
  }
}

/** Reads `file` of a model's folder. Throws {@link InitError}. */
export async function readConfig(folder: string, file: string): Promise<ConfigFile> {
  const config = await readOptionalConfig(folder, file);
  if (config === null) throw new InitError('invalid-file', `${file} is missing from its folder`);
  return config;
}

/** The same; null when the file is not there. */
export async function readOptionalConfig(folder: string, file: string): Promise<ConfigFile | null> {
  const text = await readFile(join(folder, file), 'utf8').catch(() => null);
  if (text === null) return null;
  const values = objectOf(parsed(text));
  if (values === null) throw new InitError('invalid-file', `${file} does not hold a JSON object: fetch it again`);
  return new ConfigFile(file, values);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null;
}
