import { readFileSync } from 'node:fs';
import { normalize } from 'node:path';
import { isMap, isNode, isScalar, isSeq, LineCounter, parseDocument, type Document, type Node } from 'yaml';

/** Keys and indices that lead from the top of a file to one of its fields. */
export type FieldPath = readonly (string | number)[];

/** A field as people write it: `models[3].hub.repo`. */
export function fieldName(path: FieldPath): string {
  if (path.length === 0) return 'the file';
  return path
    .map((part) => (typeof part === 'number' ? `[${String(part)}]` : `.${part}`))
    .join('')
    .replace(/^\./, '');
}

/** A YAML file that knows in which line a field is. */
export class YamlFile {
  private constructor(
    private readonly path: string,
    private readonly document: Document,
    private readonly lines: LineCounter,
  ) {}

  /** Reads a file. Throws an Error that names the file, and line and column of what is no YAML. */
  static read(path: string): YamlFile {
    const lines = new LineCounter();
    const document = parseDocument(textOf(path), { lineCounter: lines, prettyErrors: false });
    const file = new YamlFile(path, document, lines);
    const [error] = document.errors;
    if (error !== undefined) throw file.errorAt(error.pos[0], error.message);
    return file;
  }

  /** What the file says, as plain data. */
  content(): unknown {
    try {
      return this.document.toJS();
    } catch (error) {
      throw this.errorAt(0, messageOf(error)); // an alias (`*name`) that leads nowhere, or too many
    }
  }

  /** An Error about a field: `<file>:<line>:<column>: <field> <message>`. A missing field is placed at its parent. */
  problem(path: FieldPath, message: string): Error {
    return this.errorAt(offsetOf(this.document.contents, path), `${fieldName(path)} ${message}`);
  }

  private errorAt(offset: number, message: string): Error {
    const { line, col } = this.lines.linePos(offset);
    // An empty file has no lines.
    return new Error(`${normalize(this.path)}:${String(Math.max(line, 1))}:${String(Math.max(col, 1))}: ${message}`);
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new Error(`${path}: ${messageOf(error)}`, { cause: error });
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Where a field begins: at its key, or at the item of a list. */
function offsetOf(root: Node | null, path: FieldPath): number {
  let node: unknown = root;
  let offset = startOf(node) ?? 0;
  for (const part of path) {
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && key.value === part);
      offset = startOf(pair?.key) ?? offset;
      node = pair?.value;
    } else {
      node = isSeq(node) && typeof part === 'number' ? node.items[part] : undefined;
      offset = startOf(node) ?? offset;
    }
  }
  return offset;
}

function startOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined;
}
