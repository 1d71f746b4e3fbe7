import { randomUUID } from 'node:crypto';
import type { ToolCallPiece } from '../chat-tools.js';
import type { JsonValue } from '../json-value.js';
import { countAt, listAt, objectAt, textAt } from './wire.js';

type Piece = Omit<ToolCallPiece, 'completionTokens'>;

/** Puts a server's pieces of calls into order: numbered from 0, id and name with the first piece of each and no other. */
export class ToolCallPieces {
  /** The server's own index → ours. */
  private readonly calls = new Map<number, number>();
  private last = -1;

  get count(): number {
    return this.calls.size;
  }

  /** The pieces that a delta has. Null: a call without a name, which nobody can answer. */
  of(delta: JsonValue): Piece[] | null {
    const pieces: Piece[] = [];
    for (const call of listAt(delta, 'tool_calls') ?? []) {
      const piece = this.pieceOf(call);
      if (piece === null) return null;
      pieces.push(piece);
    }
    return pieces;
  }

  private pieceOf(call: JsonValue): Piece | null {
    const made = objectAt(call, 'function') ?? undefined;
    const text = textAt(made, 'arguments') ?? '';
    const id = textAt(call, 'id');
    // Where there is no index, an id begins another call.
    const key = countAt(call, 'index') ?? (id === null ? this.last : this.last + 1);
    this.last = key;
    const known = this.calls.get(key);
    if (known !== undefined) return { type: 'tool-call', index: known, arguments: text };
    const name = textAt(made, 'name');
    if (name === null || name === '') return null;
    const index = this.calls.size;
    this.calls.set(key, index);
    return { type: 'tool-call', index, id: id ?? `call_${randomUUID().replaceAll('-', '')}`, name, arguments: text };
  }
}
