import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { post, type Answer, type RequestHeaders } from './http.js';
import { acceptedJob, LATER, untilJob, type Job } from './job-client.js';
import { anyNumber } from './matchers.js';
import { startServer, type Server } from './server.js';
import { until } from './wait.js';

export const IMAGE_MODEL = 'starter-image';
export const RED_CIRCLE = 'a red circle on a blue background';
/** The smallest picture: for tests of everything but what is drawn. */
export const SMALL = { prompt: RED_CIRCLE, size: '64x64' } as const;
/** Takes minutes: what has to be caught in the middle. */
export const LONG_DRAWING = { prompt: RED_CIRCLE, size: '1024x1024', steps: 200, seed: 1 } as const;

/** A service whose model is loaded and whose store of jobs is open: both take their time, and neither is what is tested. */
export async function startDrawing(env: Readonly<Record<string, string>> = {}, headers = {}): Promise<Server> {
  const server = await startServer({ env: { PRELOAD_MODELS: IMAGE_MODEL, ...env } });
  const { status, text } = await generate(server, SMALL, headers);
  if (status === 200) return server;
  await server.stop();
  throw new Error(`the first picture answered ${String(status)}: ${text}`);
}

/** A file as it came. */
export interface Download {
  readonly status: number;
  readonly type: string;
  readonly headers: Headers;
  readonly bytes: Buffer;
}

export async function download(url: string, headers: RequestHeaders = {}, init: RequestInit = {}): Promise<Download> {
  const response = await fetch(url, { ...init, headers });
  const bytes = Buffer.from(await response.arrayBuffer());
  return {
    status: response.status,
    type: response.headers.get('content-type') ?? '',
    headers: response.headers,
    bytes,
  };
}

export function generate({ url }: Pick<Server, 'url'>, body: object, headers: RequestHeaders = {}): Promise<Answer> {
  return post(`${url}/v1/images/generations`, body, headers);
}

/** Asks for pictures as a job that nobody waits for. @returns the job's id. */
export async function generateLater(server: Pick<Server, 'url'>, body: object, headers = {}): Promise<string> {
  const job = acceptedJob(await generate(server, body, { ...LATER, ...headers }));
  expect(job.kind).toBe('image');
  return job.id;
}

/** The addresses in an answer, which has to be exactly as the contract has it. */
export function urlsOf(answer: Pick<Answer, 'status' | 'body'>): string[] {
  return dataOf(answer).map((picture) => {
    expect(Object.keys(picture)).toEqual(['url']);
    return picture.url ?? '';
  });
}

/** The pictures that are in an answer itself, which has to be exactly as the contract has it. */
export function filesOf(answer: Pick<Answer, 'status' | 'body'>): Buffer[] {
  return dataOf(answer).map((picture) => {
    expect(Object.keys(picture)).toEqual(['b64_json']);
    return Buffer.from(picture.b64_json ?? '', 'base64');
  });
}

/** The one picture that is in an answer itself. */
export function fileOf(answer: Pick<Answer, 'status' | 'body'>): Buffer {
  const [file, ...more] = filesOf(answer);
  if (file === undefined || more.length > 0) throw new Error('not one picture');
  return file;
}

function dataOf({ status, body }: Pick<Answer, 'status' | 'body'>): { url?: string; b64_json?: string }[] {
  expect({ status, body }).toEqual({
    status: 200,
    body: { code: 0, message: 'success', created: anyNumber, data: expect.any(Array) as unknown },
  });
  return (body as { data: object[] }).data;
}

/** Names of the files that are kept for clients, previews among them. */
export function generatedFiles({ dataDir }: Pick<Server, 'dataDir'>): string[] {
  const folder = join(dataDir, 'files', 'generated');
  return existsSync(folder) ? readdirSync(folder).sort() : [];
}

export async function untilNoFiles(server: Pick<Server, 'dataDir'>): Promise<void> {
  await until('all generated files to be gone', () => generatedFiles(server).length === 0);
}

/** Waits until a job has taken so many steps. */
export function untilSteps(base: string, id: string, steps: number, headers: RequestHeaders = {}): Promise<Job> {
  return untilJob(base, id, ({ progress }) => (progress?.done ?? 0) >= steps, headers);
}
