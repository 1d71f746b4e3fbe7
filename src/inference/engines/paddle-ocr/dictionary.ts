import { readFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { InitError } from '../engine.js';
import { readOnnxMetadata } from '../onnx/onnx-metadata.js';
import { isBeside, type ModelFiles } from './model-files.js';
import type { SettingsSources } from './model-settings.js';

/** The characters of a recogniser, in the order of its classes. */
export interface Dictionary {
  readonly characters: readonly string[];
  /** Where it comes from, for messages. */
  readonly source: string;
}

/** Where RapidOCR's exports keep the dictionary in the model's metadata. */
const METADATA_KEY = 'character';
const FILE_NAME = /(?:dict|keys|characters).*\.txt$/i;

/**
 * The dictionary that goes with a recogniser: the one the settings name, the one inside the model, the one exported with
 * it, or the text file beside it. Throws {@link InitError} when there is none, or no telling which.
 */
export async function readDictionary(
  folder: string,
  files: ModelFiles,
  { own, exported }: SettingsSources,
): Promise<Dictionary> {
  const named = own.at('rec', 'keys').text();
  if (named !== null) return readFrom(folder, named);
  const metadata = (await readOnnxMetadata(join(folder, files.recogniser))).get(METADATA_KEY);
  if (metadata !== undefined) {
    return { characters: charactersOf(metadata), source: `the one inside ${posix.basename(files.recogniser)}` };
  }
  const characters = exported.at('PostProcess', 'character_dict').list();
  if (characters !== null) return { characters, source: 'the one in inference.yml' };
  return readFrom(folder, dictionaryFile(files));
}

/** One character a line; a line may be a space of some kind, so none is trimmed. */
export function charactersOf(text: string): string[] {
  const lines = text.replace(/^\uFEFF(?=[^\r\n])/, '').split(/\r?\n/);
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

/**
 * What each class of a recogniser stands for: the blank, the dictionary, and a space unless the model was trained
 * without. Throws {@link InitError} for a dictionary of another model.
 */
export function symbolsOf({ characters, source }: Dictionary, classes: number, recogniser: string): string[] {
  const symbols = ['', ...characters];
  if (classes === symbols.length + 1) symbols.push(' ');
  if (classes === symbols.length) return symbols;
  throw new InitError(
    'invalid-file',
    `its dictionary, ${source}, has ${String(characters.length)} characters, but ${recogniser} knows ` +
      `${String(classes - 2)}: they do not belong together`,
  );
}

function dictionaryFile({ recogniser, others }: ModelFiles): string {
  const all = others.filter((file) => FILE_NAME.test(posix.basename(file)));
  const beside = all.filter((file) => isBeside(file, recogniser));
  const candidates = beside.length > 0 ? beside : all;
  const [first, second] = candidates;
  if (first === undefined) {
    throw new InitError('invalid-file', `its folder lacks the dictionary of ${recogniser}: add it as dict.txt`);
  }
  if (second !== undefined) {
    throw new InitError('invalid-file', `its folder has more than one dictionary, ${candidates.join(', ')}: leave one`);
  }
  return first;
}

async function readFrom(folder: string, file: string): Promise<Dictionary> {
  const text = await readFile(join(folder, file), 'utf8').catch(() => {
    throw new InitError('invalid-file', `${file} is missing from its folder`);
  });
  return { characters: charactersOf(text), source: file };
}
