import { Agent, request as httpRequest } from 'node:http';
import { constants, setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';

/**
 * Sends one request after the other in eight lanes, in a thread of its own: what sending costs must not slow the clocks
 * that the polite key's requests are timed by.
 */
const { base, lanes, periodMs } = workerData;
// Of this thread alone. A noisy client is on another machine: here it must not take the cores of the service.
setPriority(0, constants.priority.PRIORITY_LOW);
const { hostname, port } = new URL(base);

let phase = null;

/** Sends once. Resolves with the outcome, whatever it is. */
function send({ method, target, headers, body }, agent) {
  return new Promise((resolve) => {
    const all = { 'content-length': String(body.byteLength), ...headers };
    const outgoing = httpRequest({ hostname, port, method, path: target, headers: all, agent });
    let answered = false;
    outgoing.on('error', (error) => resolve({ status: answered ? -1 : 0, text: String(error.code ?? error.message) }));
    outgoing.on('response', (response) => {
      answered = true;
      let text = '';
      response.on('data', (piece) => {
        if (text.length < 300) text += piece.toString('utf8').slice(0, 300);
      });
      response.on('error', (error) => resolve({ status: -1, text: String(error.code ?? error.message) }));
      response.on('end', () =>
        resolve({ status: response.statusCode, retryAfter: response.headers['retry-after'] ?? null, text }),
      );
    });
    outgoing.end(Buffer.from(body));
  });
}

async function lane(current) {
  while (phase === current) {
    const start = performance.now();
    const outcome = await send(current.request, current.agent);
    if (phase !== current) return; // it was cut short by the end of the phase
    current.outcomes.push({ ...outcome, ms: performance.now() - start });
    // A flood of cheap requests is for the rate limit: each lane leaves a pause where the answer comes at once.
    const pause = periodMs - (performance.now() - start);
    if (pause > 0) await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

parentPort.on('message', (message) => {
  if (message.kind === 'start') {
    phase = { request: message.request, agent: new Agent({ keepAlive: true, maxSockets: lanes }), outcomes: [] };
    for (let n = 0; n < lanes; n++) void lane(phase);
    return;
  }
  const ended = phase;
  phase = null;
  ended?.agent.destroy();
  parentPort.postMessage(ended?.outcomes ?? []);
});
