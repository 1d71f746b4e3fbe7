/** One whole answer. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** The content type without its parameters. */
  readonly type: string;
  readonly text: string;
  /** The body read as JSON; undefined when it is something else. */
  readonly body: unknown;
}

export type RequestHeaders = Readonly<Record<string, string>>;

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Sends a request whose body, if any, is passed on as it is. */
export async function send(
  url: string,
  method: string,
  body?: string | Uint8Array<ArrayBuffer>,
  headers: RequestHeaders = {},
): Promise<Answer> {
  return answerOf(await fetch(url, { method, headers, ...(body !== undefined && { body }) }));
}

/** Reads an answer to its end. */
export async function answerOf(response: Response): Promise<Answer> {
  const text = await response.text();
  const type = (response.headers.get('content-type') ?? '').split(';')[0]?.trim() ?? '';
  return { status: response.status, headers: response.headers, type, text, body: parsed(text) };
}

export function get(url: string, headers: RequestHeaders = {}): Promise<Answer> {
  return send(url, 'GET', undefined, headers);
}

export function sendJson(url: string, method: string, body: unknown, headers: RequestHeaders = {}): Promise<Answer> {
  return send(url, method, JSON.stringify(body), { 'content-type': 'application/json', ...headers });
}

export function post(url: string, body: unknown, headers: RequestHeaders = {}): Promise<Answer> {
  return sendJson(url, 'POST', body, headers);
}

export function del(url: string, body: unknown, headers: RequestHeaders = {}): Promise<Answer> {
  return sendJson(url, 'DELETE', body, headers);
}
