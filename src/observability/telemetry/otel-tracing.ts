/** The only file that loads OpenTelemetry's packages; itself loaded where there is a collector to send to. */
import {
  propagation,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Context,
  type Tracer,
} from '@opentelemetry/api';
import type * as Otel from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  NodeTracerProvider,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  type Sampler,
} from '@opentelemetry/sdk-trace-node';
import { ATTR_ERROR_TYPE, ATTR_SERVICE_NAME, ATTR_SERVICE_VERSION } from '@opentelemetry/semantic-conventions';
import { VERSION } from '../../config/package-root.js';
import type { Settings } from '../../config/settings.js';
import { resolvesWithin } from '../../inference/deadline.js';
import { told } from './told-exporter.js';
import type { Span, SpanEnd, SpanStart, TraceHeaders, Tracing } from './tracing.js';

/** Spans that wait for the collector; those beyond are dropped. */
const MAX_WAITING = 8192;
/** How long one batch may take, tries again included. */
const SEND_TIMEOUT_MS = 5000;
/** How long the end of the process waits for the last batch. */
const LAST_BATCH_MS = 2000;

const KINDS = { server: SpanKind.SERVER, consumer: SpanKind.CONSUMER, internal: SpanKind.INTERNAL } as const;

type OtelSettings = Pick<
  Settings,
  'otlpHeaders' | 'otelServiceName' | 'otelResource' | 'otelSampler' | 'otelSamplerArg' | 'otelDelay'
>;

/** Sends spans to an OpenTelemetry collector, in batches, beside the requests. */
export class OtelTracing implements Tracing {
  private readonly provider: NodeTracerProvider;
  private readonly tracer: Tracer;

  constructor(endpoint: URL, settings: OtelSettings) {
    // Everything is given: what is left out the SDK reads from the environment, past `config/`.
    const exporter = new OTLPTraceExporter({
      url: tracesUrl(endpoint),
      headers: Object.fromEntries(settings.otlpHeaders),
      timeoutMillis: SEND_TIMEOUT_MS,
      concurrencyLimit: 2,
    });
    const processor = new BatchSpanProcessor(told(exporter, endpoint.host), {
      maxQueueSize: MAX_WAITING,
      maxExportBatchSize: 512,
      scheduledDelayMillis: settings.otelDelay,
      exportTimeoutMillis: SEND_TIMEOUT_MS,
    });
    this.provider = new NodeTracerProvider({
      resource: resourceFromAttributes({
        ...Object.fromEntries(settings.otelResource),
        [ATTR_SERVICE_NAME]: settings.otelServiceName || 'parley',
        [ATTR_SERVICE_VERSION]: VERSION,
      }),
      sampler: samplerOf(settings),
      spanProcessors: [processor],
    });
    // Nothing is kept in async local storage: every span is told its parent.
    this.provider.register({ contextManager: null });
    this.tracer = this.provider.getTracer('parley', VERSION);
  }

  start(start: SpanStart, from: TraceHeaders): Span {
    return spanIn(this.tracer, propagation.extract(ROOT_CONTEXT, from), start);
  }

  /** Sends what is left. A collector that does not answer holds nothing up. */
  async onApplicationShutdown(): Promise<void> {
    await resolvesWithin(
      LAST_BATCH_MS,
      this.provider.shutdown().catch(() => undefined),
    );
  }
}

function spanIn(tracer: Tracer, parent: Context, { name, kind, at, attributes = {} }: SpanStart): Span {
  const span = tracer.startSpan(name, { kind: KINDS[kind], startTime: at, attributes: { ...attributes } }, parent);
  const own = trace.setSpan(ROOT_CONTEXT, span);
  const { traceId, spanId } = span.spanContext();
  return {
    traceId,
    spanId,
    headers: headersOf(own),
    child: (start) => spanIn(tracer, own, start),
    end: (end) => endSpan(span, end),
  };
}

function endSpan(span: Otel.Span, { at, attributes = {}, error }: SpanEnd): void {
  span.setAttributes({ ...attributes });
  if (error !== null)
    span.setAttribute(ATTR_ERROR_TYPE, error).setStatus({ code: SpanStatusCode.ERROR, message: error });
  span.end(at);
}

/** Without the caller's baggage, which is not ours to spread. */
function headersOf(context: Context): TraceHeaders {
  const headers: Record<string, string> = {};
  propagation.inject(context, headers);
  return headers;
}

function tracesUrl(endpoint: URL): string {
  return `${endpoint.href.replace(/\/$/, '')}/v1/traces`;
}

function samplerOf({ otelSampler, otelSamplerArg }: OtelSettings): Sampler {
  const plain = plainSampler(otelSampler.replace('parentbased_', ''), otelSamplerArg);
  return otelSampler.startsWith('parentbased_') ? new ParentBasedSampler({ root: plain }) : plain;
}

function plainSampler(name: string, share: number): Sampler {
  if (name === 'traceidratio') return new TraceIdRatioBasedSampler(share);
  return name === 'always_off' ? new AlwaysOffSampler() : new AlwaysOnSampler();
}
