import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, sep } from 'node:path';
import { InitError } from '../engine.js';
import { sizeOfFile } from '../onnx/onnx-file.js';
import { isJson, type Json } from '../onnx/json.js';
import { chooseFile } from '../onnx/onnx-files.js';

const GRAPHS = 'onnx/';

/** The files of a voice, as paths in its folder with `/`. Its errors name files, not where they lie. */
export class VoiceFiles {
  readonly names: readonly string[];

  /** @param only The voice's own files, when others share its folder. Throws {@link InitError} unless there is a folder. */
  constructor(
    readonly folder: string,
    only?: readonly string[],
  ) {
    if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) {
      throw new InitError('invalid-file', 'its folder is not there: fetch the model again');
    }
    const found = only ?? readdirSync(folder, { recursive: true, encoding: 'utf8' });
    this.names = found.map((name) => name.split(sep).join('/')).sort();
  }

  json(name: string): Json {
    const text = this.text(name);
    try {
      const value: unknown = JSON.parse(text);
      if (isJson(value)) return value;
    } catch {
      // Said below.
    }
    throw new InitError('invalid-file', `${name} does not hold a JSON object: fetch it again`);
  }

  /** The graph of transformers.js's layout to load, and all files it lies in. Throws {@link InitError} when there is none. */
  graph(): { readonly file: string; readonly parts: readonly string[] } {
    const graphs = this.names.filter((name) => name.startsWith(GRAPHS)).map((name) => name.slice(GRAPHS.length));
    const chosen = chooseFile('model', graphs);
    if (chosen === null) throw missingFile(`${GRAPHS}model.onnx`);
    return { file: GRAPHS + chosen.file, parts: chosen.parts.map((part) => GRAPHS + part) };
  }

  /** Numbers of 32 bits, little-endian, one after the other. */
  floats(name: string): Float32Array {
    const bytes = this.bytes(name);
    return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length - (bytes.length % 4)));
  }

  /** Bytes of files. Throws {@link InitError} for one that is missing, empty, or only stands for the real one. */
  async sizeOf(names: readonly string[]): Promise<number> {
    const sizes = await Promise.all(names.map((name) => sizeOfFile(this.folder, name)));
    return sizes.reduce((sum, size) => sum + size, 0);
  }

  private text(name: string): string {
    return this.bytes(name).toString('utf8');
  }

  private bytes(name: string): Buffer {
    try {
      return readFileSync(join(this.folder, name));
    } catch {
      throw missingFile(name);
    }
  }
}

function missingFile(name: string): InitError {
  return new InitError('invalid-file', `its folder lacks ${name}: fetch the model again, or add what is missing`);
}
