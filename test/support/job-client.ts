import { expect } from 'vitest';
import { get, type Answer, type RequestHeaders } from './http.js';
import { until } from './wait.js';

/** A job as the contract has it on the wire. */
export interface Job {
  readonly id: string;
  readonly kind: string;
  readonly state: 'queued' | 'active' | 'completed' | 'failed' | 'cancelled';
  readonly progress: { readonly done: number; readonly total: number; readonly unit: string } | null;
  readonly position: number | null;
  readonly attempts: number;
  readonly created_at: string;
  readonly started_at: string | null;
  readonly finished_at: string | null;
  readonly error: { readonly code: string; readonly message: string } | null;
  readonly result_url: string | null;
}

/** Asks for the job instead of the answer. */
export const LATER = { prefer: 'respond-async' } as const;

export const JOB_FIELDS = [
  'id',
  'kind',
  'state',
  'progress',
  'position',
  'attempts',
  'created_at',
  'started_at',
  'finished_at',
  'error',
  'result_url',
].sort();

const ENDS: readonly string[] = ['completed', 'failed', 'cancelled'];

/** The job of an answer to `Prefer: respond-async`, which has to be one. */
export function acceptedJob(answer: Answer): Job {
  if (answer.status !== 202) throw new Error(`no job was made: ${String(answer.status)} ${answer.text}`);
  expect(answer.type).toBe('application/json');
  const job = answer.body as Job;
  expect(answer.headers.get('location')).toBe(`/jobs/${job.id}`);
  expect(answer.headers.get('preference-applied')).toBe('respond-async');
  return job;
}

export async function showJob(base: string, id: string, headers: RequestHeaders = {}): Promise<Job> {
  const answer = await get(`${base}/jobs/${id}`, headers);
  if (answer.status !== 200) throw new Error(`the job answers ${String(answer.status)}: ${answer.text}`);
  return answer.body as Job;
}

export async function listJobs(base: string, query = '', headers: RequestHeaders = {}): Promise<Job[]> {
  const answer = await get(`${base}/jobs${query}`, headers);
  if (answer.status !== 200) throw new Error(`/jobs${query} answers ${String(answer.status)}: ${answer.text}`);
  return (answer.body as { jobs: Job[] }).jobs;
}

/** Waits until a job is as `isMeant` wants it. Rejects at once when nothing works on it any more and it is not so. */
export function untilJob(
  base: string,
  id: string,
  isMeant: (job: Job) => boolean,
  headers: RequestHeaders = {},
): Promise<Job> {
  return until(`the job ${id}`, async () => {
    const job = await showJob(base, id, headers);
    if (isMeant(job)) return job;
    if (ENDS.includes(job.state) && job.finished_at !== null)
      throw new Error(`the job has ended: ${JSON.stringify(job)}`);
    return undefined;
  });
}

/** Waits until a job is in a state. */
export function untilState(base: string, id: string, state: Job['state'], headers: RequestHeaders = {}): Promise<Job> {
  return untilJob(base, id, (job) => job.state === state, headers);
}

/** One server-sent event. */
export interface JobEvent {
  readonly id: string;
  readonly event: string;
  readonly job: Job;
}

/** The events of `/jobs/{id}/events`; comments are left out. */
export function jobEvents(text: string): JobEvent[] {
  const blocks = text
    .split('\n\n')
    .filter((block) => block.split('\n').some((line) => !line.startsWith(':') && line !== ''));
  return blocks.map((block) => {
    const field = (name: string): string => {
      const line = block.split('\n').find((each) => each.startsWith(`${name}: `));
      if (line === undefined) throw new Error(`an event without ${name}: ${block}`);
      return line.slice(name.length + 2);
    };
    return { id: field('id'), event: field('event'), job: JSON.parse(field('data')) as Job };
  });
}
