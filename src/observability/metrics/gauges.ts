import { VERSION } from '../../config/package-root.js';
import type { InferenceService, QueueInfo } from '../../inference/inference.service.js';
import type { MetricsService } from './metrics.service.js';

/** State that is asked for at the scrape. Asking never loads a model nor keeps one in memory. */
export function registerGauges(metrics: MetricsService, inference: InferenceService): void {
  metrics.gauge('build_info', '1, for the labels', ['version'], (gauge) => {
    gauge.set({ version: VERSION }, 1);
  });
  metrics.gauge('requests_running', 'Requests that have a slot', ['model'], (gauge) => {
    for (const { model, running } of queues(inference)) gauge.set({ model }, running);
  });
  metrics.gauge('requests_waiting', 'Requests that wait for a slot or a load', ['model'], (gauge) => {
    for (const { model, waiting } of queues(inference)) gauge.set({ model }, waiting);
  });
  metrics.gauge('queue_drain_seconds', 'Seconds until a new request would have a slot', ['model'], (gauge) => {
    for (const { model, drainSeconds } of queues(inference)) gauge.set({ model }, drainSeconds);
  });
  metrics.gauge('model_resident_bytes', "Physical memory of a model's runner", ['model'], (gauge) => {
    for (const { model, memoryBytes } of inference.list()) gauge.set({ model }, memoryBytes);
  });
  metrics.gauge('memory_budget_bytes', 'MEMORY_BUDGET', [], (gauge) => {
    gauge.set(inference.memory().budget);
  });
  metrics.gauge('memory_reserved_bytes', 'Part of the budget that models hold or have reserved', [], (gauge) => {
    gauge.set(inference.memory().used);
  });
}

/** Of every model that had a request or is in memory: one without requests is idle, and not unknown to a scaler. */
function queues(inference: InferenceService): QueueInfo[] {
  const asked = inference.queueInfo();
  const idle = inference.list().filter(({ model }) => !asked.some((queue) => queue.model === model));
  return [...asked, ...idle.map(({ model }) => ({ model, running: 0, waiting: 0, drainSeconds: 0 }))];
}
