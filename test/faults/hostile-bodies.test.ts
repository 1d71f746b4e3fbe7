import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FakeHub } from '../support/fake-hub.js';
import { post } from '../support/http.js';
import { untilQueue } from '../support/metrics.js';
import { childrenOf, residentBytes } from '../support/processes.js';
import { startServer, STARTERS, type Exit, type Server } from '../support/server.js';
import { describedRoutes, type DescribedRoute } from './support/described-routes.js';
import { eachOf, Sender } from './support/exchange.js';
import { hostileConnections } from './support/hostile-connections.js';
import { goodRequest, hostileRequests, SEED } from './support/hostile-requests.js';
import { repliesIn, troubleWith } from './support/verdict.js';

/** Of each route. */
const AT_LEAST = 300;
/** What the service may hold more than before, once it has seen the worst: the heap of V8 grows before it is cleaned. */
const GROWTH_BYTES = 600 * 1024 ** 2;
const SHOWN = 5;
const QUESTION = { messages: [{ role: 'user', content: 'Hello!' }], temperature: 0, max_tokens: 4 };

let hub: FakeHub;
let server: Server;
let sender: Sender;
let runners: number[];
let bytesBefore: number;
let goodAnswer: string;
/** How the service ended, if it did. */
let ended: Exit | null = null;

/** What a good request is answered, without what is another's each time. */
async function askWell(): Promise<string> {
  const { status, type, body } = await post(`${server.url}/v1/chat/completions`, QUESTION);
  return JSON.stringify([status, type, (body as { choices: unknown }).choices]);
}

beforeAll(async () => {
  hub = new FakeHub({});
  await hub.start();
  const env = {
    PRELOAD_MODELS: STARTERS.join(','),
    CONTEXT_SIZE: '256',
    HF_ENDPOINT: hub.url,
    MAX_CONNECTIONS: '5000',
  };
  server = await startServer({ env });
  void server.exit.then((exit) => (ended = exit));
  sender = new Sender(server.url);
  runners = childrenOf(server.pid).sort();
  goodAnswer = await askWell();
  bytesBefore = residentBytes(server.pid);
});
afterAll(async () => {
  sender.close();
  await server.stop();
  await hub.stop();
});

/** The service goes on as if nothing had been. */
async function expectUnharmed(): Promise<void> {
  expect(ended, server.logs().slice(-3000)).toBeNull();
  await untilQueue(server.url, { running: 0, waiting: 0 });
  expect(await askWell()).toBe(goodAnswer);
  expect(childrenOf(server.pid).sort()).toEqual(runners);
  expect(residentBytes(server.pid) - bytesBefore).toBeLessThan(GROWTH_BYTES);
}

function report(route: DescribedRoute, troubles: readonly string[]): void {
  if (troubles.length === 0) return;
  const what = `${route.method} ${route.path} (seed ${String(SEED)}): ${String(troubles.length)} bad answers`;
  throw new Error([what, ...troubles.slice(0, SHOWN)].join('\n- '));
}

describe.each(describedRoutes())('$method $path', (route) => {
  it('answers every hostile body, and goes on as if nothing had been', async () => {
    const requests = hostileRequests(route);
    expect(requests.length).toBeGreaterThanOrEqual(AT_LEAST);
    const troubles: string[] = [];
    await eachOf(requests, async ({ name, target, headers, body }, n) => {
      try {
        // Each in a session of its own: what one conversation is told would be the next one's prompt.
        const all = { 'x-session-id': String(n), ...headers };
        const trouble = troubleWith(await sender.send(route.method, target, all, body), route);
        if (trouble !== null) troubles.push(`${name}: ${trouble}`);
      } catch (error) {
        troubles.push(`${name}: ${String(error)}`);
      }
    });
    await expectUnharmed();
    report(route, troubles);
  });

  it('survives connections that lie about what they send', async () => {
    const troubles: string[] = [];
    await eachOf(hostileConnections(goodRequest(route)), async ({ name, bytes, leaves = false }) => {
      const replies = repliesIn(await sender.sendBytes(bytes, leaves));
      if (replies.length === 0 && !leaves) troubles.push(`${name}: no answer`);
      for (const reply of replies) {
        const trouble = troubleWith(reply, route);
        if (trouble !== null) troubles.push(`${name}: ${trouble}`);
      }
    });
    await expectUnharmed();
    report(route, troubles);
  });
});

it('leaves no line of an error behind', () => {
  const lines = server.logs().split('\n');
  const errors = lines.filter((line) => line.includes('"level":"error"'));
  if (errors.length > 0) throw new Error(errors.slice(0, SHOWN).join('\n').replaceAll('\\n', '\n'));
});
