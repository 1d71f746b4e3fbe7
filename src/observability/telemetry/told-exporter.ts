import { Logger } from '@nestjs/common';
import type { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import type { SpanExporter } from '@opentelemetry/sdk-trace-node';

/** An exporter that says once that the collector does not take spans, and once that it does again. */
export function told(exporter: OTLPTraceExporter, collector: string): SpanExporter {
  const log = new Logger('Traces');
  let failing = false;
  return {
    export: (spans, done) => {
      exporter.export(spans, (result) => {
        const failed = result.error !== undefined;
        if (failed && !failing) log.warn(`the collector ${collector} takes no traces: ${reasonOf(result.error)}`);
        if (!failed && failing) log.log(`the collector ${collector} takes traces again`);
        failing = failed;
        // The SDK and the exporter each have a copy of the package that names the codes: the same ones.
        (done as (same: object) => void)(result);
      });
    },
    shutdown: () => exporter.shutdown(),
    forceFlush: () => exporter.forceFlush(),
  };
}

/** Neither its words nor its URL are repeated: they may hold what the settings keep secret. */
function reasonOf(error: (Error & { readonly code?: string | number }) | undefined): string {
  const code = error?.code;
  if (typeof code === 'number') return `it answered ${String(code)}`;
  return code ?? 'no answer in time';
}
