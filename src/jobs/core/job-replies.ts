import { Injectable } from '@nestjs/common';
import type { Readable } from 'node:stream';

/** The body of an answer. */
export interface Reply {
  readonly contentType: string;
  readonly body: string | Buffer | Readable;
}

/**
 * Makes a route's answer from what its job's processor returned, which went through the store as JSON. `base`: scheme and
 * host that the client spoke to.
 */
export type ReplyMaker = (result: unknown, base: string) => Reply | Promise<Reply>;

/** The answers of the routes that make jobs, so that `/jobs/{id}/result` gives what the route itself would have given. */
@Injectable()
export class JobReplies {
  private readonly makers = new Map<string, ReplyMaker>();

  /** Each route has a name of its own, such as `rkllama.pull`. It is kept in jobs: never rename one. */
  register(name: string, maker: ReplyMaker): void {
    if (this.makers.has(name)) throw new Error(`two routes answer jobs as "${name}"`);
    this.makers.set(name, maker);
  }

  async make(name: string, result: unknown, base: string): Promise<Reply> {
    const maker = this.makers.get(name);
    if (maker === undefined) throw new Error(`no route answers jobs as "${name}"`);
    return maker(result, base);
  }
}
