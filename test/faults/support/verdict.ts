import { expectDetail, expectError, expectNoLeak } from '../../support/error-shapes.js';
import type { Answer } from '../../support/http.js';
import type { DescribedRoute, Owner } from './described-routes.js';
import type { Reply } from './exchange.js';

/** What a refusal may be: the client's fault, or that there is no room and no time. */
function isRefusal(status: number): boolean {
  return (status >= 400 && status <= 499) || [503, 504, 507].includes(status);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function answerOf({ status, headers, type, text }: Reply): Answer {
  return { status, headers, type: type.split(';')[0] ?? '', text, body: parsed(text) };
}

/** `detail` and `error`: what is told where nobody knows whose request it was going to be. */
function speaksForTwo(body: unknown): boolean {
  if (typeof body !== 'object' || body === null || Object.keys(body).sort().join() !== 'detail,error') return false;
  return Object.values(body).every((words) => typeof words === 'string' && words !== '');
}

function expectRefusal(answer: Answer, owner: Owner): void {
  if (speaksForTwo(answer.body) && (owner === 'shared' || [400, 408, 417, 431].includes(answer.status))) {
    expectNoLeak(answer);
    return;
  }
  if (owner === 'chatvlm' || owner === 'root' || owner === 'shared') expectDetail(answer, answer.status);
  else expectError(answer, owner, answer.status);
}

/** Throws where an answer is not whole. */
function expectSense({ type, text, body }: Answer): void {
  if (type === 'application/json' && body === undefined) throw new Error('the answer is no JSON');
  if (
    type === 'text/event-stream' &&
    !/(data: \[DONE\]|event: response\.\w+\ndata: .*|data: .*error.*)\n\n$/i.test(text)
  ) {
    throw new Error('the events have no end');
  }
  if (
    type === 'application/x-ndjson' &&
    text
      .trim()
      .split('\n')
      .some((line) => parsed(line) === undefined)
  ) {
    throw new Error('a line is no JSON');
  }
}

/** What is wrong with an answer to a hostile request; null: nothing. */
export function troubleWith(reply: Reply, route: DescribedRoute): string | null {
  const answer = answerOf(reply);
  try {
    if (isRefusal(reply.status)) expectRefusal(answer, route.owner);
    else if (reply.status === 200 || reply.status === 202) {
      if (reply.status === 200 && !route.answers.includes(answer.type)) throw new Error(`it came as ${reply.type}`);
      expectSense(answer);
    } else throw new Error(`${String(reply.status)} is no answer to this`);
    return null;
  } catch (error) {
    return `${(error as Error).message.slice(0, 1500)}\n   ${String(reply.status)} ${reply.type}: ${reply.text.slice(0, 400)}`;
  }
}

const HEAD = /^HTTP\/1\.1 (\d{3}) [^\r\n]*\r\n/;

/** Each answer that came over a connection, one after another. */
export function repliesIn(received: string): Reply[] {
  const replies: Reply[] = [];
  let left = received;
  for (let head = HEAD.exec(left); head !== null; head = HEAD.exec(left)) {
    const bodyAt = left.indexOf('\r\n\r\n') + 4;
    const lines = left.slice(head[0].length, bodyAt - 4).split('\r\n');
    const pairs = lines
      .filter((line) => line.includes(':'))
      .map((line): [string, string] => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]);
    const headers = new Headers(pairs);
    const status = Number(head[1]);
    // Only in the last answer over a connection may the length be told by its end.
    const length = Number(headers.get('content-length') ?? (status === 100 ? 0 : Infinity));
    const body = Buffer.from(left.slice(bodyAt)).subarray(0, length).toString();
    const text = headers.get('transfer-encoding') === 'chunked' ? withoutChunks(body) : body;
    if (status !== 100) replies.push({ status, headers, type: headers.get('content-type') ?? '', text });
    left = left.slice(bodyAt + body.length);
  }
  if (left !== '') replies.push({ status: 0, headers: new Headers(), type: '', text: left });
  return replies;
}

function withoutChunks(body: string): string {
  let [text, left] = ['', Buffer.from(body)];
  for (;;) {
    const end = left.indexOf('\r\n');
    const size = parseInt(left.subarray(0, end).toString(), 16);
    if (end < 0 || !(size > 0)) return text;
    text += left.subarray(end + 2, end + 2 + size).toString();
    left = left.subarray(end + 4 + size);
  }
}
