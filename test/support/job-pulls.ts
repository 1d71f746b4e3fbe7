import type { HubService } from './hub-service.js';
import { post, type Answer } from './http.js';
import { acceptedJob, LATER, untilState, type Job } from './job-client.js';

/** Asks for a download as a job. */
export function pullLater({ url }: HubService, model: string, headers = {}): Promise<Answer> {
  return post(`${url}/pull`, { model }, { ...LATER, ...headers });
}

/** A download that stands still until it is released. */
export async function heldPull(service: HubService): Promise<{ job: Job; release: () => void }> {
  const { model, hold } = await service.newHeldFile();
  const { id } = acceptedJob(await pullLater(service, model));
  await hold.reached;
  return { job: await untilState(service.url, id, 'active'), release: () => hold.release() };
}

export async function finishedPull(service: HubService): Promise<Job> {
  const { model } = await service.newFile();
  return untilState(service.url, acceptedJob(await pullLater(service, model)).id, 'completed');
}

export async function failedPull(service: HubService): Promise<Job> {
  const answer = await pullLater(service, 'hf/user/nothing/nothing.gguf');
  return untilState(service.url, acceptedJob(answer).id, 'failed');
}
