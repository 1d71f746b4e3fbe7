import { readdir } from 'node:fs/promises';
import { join, posix, relative, sep } from 'node:path';
import { InitError } from '../engine.js';

/** The parts of one model, as paths inside its folder, with `/`. */
export interface ModelFiles {
  readonly detector: string;
  readonly recogniser: string;
  readonly classifier: string | null;
  /** Everything else, to look for dictionaries and settings in. */
  readonly others: readonly string[];
}

type Role = 'detector' | 'recogniser' | 'classifier';

/** What each part is called in the exports of PaddleOCR, RapidOCR and others: whole words of a file's or a folder's name. */
const WORDS: Readonly<Record<Role, RegExp>> = {
  detector: /(?<![a-z])det(?:ect(?:ion|or))?(?![a-z])/i,
  recogniser: /(?<![a-z])rec(?:og(?:nition|ni[sz]er)?)?(?![a-z])/i,
  classifier: /(?<![a-z])(?:cls|(?:angle_?)?classifier|textline_?ori(?:entation)?)(?![a-z])/i,
};
/** The same as parts of words, for names like `ppocrdet.onnx`. */
const SYLLABLES: Readonly<Record<Role, RegExp>> = { detector: /det/i, recogniser: /rec/i, classifier: /cls/i };
/** Models of whole pages and tables, which PaddleOCR's other tools use. */
const ELSE = /doc_?(?:ori|layout|img)|layout|table|uvdoc|formula|seal/i;
const ROLES: readonly Role[] = ['classifier', 'detector', 'recogniser'];
const EXAMPLES: Readonly<Record<Role, string>> = {
  detector: 'a text detector: add one, called det.onnx for example',
  recogniser: 'a text recogniser: add one, called rec.onnx for example',
  classifier: '',
};
const MAX_DEPTH = 4;

/** All files of a folder, and of the folders in it, as paths inside it. Throws {@link InitError}. */
export async function filesOf(folder: string): Promise<string[]> {
  const found: string[] = [];
  const visit = async (path: string, depth: number): Promise<void> => {
    for (const entry of await readdir(path, { withFileTypes: true })) {
      const child = join(path, entry.name);
      if (entry.isDirectory()) {
        if (depth < MAX_DEPTH) await visit(child, depth + 1);
      } else found.push(relative(folder, child).split(sep).join('/'));
    }
  };
  await visit(folder, 1).catch(() => {
    throw new InitError('invalid-file', 'its folder cannot be read');
  });
  return found.sort();
}

/** Which file is what. `named` are parts that a settings file names. Throws {@link InitError} for too few and too many. */
export function recogniseFiles(files: readonly string[], named: Partial<Record<Role, string>> = {}): ModelFiles {
  const models = files.filter((file) => /\.onnx$/i.test(file) && !ELSE.test(file));
  const only = (role: Role): string | null => {
    const candidates = named[role] === undefined ? models.filter((file) => roleOf(file) === role) : [named[role]];
    const [first, second] = candidates;
    if (second !== undefined) {
      throw new InitError('invalid-file', `its folder has more than one ${role}, ${candidates.join(', ')}: leave one`);
    }
    return first ?? null;
  };
  const needed = (role: Role): string => {
    const file = only(role);
    if (file === null) throw new InitError('invalid-file', `its folder lacks ${EXAMPLES[role]}`);
    return file;
  };
  return {
    detector: needed('detector'),
    recogniser: needed('recogniser'),
    classifier: only('classifier'),
    others: files.filter((file) => !/\.onnx$/i.test(file)),
  };
}

/** A file's own name says it best, then that of its folder, and so on upwards. */
function roleOf(file: string): Role | null {
  const names = file.split('/').reverse();
  for (const words of [WORDS, SYLLABLES]) {
    for (const name of names) {
      const role = ROLES.find((one) => words[one].test(name));
      if (role !== undefined) return role;
    }
  }
  return null;
}

export function isBeside(file: string, other: string): boolean {
  return posix.dirname(file) === posix.dirname(other);
}
