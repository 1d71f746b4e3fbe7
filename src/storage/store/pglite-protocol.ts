/** Messages between the service and the thread of the embedded PostgreSQL. */
export type PgliteRequest =
  | { readonly id: number; readonly type: 'statement'; readonly text: string; readonly params: readonly unknown[] }
  | { readonly id: number; readonly type: 'close' };

export interface StatementResult {
  readonly rows: unknown[];
  readonly rowCount: number;
}

export type PgliteMessage =
  | { readonly type: 'open' }
  | { readonly type: 'done'; readonly id: number; readonly result: StatementResult }
  /** `fields` are those of PostgreSQL, such as `code`: an error that is cloned loses them. */
  | { readonly type: 'failed'; readonly id: number; readonly message: string; readonly fields: Record<string, unknown> }
  | { readonly type: 'notification'; readonly channel: string; readonly payload: string };
