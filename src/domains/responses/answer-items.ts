import type { TokenLogprob } from '../../inference/answer-wishes.js';
import type { AnswerPiece, TextFinished } from '../../inference/text-tasks.js';
import { itemId } from './response-ids.js';
import type { Item, ItemState } from './response-items.js';

/** The kinds of items that models make. */
export type GeneratedKind = 'message' | 'reasoning' | 'call';

/** What happens to the items of a response while it is generated: one begins, grows and ends before the next. */
export type ItemEvent =
  | { readonly type: 'begun'; readonly index: number; readonly item: Item }
  | {
      readonly type: 'grown';
      readonly index: number;
      readonly kind: GeneratedKind;
      readonly id: string;
      /** What it grew by. */
      readonly text: string;
      readonly logprobs: readonly TokenLogprob[];
    }
  | { readonly type: 'ended'; readonly index: number; readonly item: Item };

interface Growing {
  readonly kind: GeneratedKind;
  readonly id: string;
  readonly callId: string;
  readonly name: string;
  /** Which of the answer's calls; −1 for what is none. */
  readonly call: number;
  text: string;
  readonly logprobs: TokenLogprob[];
}

/** Sorts the pieces of an answer into items: reasoning, messages and calls, in the order in which they come. */
export class AnswerItems {
  private readonly ended: Item[] = [];
  private growing: Growing | null = null;
  private thought = 0;

  /** `firstNumber`: the number of the first item among all that the response names. */
  constructor(
    private readonly responseId: string,
    private readonly firstNumber: number,
  ) {}

  /** Items that have ended. */
  get items(): readonly Item[] {
    return this.ended;
  }

  /** Of the tokens so far, those up to the end of the reasoning. */
  get reasoningTokens(): number {
    return this.thought;
  }

  *take(piece: AnswerPiece): Generator<ItemEvent, void> {
    if (piece.type === 'reasoning') this.thought = piece.completionTokens;
    const logprobs = piece.type === 'text' ? (piece.logprobs ?? []) : [];
    const text = piece.type === 'tool-call' ? piece.arguments : piece.text;
    if (text === '' && logprobs.length === 0 && piece.type !== 'tool-call') return;
    if (this.growing === null || !continues(this.growing, piece)) {
      yield* this.end('completed');
      yield this.begin(piece);
    }
    if (this.growing !== null && (text !== '' || logprobs.length > 0)) yield this.grow(this.growing, text, logprobs);
  }

  /** Ends the last item. An answer that ended by itself and says nothing is an empty message. */
  *finish({ finishReason }: TextFinished): Generator<ItemEvent, void> {
    const cut = finishReason === 'length';
    yield* this.end(cut ? 'incomplete' : 'completed');
    if (cut || this.ended.some(({ kind }) => kind !== 'reasoning')) return;
    yield this.begin({ type: 'text', text: '', completionTokens: 0 });
    yield* this.end('completed');
  }

  private get index(): number {
    return this.ended.length;
  }

  private begin(piece: AnswerPiece): ItemEvent {
    const kind = kindOf(piece);
    const call = piece.type === 'tool-call' ? piece : null;
    this.growing = {
      kind,
      id: itemId(kind, this.responseId, this.firstNumber + this.index),
      callId: call?.id ?? '',
      name: call?.name ?? '',
      call: call?.index ?? -1,
      text: '',
      logprobs: [],
    };
    return { type: 'begun', index: this.index, item: itemOf(this.growing, 'in-progress') };
  }

  private grow(growing: Growing, text: string, logprobs: readonly TokenLogprob[]): ItemEvent {
    growing.text += text;
    growing.logprobs.push(...logprobs);
    return { type: 'grown', index: this.index, kind: growing.kind, id: growing.id, text, logprobs };
  }

  private *end(state: ItemState): Generator<ItemEvent, void> {
    if (this.growing === null) return;
    const item = itemOf(this.growing, state);
    yield { type: 'ended', index: this.index, item };
    this.ended.push(item);
    this.growing = null;
  }
}

function kindOf({ type }: AnswerPiece): GeneratedKind {
  if (type === 'tool-call') return 'call';
  return type === 'text' ? 'message' : 'reasoning';
}

function continues(growing: Growing, piece: AnswerPiece): boolean {
  return growing.kind === kindOf(piece) && (piece.type !== 'tool-call' || piece.index === growing.call);
}

function itemOf({ kind, id, callId, name, text, logprobs }: Growing, state: ItemState): Item {
  if (kind === 'reasoning') return { kind, id, state, text };
  if (kind === 'call') return { kind, id, state, callId, name, arguments: text };
  const part = { kind: 'text', text, ...(logprobs.length > 0 && { logprobs: [...logprobs] }) } as const;
  return { kind, id, state, role: 'assistant', parts: text === '' && state === 'in-progress' ? [] : [part] };
}
