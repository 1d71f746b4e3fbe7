import type { ThoughtMarks } from './chat-format.js';
import { isBlank } from './json-scanner.js';

/** Takes what was found: thoughts, and the characters of the answer itself. */
export interface ThoughtSink {
  thought(text: string): void;
  answer(char: string): void;
}

/** `before`: nothing but blanks and perhaps part of a mark has come. */
type Place = 'before' | 'thought' | 'after' | 'answer';

/** Tells thoughts at the beginning of an answer from the answer. Without `separate` marks and blanks are kept. */
export class ThoughtFinder {
  private place: Place = 'before';
  private space = '';
  private mark = '';
  private thinking: ThoughtMarks | null;
  private wrote = false;

  /** `opened`: marks of a thought that the prompt has begun. */
  constructor(
    private readonly candidates: readonly ThoughtMarks[],
    opened: ThoughtMarks | null,
    private readonly separate: boolean,
    private readonly sink: ThoughtSink,
  ) {
    this.thinking = opened;
  }

  get inThought(): boolean {
    return this.place === 'thought' || (this.place === 'before' && this.thinking !== null);
  }

  accept(char: string): void {
    switch (this.place) {
      case 'before':
        return this.beforeThought(char);
      case 'thought':
        return this.inside(char);
      case 'after':
        if (!this.separate || !isBlank(char)) this.answer(char);
        return;
      case 'answer':
        return this.sink.answer(char);
    }
  }

  /** No more will come: a thought that was not closed stays one. */
  flush(): void {
    const { space, mark } = this;
    this.space = '';
    this.mark = '';
    if (this.place === 'before' && this.thinking === null) for (const char of space + mark) this.answer(char);
    else if (!this.separate || mark !== '') this.tell(space + mark);
  }

  private beforeThought(char: string): void {
    if (this.mark === '' && isBlank(char)) {
      this.space += char;
      return;
    }
    const begun = this.mark + char;
    const possible = (this.thinking === null ? this.candidates : [this.thinking]).filter(({ open }) =>
      open.startsWith(begun),
    );
    if (possible.length > 0) this.mark = begun;
    const opened = possible.find(({ open }) => open === begun);
    if (opened !== undefined) this.begin(opened, this.separate ? '' : this.space + begun, '');
    else if (possible.length === 0 && this.thinking !== null) {
      this.begin(this.thinking, this.separate ? '' : this.space, begun);
    } else if (possible.length === 0) this.release(begun);
  }

  /** `before` belongs to the thought as it was written, `inside` is still to be read. */
  private begin(marks: ThoughtMarks, before: string, inside: string): void {
    this.thinking = marks;
    this.space = '';
    this.mark = '';
    this.place = 'thought';
    this.tell(before);
    for (const char of inside) this.accept(char);
  }

  private release(begun: string): void {
    const text = this.space + begun;
    this.space = '';
    this.mark = '';
    for (const char of text) this.answer(char);
  }

  private inside(char: string): void {
    const close = this.thinking?.close ?? '';
    if (close.startsWith(this.mark + char)) {
      this.mark += char;
      if (this.mark === close) this.end();
      return;
    }
    const begun = this.mark;
    this.mark = '';
    if (begun !== '') this.write(begun);
    if (isBlank(char)) this.space += char;
    else if (close.startsWith(char)) this.mark = char;
    else this.write(char);
  }

  private end(): void {
    if (!this.separate) this.tell(this.space + this.mark);
    this.space = '';
    this.mark = '';
    this.place = 'after';
  }

  private write(text: string): void {
    if (this.wrote || !this.separate) this.tell(this.space + text);
    else this.tell(text); // blanks before the first word
    this.space = '';
    this.wrote = true;
  }

  private tell(text: string): void {
    if (text !== '') this.sink.thought(text);
  }

  private answer(char: string): void {
    this.place = 'answer';
    this.sink.answer(char);
  }
}
