import { get, type RequestHeaders } from './http.js';
import { until } from './wait.js';

/** The value of a metric, summed over its labels; 0 while it has no sample. */
export async function metric(base: string, name: string, headers: RequestHeaders = {}): Promise<number> {
  const { status, text } = await get(`${base}/metrics`, headers);
  if (status !== 200) throw new Error(`/metrics answered ${String(status)}`);
  const samples = text.split('\n').filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));
  return samples.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
}

/** Waits until so many requests have a slot and so many wait for one. */
export async function untilQueue(
  base: string,
  expected: { running: number; waiting: number },
  headers: RequestHeaders = {},
): Promise<void> {
  await until(`a queue of ${JSON.stringify(expected)}`, async () => {
    const running = await metric(base, 'parley_requests_running', headers);
    const waiting = await metric(base, 'parley_requests_waiting', headers);
    return (running === expected.running && waiting === expected.waiting) || undefined;
  });
}
