/** A stream that is none of server-sent events, or one with an event that is too long. */
export class BrokenEvents extends Error {
  override readonly name = 'BrokenEvents';
}

const LINE_END = /\r\n|\n|\r/;

/**
 * The data of each server-sent event, by the rules of the WHATWG standard: lines end with CR, LF or both, comments and
 * other fields are skipped, several `data` lines are joined. What an event has got when the stream ends is its data.
 * Throws {@link BrokenEvents} for an event of more than `maxChars`.
 */
export async function* eventData(bytes: AsyncIterable<Uint8Array>, maxChars: number): AsyncGenerator<string, void> {
  const event = new EventBuffer(maxChars);
  for await (const line of lines(bytes, maxChars)) {
    if (line !== '') event.add(line);
    else if (event.hasData) yield event.take();
  }
  if (event.hasData) yield event.take();
}

class EventBuffer {
  private data: string[] = [];
  private length = 0;

  constructor(private readonly maxChars: number) {}

  get hasData(): boolean {
    return this.data.length > 0;
  }

  add(line: string): void {
    if (!/^data(?::|$)/.test(line)) return;
    const value = line.slice('data:'.length).replace(/^ /, '');
    this.length += value.length + 1;
    if (this.length > this.maxChars) throw tooLong();
    this.data.push(value);
  }

  take(): string {
    const data = this.data.join('\n');
    this.data = [];
    this.length = 0;
    return data;
  }
}

async function* lines(bytes: AsyncIterable<Uint8Array>, maxChars: number): AsyncGenerator<string, void> {
  const decoder = new TextDecoder();
  /** The line that has not ended yet. */
  let begun: string[] = [];
  let length = 0;
  let held = '';
  for await (const chunk of bytes) {
    let text = held + decoder.decode(chunk, { stream: true });
    // It may be the first half of a CRLF.
    held = text.endsWith('\r') ? '\r' : '';
    text = text.slice(0, text.length - held.length);
    const [first = '', ...others] = text.split(LINE_END);
    begun.push(first);
    length += first.length;
    if (length > maxChars) throw tooLong();
    const last = others.pop();
    if (last === undefined) continue;
    yield begun.join('');
    yield* others;
    begun = [last];
    length = last.length;
  }
  yield* (begun.join('') + held + decoder.decode()).split(LINE_END);
}

function tooLong(): BrokenEvents {
  return new BrokenEvents('sent an event that is too long');
}
