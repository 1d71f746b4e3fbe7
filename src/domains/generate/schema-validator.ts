import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { createHash } from 'node:crypto';
import { ParleyError } from '../../inference/errors.js';
import { checkDepth } from '../../inference/json-schema/schema-bounds.js';
import type { JsonObject } from '../../inference/json-value.js';
import { BudgetedWorker, BudgetExceededError } from '../../inference/threads/budgeted-worker.js';

/** A schema of a request, and the field that holds it. */
export interface RequestSchema {
  readonly schema: JsonObject;
  readonly param: string;
}

/** A schema as JSON. */
export interface SchemaText {
  readonly schema: string;
  readonly param: string;
}

/** Checks that all are sound schemas, or validates a text by one. */
export type ValidationJob =
  | { readonly do: 'check'; readonly schemas: readonly SchemaText[] }
  | { readonly do: 'validate'; readonly schema: SchemaText; readonly text: string };

/** One of the largest schemas takes half a second to compile, validating a text far less. */
const LIMITS = { budgetMs: 2000, maxHeapMiB: 256, maxWaiting: 1000, idleMs: 60_000 };

/** Digests of sound schemas that are remembered. */
const MAX_ACCEPTED = 1000;

const SCRIPT = new URL('./schema-validator.worker.js', import.meta.url);
const REMEDY = 'Make it smaller, with fewer alternatives, patterns and $refs.';

/**
 * Checks clients' schemas and validates output by them in a thread of its own: both take as long as the client makes
 * them. API keys take turns, and what exceeds its budget is the sender's error.
 */
@Injectable()
export class SchemaValidator implements OnApplicationShutdown {
  private readonly worker = new BudgetedWorker<ValidationJob, string | null>(SCRIPT, LIMITS, 'The schema validator');
  /** The one used last at the end. */
  private readonly accepted = new Set<string>();

  /** Throws `invalid_request` for what is no schema, is too large or too costly. All are one job. */
  async check(schemas: readonly RequestSchema[], keyId: string, signal: AbortSignal): Promise<void> {
    const unknown = new Map<string, SchemaText>();
    for (const each of schemas) {
      const { digest, ...text } = serialized(each);
      if (this.accepted.has(digest)) this.remember(digest);
      else unknown.set(digest, text);
    }
    const [first] = unknown.values();
    if (first === undefined) return;
    const job: ValidationJob = { do: 'check', schemas: [...unknown.values()] };
    await this.run(job, { keyId, signal, costly: `${first.param} cannot be used: the schema takes too long to check` });
    for (const digest of unknown.keys()) this.remember(digest);
  }

  /** Returns how a text breaks the schema; null: it is valid. Throws `invalid_request` where that is too costly to find. */
  problemOf(text: string, of: RequestSchema, keyId: string, signal: AbortSignal): Promise<string | null> {
    const { schema, param } = serialized(of);
    const costly = `${param} cannot be used: the output takes too long to validate by the schema`;
    return this.run({ do: 'validate', schema: { schema, param }, text }, { keyId, signal, costly });
  }

  onApplicationShutdown(): Promise<void> {
    return this.worker.stop();
  }

  private async run(
    job: ValidationJob,
    { keyId, signal, costly }: { keyId: string; signal: AbortSignal; costly: string },
  ): Promise<string | null> {
    try {
      return await this.worker.run(job, keyId, signal);
    } catch (error) {
      if (!(error instanceof BudgetExceededError)) throw error;
      const param = job.do === 'check' ? job.schemas[0]?.param : job.schema.param;
      throw new ParleyError('invalid_request', `${costly}. ${REMEDY}`, { ...(param !== undefined && { param }) });
    }
  }

  private remember(digest: string): void {
    this.accepted.delete(digest);
    this.accepted.add(digest);
    const [oldest] = this.accepted;
    if (this.accepted.size > MAX_ACCEPTED && oldest !== undefined) this.accepted.delete(oldest);
  }
}

function serialized({ schema, param }: RequestSchema): SchemaText & { readonly digest: string } {
  checkDepth(schema, param);
  const text = JSON.stringify(schema);
  return { schema: text, param, digest: createHash('sha256').update(text).digest('base64') };
}
