import type { RequestLabels, RequestReport } from '../../inference/observer.js';
import type { TaskKind } from '../../inference/tasks.js';
import type { Attributes, Span, SpanStart } from './tracing.js';
import type { WallClock } from './wall-clock.js';

/** OpenTelemetry's well-known names of operations; of tasks that have none, the task's own. */
const OPERATIONS: Readonly<Partial<Record<TaskKind, string>>> = {
  'text-generation': 'chat',
  'image-text-to-text': 'chat',
  'feature-extraction': 'embeddings',
};

/** The span of one run of a model, after OpenTelemetry's conventions for generative AI. */
export function runSpan({ model, task, dialect }: RequestLabels, at: number): SpanStart {
  const operation = OPERATIONS[task] ?? task;
  return {
    name: `${operation} ${model}`,
    kind: 'internal',
    at,
    attributes: {
      'gen_ai.operation.name': operation,
      'gen_ai.provider.name': 'parley',
      'gen_ai.request.model': model,
      'parley.task': task,
      'parley.dialect': dialect,
    },
  };
}

/** Ends a run's span; its phases are its children. */
export function endRunSpan(span: Span, report: RequestReport, clock: WallClock): void {
  for (const { name, from, to } of report.phases) {
    const attributes = { 'gen_ai.request.model': report.model };
    span.child({ name, kind: 'internal', at: clock.at(from), attributes }).end({ at: clock.at(to), error: null });
  }
  span.end({ at: clock.now(), attributes: resultOf(report), error: report.errorCode });
}

function resultOf({ outcome, promptTokens, completionTokens, cachedTokens }: RequestReport): Attributes {
  return {
    'gen_ai.usage.input_tokens': promptTokens,
    'gen_ai.usage.output_tokens': completionTokens,
    'gen_ai.usage.cache_read.input_tokens': cachedTokens,
    'gen_ai.response.finish_reasons': [outcome],
  };
}
