import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectDetail } from '../support/error-shapes.js';
import { get, send, type Answer } from '../support/http.js';
import { HubService } from '../support/hub-service.js';
import { failedPull, finishedPull, heldPull, pullLater } from '../support/job-pulls.js';
import { acceptedJob, JOB_FIELDS, listJobs, showJob, untilState } from '../support/job-client.js';

let service: HubService;

beforeAll(async () => {
  service = await HubService.start({ env: { PRELOAD_MODELS: '' } });
});
afterAll(() => service.stop());

const url = (path: string): string => `${service.url}${path}`;
const cancel = (id: string): Promise<Answer> => send(url(`/jobs/${id}`), 'DELETE');
const pull = (model: string, headers = {}): Promise<Answer> => pullLater(service, model, headers);

describe('DELETE /jobs/{id}', () => {
  it('cancels a job at work at once, and removes it when it is sent again', async () => {
    const { job } = await heldPull(service);
    const answer = await cancel(job.id);
    expect(answer).toMatchObject({ status: 200, type: 'application/json' });
    expect(Object.keys(answer.body as object).sort()).toEqual(JOB_FIELDS);
    expect(answer.body).toMatchObject({ id: job.id, state: 'cancelled', result_url: null });
    expect(await showJob(service.url, job.id)).toMatchObject({ state: 'cancelled' });
    expect((await listJobs(service.url, '?state=cancelled')).map(({ id }) => id)).toContain(job.id);

    const removed = await cancel(job.id);
    expect({ status: removed.status, text: removed.text }).toEqual({ status: 204, text: '' });
    expectDetail(await get(url(`/jobs/${job.id}`)), 404);
    expectDetail(await cancel(job.id), 404);
  });

  it('cancels a job that waits at once, and it is never begun', async () => {
    const running = [
      await heldPull(service),
      await heldPull(service),
      await heldPull(service),
      await heldPull(service),
    ];
    const { model, key } = await service.newFile();
    const { id } = acceptedJob(await pull(model));
    expect((await cancel(id)).body).toMatchObject({ id, state: 'cancelled', position: null, started_at: null });
    for (const { job, release } of running) {
      release();
      await untilState(service.url, job.id, 'completed');
    }
    await finishedPull(service); // which comes behind it in the queue
    expect(await showJob(service.url, id)).toMatchObject({ state: 'cancelled' });
    expect(service.hub.transfersOf(key)).toEqual([]);
  });

  it('of several at once answers each properly', async () => {
    const { job } = await heldPull(service);
    const answers = await Promise.all(Array.from({ length: 6 }, () => cancel(job.id)));
    for (const { status, text } of answers)
      expect({ status: [200, 204, 404].includes(status), text }).toMatchObject({ status: true });
    expect(answers.map(({ status }) => status)).toContain(200);
  });

  it.each([
    ['completed', finishedPull],
    ['failed', failedPull],
  ])('removes a job that is %s', async (_, make) => {
    const { id } = await make(service);
    expect((await cancel(id)).status).toBe(204);
    expectDetail(await get(url(`/jobs/${id}`)), 404);
    expectDetail(await get(url(`/jobs/${id}/result`)), 404);
    expect((await listJobs(service.url)).map((job) => job.id)).not.toContain(id);
  });
});
