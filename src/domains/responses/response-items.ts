import type { TokenLogprob } from '../../inference/answer-wishes.js';

/** What a conversation is made of, and what a response adds to it. */
export type Item = MessageItem | CallItem | CallOutputItem | ReasoningItem;

export type ItemState = 'in-progress' | 'completed' | 'incomplete';

interface ItemBase {
  /** Unique within a conversation. */
  readonly id: string;
  /** `incomplete`: the answer was cut within it. */
  readonly state: ItemState;
}

export interface MessageItem extends ItemBase {
  readonly kind: 'message';
  readonly role: 'system' | 'developer' | 'user' | 'assistant';
  readonly parts: readonly MessagePart[];
}

export type MessagePart = TextPart | PicturePart;

export interface TextPart {
  readonly kind: 'text';
  readonly text: string;
  /** Of its tokens, where they were asked for. */
  readonly logprobs?: readonly TokenLogprob[];
}

export interface PicturePart {
  readonly kind: 'picture';
  /** A http(s) link or a data URI: it is fetched each time that the model looks at it. */
  readonly link: string;
}

/** A call that the model made, or is said to have made. */
export interface CallItem extends ItemBase {
  readonly kind: 'call';
  readonly callId: string;
  readonly name: string;
  /** A JSON text; cut where the item is incomplete. */
  readonly arguments: string;
}

export interface CallOutputItem extends ItemBase {
  readonly kind: 'call-output';
  /** The call that it answers. */
  readonly callId: string;
  readonly output: string;
}

/** What the model thought. It is kept and told; no later prompt has it. */
export interface ReasoningItem extends ItemBase {
  readonly kind: 'reasoning';
  readonly text: string;
}

type Unnamed<I> = I extends Item ? Omit<I, 'id'> & { readonly id?: string } : never;

/** An item as a client gives it: one without an id gets one. */
export type NewItem = Unnamed<Item>;

/** Stands for an item of a response that is kept. */
export interface ItemReference {
  readonly kind: 'reference';
  readonly id: string;
}
