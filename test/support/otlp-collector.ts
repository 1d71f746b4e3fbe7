import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { first, fixed64, message, messages, text, varint, type Message } from './protobuf.js';

export type AttributeValue = string | number | boolean | readonly string[] | undefined;

export interface CollectedSpan {
  readonly traceId: string;
  readonly spanId: string;
  /** Empty: it has none. */
  readonly parentId: string;
  readonly name: string;
  /** 1 internal, 2 server, 3 client, 4 producer, 5 consumer. */
  readonly kind: number;
  /** Nanoseconds since 1970. */
  readonly start: bigint;
  readonly end: bigint;
  readonly attributes: Readonly<Record<string, AttributeValue>>;
  /** 0 unset, 1 ok, 2 error. */
  readonly status: number;
  readonly resource: Readonly<Record<string, AttributeValue>>;
}

/** An OpenTelemetry collector on the loopback that takes OTLP over HTTP, in protobuf, and keeps what it gets. */
export class OtlpCollector {
  readonly spans: CollectedSpan[] = [];
  readonly headers: IncomingHttpHeaders[] = [];
  private readonly server = createServer((request, response) => void this.take(request, response));

  static async start(): Promise<OtlpCollector> {
    const collector = new OtlpCollector();
    await once(collector.server.listen(0, '127.0.0.1'), 'listening');
    return collector;
  }

  get url(): string {
    return `http://127.0.0.1:${String((this.server.address() as AddressInfo).port)}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (request.url !== '/v1/traces' || request.headers['content-type'] !== 'application/x-protobuf') {
      response.writeHead(404).end();
      return;
    }
    this.headers.push(request.headers);
    this.spans.push(...spansOf(message(Buffer.concat(chunks))));
    response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end();
  }
}

// Numbers of fields as opentelemetry/proto/trace/v1/trace.proto and common.proto have them.

function spansOf(request: Message): CollectedSpan[] {
  return messages(request, 1).flatMap((resourceSpans) => {
    const resource = attributesOf(first(resourceSpans, 1), 1);
    const spans = messages(resourceSpans, 2).flatMap((scopeSpans) => messages(scopeSpans, 2));
    return spans.map((span) => ({
      traceId: text(span, 1, 'hex'),
      spanId: text(span, 2, 'hex'),
      parentId: text(span, 4, 'hex'),
      name: text(span, 5),
      kind: varint(span, 6),
      start: fixed64(span, 7),
      end: fixed64(span, 8),
      attributes: attributesOf(span, 9),
      status: varint(first(span, 15), 3),
      resource,
    }));
  });
}

function attributesOf(owner: Message, field: number): Record<string, AttributeValue> {
  return Object.fromEntries(messages(owner, field).map((pair) => [text(pair, 1), valueOf(first(pair, 2))]));
}

function valueOf(any: Message): AttributeValue {
  if (any.has(1)) return text(any, 1);
  if (any.has(2)) return varint(any, 2) === 1;
  if (any.has(3)) return varint(any, 3);
  if (any.has(5)) return messages(first(any, 5), 1).map((value) => text(value, 1));
  return undefined;
}
