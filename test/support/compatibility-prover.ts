import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import {
  operationsOf,
  type ApiDocument,
  type DocumentedOperation,
  type Place,
} from '../../tools/documents/documented.js';
import { outside } from '../../tools/documents/limits.js';
import type {
  Answer,
  Call,
  DialectSupport,
  Fields,
  OperationSupport,
  Proof,
} from '../../src/http/openapi/parameter-support.js';
import { PACKAGE_ROOT } from '../../src/config/package-root.js';
import { ask, baseOf } from './compatibility-requests.js';
import { expectRefusal } from './compatibility-refusals.js';

/** Names and times, which no two answers share, and what only the cache decides. */
const PASSING = new Set(['id', 'created', 'created_at', 'completed_at', 'processing_time', 'cached_tokens', 'call_id']);

function withoutPassing(text: string): string {
  const lasting = (key: string, value: unknown): unknown => (PASSING.has(key) ? undefined : value);
  return JSON.stringify(JSON.parse(text), lasting);
}

/** What of an answer should be the same when it is asked for again. */
function lastingOf({ type, text }: Answer): string {
  if (type === 'application/json') return withoutPassing(text);
  if (type !== 'text/event-stream') return text;
  return text
    .split('\n')
    .map((line) => (line.startsWith('data: {') ? withoutPassing(line.slice('data: '.length)) : line))
    .join('\n');
}

/** The test is there, and says something of the parameter. */
function expectMention(name: string, test: string): void {
  const leaf = name.slice(name.lastIndexOf('.') + 1).toLowerCase();
  expect(readFileSync(join(PACKAGE_ROOT, test), 'utf8').toLowerCase(), `${test} on ${leaf}`).toContain(leaf);
}

/** Proves the entries of one operation against a running service. */
export class OperationProver {
  private readonly plain = new Map<Place | null, Promise<Answer>>();
  private example: Promise<Fields> | null = null;

  constructor(
    private readonly dialect: DialectProver,
    private readonly operation: DocumentedOperation,
    private readonly support: OperationSupport,
  ) {}

  /** Runs every proof of a parameter in every place where it may stand, and asks for values outside its range. */
  async prove(name: string, proofs: readonly Proof[]): Promise<void> {
    const documented = this.operation.parameters.find((one) => one.name === name);
    const places = documented === undefined ? [] : [...documented.places];
    for (const place of places.length > 1 ? places : [null]) {
      for (const proof of proofs) await this.run(name, proof, place);
      if (name.includes('.') || documented === undefined) continue;
      for (const value of outside(documented)) await this.refused(name, { [name]: value }, place);
    }
  }

  /** That it is refused, as any field is that the documents do not know, by a service that is strict. */
  async proveUnknown(name: string, proofs: readonly Proof[]): Promise<void> {
    for (const proof of proofs) if (proof.kind === 'equal') await this.refused(name, proof.to, null);
  }

  private async run(name: string, proof: Proof, place: Place | null): Promise<void> {
    if (proof.kind === 'elsewhere') return expectMention(name, proof.test);
    if (proof.kind === 'refused') return this.refused(name, proof.to, place, proof.status);
    const answer = await this.taken(proof.to, place);
    if (proof.kind === 'gives') {
      const holds = proof.holds(answer, await this.taken({}, place));
      expect(holds, `${JSON.stringify(proof.to)} → ${answer.text.slice(0, 1000)}`).toBe(true);
      return;
    }
    const from = lastingOf(await this.taken(proof.from, place));
    if (proof.kind === 'equal') expect(lastingOf(answer)).toBe(from);
    else expect(lastingOf(answer), JSON.stringify(proof)).not.toBe(from);
  }

  private async refused(name: string, fields: Fields, place: Place | null, status?: number): Promise<void> {
    const answer = await this.ask(fields, place);
    expectRefusal(answer, this.dialect.name, { parameter: name, given: fields, status });
  }

  /** The answer to the example with these fields over it; that to the example itself is asked for once. */
  private async taken(fields: Fields, place: Place | null): Promise<Answer> {
    const isPlain = Object.keys(fields).length === 0;
    const answer = await ((isPlain ? this.plain.get(place) : undefined) ?? this.ask(fields, place));
    if (isPlain) this.plain.set(place, Promise.resolve(answer));
    expect(answer.status, `${JSON.stringify(fields)} → ${answer.text.slice(0, 1000)}`).toBe(200);
    return answer;
  }

  private async ask(fields: Fields, place: Place | null): Promise<Answer> {
    this.example ??= this.prepared();
    return ask(this.dialect.base, this.operation, { ...(await this.example), ...fields }, place);
  }

  private async prepared(): Promise<Fields> {
    let { example } = this.support;
    for (const call of this.support.before ?? []) {
      const id = await this.dialect.call(call);
      if (call.idInto !== undefined) example = { ...example, [call.idInto]: id };
    }
    return example;
  }
}

/** Proves what one dialect supports, by the documents of the service itself. */
export class DialectProver {
  private constructor(
    readonly name: string,
    readonly base: string,
    private readonly support: DialectSupport,
    private readonly operations: readonly DocumentedOperation[],
  ) {}

  static async at(url: string, name: string, support: DialectSupport): Promise<DialectProver> {
    const response = await fetch(`${url}/openapi/${name}.json`);
    const operations = operationsOf((await response.json()) as ApiDocument);
    return new DialectProver(name, baseOf(url, name), support, operations);
  }

  of(id: string): OperationProver {
    const support = this.support.operations[id];
    if (support === undefined) throw new Error(`${id} has no entry`);
    return new OperationProver(this, this.operation(id), support);
  }

  /** Does what others need before; gives the answer's `id`. */
  async call({ operation, fields }: Call): Promise<string> {
    const { status, body, text } = await ask(this.base, this.operation(operation), fields, null);
    expect(status, text).toBe(200);
    return typeof body === 'object' && body !== null && 'id' in body ? String(body.id) : '';
  }

  private operation(id: string): DocumentedOperation {
    const found = this.operations.find((one) => one.id === id);
    if (found === undefined) throw new Error(`the service has no operation ${id}`);
    return found;
  }
}
