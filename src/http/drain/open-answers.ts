import { Injectable } from '@nestjs/common';
import type { ServerResponse } from 'node:http';

/** Answers that somebody waits for: a drain waits for them, whatever they still need. */
@Injectable()
export class OpenAnswers {
  private readonly open = new Set<ServerResponse>();

  get count(): number {
    return this.open.size;
  }

  /** Counts an answer until it has been sent, or its client has left. */
  add(answer: ServerResponse): void {
    if (answer.destroyed) return;
    this.open.add(answer);
    answer.once('close', () => this.open.delete(answer));
  }
}
