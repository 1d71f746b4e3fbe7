import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EgressFetcher } from '../../src/egress/egress-fetcher.js';
import { PictureLinks } from '../../src/egress/picture-links.js';
import { TINY_PNG } from '../faults/support/tiny-picture.js';
import { until } from '../support/wait.js';

/** Downloads of one API key at a time. */
const AT_ONCE = 8;

let server: Server;
let base: string;
let fetcher: EgressFetcher;
let links: PictureLinks;
/** Responses of `/slow`, which wait to be sent. */
const held: ServerResponse[] = [];
beforeAll(async () => {
  server = createServer(({ url }, response) => {
    if (url === '/slow') held.push(response);
    else if (url === '/broken') response.writeHead(404).end();
    else response.end(TINY_PNG);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  fetcher = new EgressFetcher({ allow: ['127.0.0.1'], trustedHosts: [] });
  links = new PictureLinks(fetcher);
});
afterAll(async () => {
  await fetcher.close();
  server.closeAllConnections();
  server.close();
});

function slow(count: number, keyId: string, signal: AbortSignal): Promise<Uint8Array[]> {
  return links.fetchAll(
    Array.from({ length: count }, () => `${base}/slow`),
    'messages',
    { keyId, signal },
  );
}

describe('links to pictures', () => {
  it('are fetched a few at a time for each API key, and one key does not hold up another', async () => {
    const { signal } = new AbortController();
    const greedy = slow(3 * AT_ONCE, 'greedy', signal);
    await until('the first downloads', () => held.length >= AT_ONCE || undefined);
    expect(await links.fetch(`${base}/quick`, 'messages', { keyId: 'polite', signal })).toHaveLength(TINY_PNG.length);
    let sent = 0;
    await until('all downloads', () => {
      expect(held.length).toBeLessThanOrEqual(AT_ONCE);
      for (const response of held.splice(0)) {
        response.end(TINY_PNG);
        sent++;
      }
      return sent === 3 * AT_ONCE || undefined;
    });
    expect(await greedy).toHaveLength(3 * AT_ONCE);
  });

  it('of one request end together when one of them fails', async () => {
    const { signal } = new AbortController();
    const all = links.fetchAll([`${base}/slow`, `${base}/broken`], 'messages', { keyId: 'a', signal });
    await expect(all).rejects.toMatchObject({ code: 'invalid_request', param: 'messages' });
    await until('the other download to end', () => held.every(({ destroyed }) => destroyed) || undefined);
    held.length = 0;
  });

  it('are refused while too many of a key wait', async () => {
    const leaving = new AbortController();
    const waiting = slow(AT_ONCE + 256, 'greedy', leaving.signal);
    waiting.catch(() => undefined);
    await expect(slow(1, 'greedy', leaving.signal)).rejects.toMatchObject({ code: 'overloaded' });
    leaving.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'cancelled' });
    held.length = 0;
  });
});
