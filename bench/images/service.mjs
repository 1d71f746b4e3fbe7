// The service, asked for pictures.
import { TextDecoderStream } from 'node:stream/web';
import { childrenOf, send } from '../service.mjs';

/** Loads a model. @returns the process id of its runner. */
export async function launch({ service, url }, model) {
  const before = childrenOf(service.pid);
  const answer = await send(url, 'POST', '/model/launch', { model_name: model });
  if (answer.status !== 200) throw new Error(`launch answered ${answer.status}: ${await answer.text()}`);
  const [runner] = childrenOf(service.pid).filter((pid) => !before.includes(pid));
  return runner;
}

/**
 * Draws one picture. `onStart` hears of its job once the first step is done. Milliseconds from the request to the first
 * step that is told and to the end, and steps a second between the first and the last.
 */
export async function drawn(url, body, onStart = () => undefined) {
  const began = performance.now();
  const accepted = await send(url, 'POST', '/v1/images/generations', body, { prefer: 'respond-async' });
  if (accepted.status !== 202) throw new Error(`the picture was refused: ${await accepted.text()}`);
  const { id } = await accepted.json();
  let first = null;
  let last = null;
  for await (const { event, job, at } of events(url, id)) {
    if (event === 'failed') throw new Error(`the picture failed: ${JSON.stringify(job.error)}`);
    const done = job.progress?.done ?? 0;
    if (done === 0) continue;
    if (first === null) onStart(id);
    first ??= { done, at };
    if (done > (last?.done ?? 0)) last = { done, at };
  }
  const stepsPerSecond = (1000 * (last.done - first.done)) / (last.at - first.at);
  return { firstMs: first.at - began, totalMs: performance.now() - began, stepsPerSecond };
}

export async function cancel(url, id) {
  await send(url, 'DELETE', `/jobs/${id}`);
}

async function* events(url, id) {
  const answer = await fetch(`${url}/jobs/${id}/events`);
  let text = '';
  for await (const piece of answer.body.pipeThrough(new TextDecoderStream())) {
    const at = performance.now();
    text += piece;
    const blocks = text.split('\n\n');
    text = blocks.pop();
    for (const block of blocks) {
      const event = /^event: (.*)$/m.exec(block)?.[1];
      if (event !== undefined) yield { event, job: JSON.parse(/^data: (.*)$/m.exec(block)[1]), at };
    }
  }
}
