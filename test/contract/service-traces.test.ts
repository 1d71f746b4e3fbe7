import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { delta, events, FakeUpstream, SERVED, usage } from '../support/fake-upstream.js';
import { get, post, type Answer } from '../support/http.js';
import { acceptedJob, LATER, untilState } from '../support/job-client.js';
import { linesOf, requestLine } from '../support/log-lines.js';
import { OtlpCollector, type CollectedSpan } from '../support/otlp-collector.js';
import { LONG } from '../support/questions.js';
import { freePort, startServer, type Server } from '../support/server.js';
import { firstPiece, open, readToEnd } from '../support/streaming.js';
import { until } from '../support/wait.js';

const INTERNAL = 1;
const SERVER = 2;
const CONSUMER = 5;
const ERROR = 2;
const ALICE = { authorization: 'Bearer the-key' };
const PATH = '/v1/chat/completions';

let folder: string;
let upstream: FakeUpstream;
let collector: OtlpCollector;
let server: Server;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'parley-traces-'));
  upstream = await FakeUpstream.start();
  collector = await OtlpCollector.start();
  const models = join(folder, 'models.yaml');
  const remote = `{ base_url: ${upstream.url}, model: ${SERVED} }`;
  writeFileSync(
    models,
    `models:\n  - { id: far, title: Far, engine: remote, tasks: [text-generation], remote: ${remote} }\n`,
  );
  server = await startServer({
    env: {
      LOG_LEVEL: 'info',
      API_KEYS: 'alice:the-key',
      MODELS_FILE: models,
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_BSP_SCHEDULE_DELAY: '20',
      OTEL_EXPORTER_OTLP_HEADERS: 'x-tenant=a%20team',
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test',
    },
  });
});
afterAll(async () => {
  await server.stop();
  await collector.stop();
  await upstream.stop();
  rmSync(folder, { recursive: true, force: true });
});

let count = 0;

/** Headers of a request that is part of a trace of its own. */
function traced(): { traceId: string; parentId: string; headers: Record<string, string> } {
  const number = (++count).toString(16);
  const traceId = number.padStart(32, 'a');
  const parentId = number.padStart(16, 'b');
  return { traceId, parentId, headers: { ...ALICE, traceparent: `00-${traceId}-${parentId}-01` } };
}

/** The spans of a trace once `enough` of them have come. */
function spansOf(traceId: string, enough: (spans: readonly CollectedSpan[]) => boolean): Promise<CollectedSpan[]> {
  return until(`the spans of ${traceId}`, () => {
    const spans = collector.spans.filter((span) => span.traceId === traceId);
    return enough(spans) ? spans : undefined;
  });
}

/** The spans of a request: that of the server comes last. */
function spansOfRequest(traceId: string): Promise<CollectedSpan[]> {
  return spansOf(traceId, (spans) => spans.some(({ kind }) => kind === SERVER));
}

function only(spans: readonly CollectedSpan[], name: string): CollectedSpan {
  const [found, ...others] = spans.filter((span) => span.name === name);
  if (found === undefined || others.length > 0) throw new Error(`${name} in ${spans.map((span) => span.name).join()}`);
  return found;
}

function chat(body: object, headers: Record<string, string>): Promise<Answer> {
  return post(`${server.url}${PATH}`, { messages: [{ role: 'user', content: LONG }], ...body }, headers);
}

describe('the trace of a streamed chat', () => {
  let spans: CollectedSpan[];
  let caller: ReturnType<typeof traced>;

  beforeAll(async () => {
    caller = traced();
    const body = { messages: [{ role: 'user', content: LONG }], max_tokens: 20, stream: true };
    await readToEnd(await open(`${server.url}${PATH}`, body, caller.headers).response);
    spans = await spansOfRequest(caller.traceId);
  });

  it('goes on from the one that the caller sent', () => {
    const span = only(spans, `POST ${PATH}`);
    expect(span).toMatchObject({ kind: SERVER, parentId: caller.parentId, status: 0 });
    expect(span.attributes).toMatchObject({
      'http.request.method': 'POST',
      'http.route': PATH,
      'http.response.status_code': 200,
      'parley.dialect': 'openai',
      'parley.key': 'alice',
    });
  });

  it('has the run of the model, and in it what the run did, one after the other', () => {
    const run = only(spans, 'chat starter-chat');
    expect(run).toMatchObject({ kind: INTERNAL, parentId: only(spans, `POST ${PATH}`).spanId });
    expect(run.attributes).toMatchObject({
      'gen_ai.operation.name': 'chat',
      'gen_ai.request.model': 'starter-chat',
      'gen_ai.usage.output_tokens': 20,
      'gen_ai.response.finish_reasons': ['length'],
    });
    expect(run.attributes['gen_ai.usage.input_tokens']).toBeGreaterThan(0);
    const phases = spans.filter(({ parentId }) => parentId === run.spanId).sort((a, b) => Number(a.start - b.start));
    expect(phases.map(({ name }) => name)).toEqual(['queue', 'prefill', 'decode']);
    phases.forEach((phase, at) => {
      expect(phase.end).toBeGreaterThanOrEqual(phase.start);
      if (at > 0) expect(phase.start).toBe(phases[at - 1]?.end);
    });
    expect(spans).toHaveLength(5);
  });

  it('is named in the log', async () => {
    const { attributes, spanId } = only(spans, `POST ${PATH}`);
    const line = await requestLine(server, String(attributes['parley.request.id']));
    expect(line).toMatchObject({ trace_id: caller.traceId, span_id: spanId });
  });

  it('says what service it is of, and is sent with the headers that the collector wants', () => {
    const { resource } = only(spans, 'decode');
    expect(resource).toMatchObject({ 'service.name': 'parley', 'deployment.environment.name': 'test' });
    expect(collector.headers.at(-1)).toMatchObject({ 'x-tenant': 'a team' });
  });
});

describe('a trace', () => {
  it('begins where the caller sends none, or none that can be read', async () => {
    const id = 'with-a-broken-parent';
    await chat({ max_tokens: 1 }, { ...ALICE, 'x-request-id': id, traceparent: '00-nonsense-01' });
    const { trace_id: traceId } = await requestLine(server, id);
    expect(traceId).toMatch(/^(?!0+$)[0-9a-f]{32}$/);
    const spans = await spansOfRequest(String(traceId));
    expect(only(spans, `POST ${PATH}`).parentId).toBe('');
  });

  it('has the load of a model', async () => {
    const { traceId, headers } = traced();
    await post(`${server.url}/v1/embeddings`, { input: 'a' }, headers);
    const spans = await spansOfRequest(traceId);
    const run = only(spans, 'embeddings starter-embed');
    expect(only(spans, 'load').parentId).toBe(run.spanId);
    expect(only(spans, 'work').parentId).toBe(run.spanId);
  });

  it('is not recorded where the caller says so', async () => {
    const { traceId, headers } = traced();
    await chat({ max_tokens: 1 }, { ...headers, traceparent: headers.traceparent?.replace(/1$/, '0') ?? '' });
    const later = traced();
    await chat({ max_tokens: 1 }, later.headers);
    await spansOfRequest(later.traceId);
    expect(collector.spans.filter((span) => span.traceId === traceId)).toEqual([]);
  });

  it('tells the code of an error of ours, and does not count what a client did', async () => {
    upstream.on('POST /v1/chat/completions', (response) => void response.socket?.destroy());
    const ours = traced();
    const { status } = await chat({ model: 'far' }, ours.headers);
    expect(status).toBe(502);
    const failed = await spansOfRequest(ours.traceId);
    for (const name of [`POST ${PATH}`, 'chat far']) {
      const span = only(failed, name);
      expect(span.status).toBe(ERROR);
      expect(span.attributes['error.type']).toBe('runner_crashed');
    }
    const theirs = traced();
    await chat({ model: 'no-such-model' }, theirs.headers);
    const refused = only(await spansOfRequest(theirs.traceId), `POST ${PATH}`);
    expect(refused.status).toBe(0);
    expect(refused.attributes).toMatchObject({ 'http.response.status_code': 404, 'parley.error': 'model_not_found' });
    const left = traced();
    const stream = open(
      `${server.url}${PATH}`,
      { messages: [{ role: 'user', content: LONG }], stream: true },
      left.headers,
    );
    await firstPiece(await stream.response);
    stream.leave();
    const cancelled = await spansOfRequest(left.traceId);
    expect(cancelled.map(({ status: code }) => code)).not.toContain(ERROR);
    expect(only(cancelled, `POST ${PATH}`).attributes['parley.outcome']).toBe('cancelled');
  });

  it('goes on in the server of a remote model', async () => {
    upstream.on('POST /v1/chat/completions', events(delta({ content: 'Hi' }), delta({}, 'stop'), usage(3, 1)));
    const { traceId, headers } = traced();
    const { status } = await chat({ model: 'far' }, { ...headers, tracestate: 'vendor=1', baggage: 'user=secret' });
    expect(status).toBe(200);
    const run = only(await spansOfRequest(traceId), 'chat far');
    expect(upstream.last.headers).toMatchObject({
      traceparent: `00-${traceId}-${run.spanId}-01`,
      tracestate: 'vendor=1',
    });
    expect(upstream.last.headers).not.toHaveProperty('baggage');
  });

  it('has the job that a request asked for, and what it computed', async () => {
    const { traceId, headers } = traced();
    const body = { input: 'One.', voice: 'alloy', response_format: 'wav' };
    const { id } = acceptedJob(await post(`${server.url}/v1/audio/speech`, body, { ...headers, ...LATER }));
    await untilState(server.url, id, 'completed', ALICE);
    const spans = await spansOf(traceId, (all) => all.some(({ kind }) => kind === CONSUMER));
    const request = only(spans, 'POST /v1/audio/speech');
    const job = only(spans, 'job speech');
    expect(request.attributes).toMatchObject({ 'parley.job': id, 'http.response.status_code': 202 });
    expect(job).toMatchObject({ parentId: request.spanId, status: 0 });
    expect(job.attributes).toMatchObject({ 'parley.job': id, 'parley.outcome': 'completed', 'parley.key': 'alice' });
    expect(only(spans, 'text-to-speech starter-voice').parentId).toBe(job.spanId);
    const line = linesOf(server.logs()).find((one) => one.msg === 'job' && one.job === id);
    expect(line).toMatchObject({
      id: request.attributes['parley.request.id'],
      trace_id: traceId,
      span_id: job.spanId,
      key: 'alice',
      kind: 'speech',
      attempt: 1,
      outcome: 'completed',
      model: 'starter-voice',
    });
  });

  it('holds neither prompts nor keys', () => {
    const all = JSON.stringify(collector.spans.map((span) => ({ ...span, start: '', end: '' })));
    expect(all).toContain('alice');
    for (const secret of ['the-key', LONG, 'One.']) expect(all).not.toContain(secret);
  });
});

describe('at the end of the process', () => {
  it('what waits is sent', async () => {
    const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_BSP_SCHEDULE_DELAY: '60000' };
    const ending = await startServer({ env: { ...endpoint, PRELOAD_MODELS: '' } });
    const { traceId, headers } = traced();
    await get(`${ending.url}/v1/models`, headers);
    expect(collector.spans.filter((span) => span.traceId === traceId)).toEqual([]);
    await ending.stop();
    expect(await ending.exit).toEqual({ code: 0, signal: null });
    expect(collector.spans.filter((span) => span.traceId === traceId)).toMatchObject([{ name: 'GET /v1/models' }]);
  });
});

describe('without a collector that answers', () => {
  it('requests are answered, the log says so once, and the end is an end', async () => {
    const nobody = `http://user:hidden@127.0.0.1:${String(await freePort())}`;
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: nobody, OTEL_BSP_SCHEDULE_DELAY: '20', PRELOAD_MODELS: '' };
    const alone = await startServer({ env });
    try {
      const ask = (): Promise<Answer> => get(`${alone.url}/v1/models`);
      expect((await ask()).status).toBe(200);
      const warnings = (): readonly string[] => alone.logs().match(/.*takes no traces.*/g) ?? [];
      await until('the warning', () => warnings().length > 0 || undefined);
      expect((await ask()).status).toBe(200);
      alone.signal('SIGTERM');
      expect(await alone.exit).toEqual({ code: 0, signal: null });
      expect(warnings()).toHaveLength(1);
      expect(alone.logs()).not.toContain('hidden');
    } finally {
      await alone.stop();
    }
  });
});
