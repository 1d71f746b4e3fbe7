/** A piece of an answer, as it is made out of the text that a model writes. */
export type AnswerPart =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'reasoning'; readonly text: string }
  | { readonly type: 'call-start'; readonly index: number; readonly id: string; readonly name: string }
  /** What follows of the JSON text of the arguments. */
  | { readonly type: 'call-arguments'; readonly index: number; readonly text: string }
  /** Not complete: the answer ended in the call, or went on as no call does. */
  | { readonly type: 'call-end'; readonly index: number; readonly complete: boolean };

/** Gathers parts; what follows on of the same kind becomes one. Numbers the calls. */
export class AnswerParts {
  private parts: AnswerPart[] = [];
  private calls = 0;

  constructor(private readonly newId: () => string) {}

  add(type: 'text' | 'reasoning', text: string): void {
    const last = this.parts.at(-1);
    if (text === '') return;
    if (last?.type === type) this.parts[this.parts.length - 1] = { type, text: last.text + text };
    else this.parts.push({ type, text });
  }

  startCall(name: string): void {
    this.parts.push({ type: 'call-start', index: this.calls++, id: this.newId(), name });
  }

  addArguments(text: string): void {
    const last = this.parts.at(-1);
    const index = this.calls - 1;
    if (text === '') return;
    if (last?.type === 'call-arguments') {
      this.parts[this.parts.length - 1] = { type: 'call-arguments', index, text: last.text + text };
    } else this.parts.push({ type: 'call-arguments', index, text });
  }

  endCall(complete: boolean): void {
    this.parts.push({ type: 'call-end', index: this.calls - 1, complete });
  }

  take(): AnswerPart[] {
    const taken = this.parts;
    this.parts = [];
    return taken;
  }
}
