import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { InitError } from '../engine.js';
import { sizeOfFile } from '../onnx/onnx-file.js';
import { isJson, jsonOf, type Json } from '../onnx/json.js';
import { chooseFile, type ChosenFile } from '../onnx/onnx-files.js';

const GRAPHS = 'onnx';

/** A model's folder as Hugging Face lays it out: JSON files, and graphs below `onnx`. Its errors name files, not paths. */
export class ModelFolder {
  private readonly graphFiles: readonly string[];

  /** @param files The model's own, when others share its folder. Throws {@link InitError} unless the path is a folder. */
  constructor(
    readonly path: string,
    files?: readonly string[],
  ) {
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) {
      throw new InitError('invalid-file', 'its folder is not there: fetch the model again');
    }
    const graphs = join(path, GRAPHS);
    const found = existsSync(graphs) ? readdirSync(graphs) : [];
    this.graphFiles = found.filter((name) => files?.includes(`${GRAPHS}/${name}`) !== false);
  }

  has(name: string): boolean {
    return existsSync(join(this.path, name));
  }

  /** Throws {@link InitError} naming all files that are missing. */
  require(names: readonly string[]): void {
    const missing = names.filter((name) => !this.has(name));
    if (missing.length > 0) throw missingFiles(missing);
  }

  text(name: string): string {
    this.require([name]);
    return readFileSync(join(this.path, name), 'utf8');
  }

  /** An object of a JSON file. Throws {@link InitError}. */
  json(name: string): Json {
    const value = this.parsed(name);
    if (!isJson(value)) throw new InitError('invalid-file', `its ${name} does not hold a JSON object`);
    return value;
  }

  /** Empty when the file is not there. */
  optionalJson(name: string): Json {
    return this.has(name) ? this.json(name) : {};
  }

  /** The objects of a JSON array; none when the file is not there. */
  optionalList(name: string): Json[] {
    if (!this.has(name)) return [];
    const value = this.parsed(name);
    if (!Array.isArray(value)) throw new InitError('invalid-file', `its ${name} does not hold a JSON array`);
    return value.map(jsonOf);
  }

  /** The file to load for each graph. Throws {@link InitError} naming all graphs that are missing. */
  graphs(names: readonly string[]): ReadonlyMap<string, ChosenFile> {
    const chosen = new Map<string, ChosenFile>();
    for (const name of names) {
      const file = chooseFile(name, this.graphFiles);
      if (file !== null) chosen.set(name, file);
    }
    const missing = names.filter((name) => !chosen.has(name));
    if (missing.length > 0) throw missingFiles(missing.map((name) => `${GRAPHS}/${name}.onnx`));
    return chosen;
  }

  /** Bytes of all their parts. Throws {@link InitError} for a file that is empty or only stands for the real one. */
  async bytesOf(files: Iterable<ChosenFile>): Promise<number> {
    const names = [...files].flatMap(({ parts }) => parts.map((name) => `${GRAPHS}/${name}`));
    const sizes = await Promise.all(names.map((name) => sizeOfFile(this.path, name)));
    return sizes.reduce((sum, size) => sum + size, 0);
  }

  private parsed(name: string): unknown {
    try {
      return JSON.parse(this.text(name));
    } catch (error) {
      if (error instanceof InitError) throw error;
      throw new InitError('invalid-file', `its ${name} is not valid JSON: fetch it again`);
    }
  }
}

function missingFiles(names: readonly string[]): InitError {
  const files = names.join(', ');
  return new InitError('invalid-file', `its folder lacks ${files}: fetch the model again, or add what is missing`);
}
