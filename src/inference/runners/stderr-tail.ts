const MAX_BYTES = 8 * 1024;
const TELLING = /error|fail|assert|abort|invalid|corrupt|cannot|unable|out of memory/i;

/** Keeps the end of what a child wrote, to be its load error or its last words. */
export class StderrTail {
  private text = '';

  push(chunk: string): void {
    this.text = (this.text + chunk).slice(-MAX_BYTES);
  }

  /** All that was kept, for the log. */
  get all(): string {
    return this.text.trim();
  }

  /** The last line that looks like an error, fit for a client: without paths and control characters. */
  get lastError(): string | null {
    const line = this.text
      .split('\n')
      .filter((candidate) => TELLING.test(candidate) && !/^\s*at /.test(candidate))
      .at(-1);
    if (line === undefined) return null;
    return line
      .replace(/(?:file:\/\/)?(?:\/[^\s/]+)+\/([^\s/]+)/g, '$1')
      .replace(/\p{Cc}+/gu, ' ')
      .trim()
      .slice(0, 300);
  }
}
