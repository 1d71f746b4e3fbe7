import type { JsonObject } from './json-value.js';

/** A function that the model may ask the client to call. */
export interface ToolDefinition {
  readonly name: string;
  readonly description?: string;
  /** JSON Schema of its arguments; absent: it takes none. */
  readonly parameters?: JsonObject;
  /** As the client set it. Parley holds all arguments to their schema, strict or not. */
  readonly strict?: boolean;
}

/** Whether the model may, must not or must call a tool, or which. */
export type ToolChoice = 'auto' | 'none' | 'required' | { readonly name: string };

/** What a request says about tools. */
export interface ToolUse {
  readonly tools: readonly ToolDefinition[];
  readonly choice: ToolChoice;
  /** Whether one answer may make several calls. */
  readonly parallel: boolean;
}

/** A call that the model made. */
export interface ToolCall {
  readonly id: string;
  readonly name: string;
  /** A JSON text. */
  readonly arguments: string;
}

/** A piece of a call. The first piece of each call has its id and its name, and may have no arguments yet. */
export interface ToolCallPiece {
  readonly type: 'tool-call';
  /** Which of the answer's calls, from 0. */
  readonly index: number;
  readonly id?: string;
  readonly name?: string;
  /** What follows of the JSON text of its arguments. */
  readonly arguments: string;
  /** Tokens generated so far, this piece's included. */
  readonly completionTokens: number;
}
