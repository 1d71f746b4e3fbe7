import type { AnswerParts } from './answer-parts.js';
import { CallObject, type CallReading } from './call-object.js';
import type { CallSyntax } from './call-syntax.js';
import { isBlank } from './json-scanner.js';

/** What begins a call: the format's mark, or without one the name of a function in an object. */
export type CallBegin = { readonly kind: 'mark' } | { readonly kind: 'name'; readonly name: string };

/** Malformed calls that are searched for calls within them. Bounded, since each is read again to the answer's end. */
const MOST_RETRIES = 4;

/**
 * Where the finder is in the answer:
 *
 *     text ──mark──▶ marked ──▶ call ──done──▶ closing ─▶ text
 *       └──{ (bare)─────────────▶ │ ◀──,── list ──]──────▶ text
 *                                 └──bad──▶ text
 */
type Place = 'text' | 'marked' | 'call' | 'closing' | 'list';

/** Finds calls in an answer that comes character by character; what is no call is text. */
export class CallFinder {
  private place: Place = 'text';
  /** Blanks that belong to nothing if a call follows. */
  private space = '';
  /** The beginning of a mark, perhaps. */
  private mark = '';
  /** What the call that is being read was made of, from the first blank before it; becomes text if it is none. */
  private raw = '';
  private call: CallReading = new CallObject(false);
  private inList = false;
  /** Characters of the call's arguments that were told; null before its start is told. */
  private told: number | null = null;
  private afterCall = false;
  private wroteText = false;
  private retries = 0;
  private begun: CallBegin | null = null;

  /** `held`: a grammar holds the calls, so that they need not be complete before they are told. */
  constructor(
    private readonly syntax: CallSyntax,
    private readonly names: ReadonlySet<string>,
    private readonly held: boolean,
    private readonly parts: AnswerParts,
  ) {}

  /** What began the first call, once something has. */
  get begin(): CallBegin | null {
    return this.begun;
  }

  accept(char: string): void {
    switch (this.place) {
      case 'text':
        return this.inText(char);
      case 'marked':
        return this.afterMark(char);
      case 'call':
        return this.inCall(char);
      case 'closing':
        return this.afterObject(char);
      case 'list':
        return this.betweenItems(char);
    }
  }

  /** No more will come. */
  flush(): void {
    while (this.place === 'marked' || this.place === 'call') {
      if (this.told === null) this.giveUp();
      else this.endCall(false);
    }
    // What may have become the end of a call is none of the text.
    if (this.place === 'text') this.write(this.mark);
    if (!this.afterCall) this.writeSpace();
  }

  private inText(char: string): void {
    if (this.syntax.open.startsWith(this.mark + char)) {
      this.mark += char;
      if (this.mark === this.syntax.open) this.beginCall('marked');
      return;
    }
    if (this.mark !== '') {
      const mark = this.mark;
      this.mark = '';
      this.write(mark);
    }
    const separates = this.afterCall && this.syntax.bare && char === ';';
    if (isBlank(char) || separates) this.space += char;
    else if (this.syntax.bare && char === '{' && (this.afterCall || !this.wroteText)) this.beginBare(char);
    else if (this.syntax.open.startsWith(char)) this.mark = char;
    else this.write(char);
  }

  private write(text: string): void {
    if (text === '') return;
    this.writeSpace();
    this.parts.add('text', text);
    this.wroteText = true;
    this.afterCall = false;
  }

  private writeSpace(): void {
    if (!this.afterCall || this.wroteText) this.parts.add('text', this.space);
    this.space = '';
  }

  private beginCall(place: Place): void {
    this.raw = this.space + this.mark;
    this.told = null;
    this.inList = false;
    this.place = place;
    if (place === 'marked') this.begun ??= { kind: 'mark' };
  }

  private beginBare(char: string): void {
    this.beginCall('call');
    this.call = new CallObject(true);
    this.inCall(char);
  }

  private afterMark(char: string): void {
    if (isBlank(char)) {
      this.raw += char;
      return;
    }
    this.place = 'call';
    const reading = this.syntax.reading(char);
    this.call = reading ?? new CallObject(false);
    this.inList = reading === null;
    if (this.inList) this.raw += char;
    else this.inCall(char);
  }

  private inCall(char: string): void {
    const scanned = this.call.accept(char);
    const { name } = this.call;
    if (scanned === 'bad' || (name !== undefined && !this.names.has(name))) return this.failed(char);
    this.raw += char;
    if (name === undefined) return;
    if (this.call.argumentsText === '') this.begun ??= { kind: 'name', name };
    if (scanned === 'done') return this.endCall(true);
    if (this.held) this.tell(name);
  }

  private tell(name: string): void {
    const { argumentsText } = this.call;
    if (argumentsText === '') return;
    if (this.told === null) this.parts.startCall(name);
    this.parts.addArguments(argumentsText.slice(this.told ?? 0));
    this.told = argumentsText.length;
  }

  private endCall(complete: boolean): void {
    if (this.call.name !== undefined) this.tell(this.call.name);
    this.parts.endCall(complete);
    this.space = '';
    this.mark = '';
    this.raw = '';
    this.told = null;
    this.afterCall = true;
    this.place = this.inList && complete ? 'list' : 'closing';
  }

  private failed(char: string): void {
    if (this.told === null) {
      this.giveUp();
    } else {
      this.endCall(false);
      this.place = 'text';
    }
    this.accept(char);
  }

  /** Turns what was taken for a call into text, and looks for calls in all of it but its beginning. */
  private giveUp(): void {
    const { raw, space } = this;
    const first = space.length + Math.max(this.mark.length, 1);
    const sure = this.retries++ < MOST_RETRIES ? first : raw.length;
    this.mark = '';
    this.place = 'text';
    this.write(raw.slice(space.length, sure));
    for (const char of raw.slice(sure)) this.accept(char);
  }

  /** After the object of a call: its end mark, if there is one. */
  private afterObject(char: string): void {
    const { close } = this.syntax;
    if (close?.startsWith(this.mark + char) === true) {
      this.mark += char;
      if (this.mark === close) this.backToText('');
    } else if (close !== undefined && this.mark === '' && isBlank(char)) this.space += char;
    else this.backToText(char);
  }

  private betweenItems(char: string): void {
    if (isBlank(char)) return;
    if (char === ']') this.backToText('');
    else if (char === ',') {
      this.call = new CallObject(false);
      this.raw = char;
      this.place = 'call';
    } else this.backToText(char);
  }

  /** What had begun like an end mark is text after all; `next` is still to be read. */
  private backToText(next: string): void {
    const begun = this.mark === this.syntax.close ? '' : this.mark;
    if (begun === '' && next === '') this.space = '';
    this.mark = '';
    this.place = 'text';
    for (const char of begun + next) this.accept(char);
  }
}
