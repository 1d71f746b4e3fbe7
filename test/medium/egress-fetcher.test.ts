import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { ResolveHost } from '../../src/egress/checked-connector.js';
import {
  EgressNetworkError,
  EgressRedirectError,
  EgressRefusedError,
  EgressTooLargeError,
} from '../../src/egress/egress-errors.js';
import { EgressFetcher, type EgressOptions, type EgressRequest } from '../../src/egress/egress-fetcher.js';

interface TestServer {
  readonly port: number;
  readonly url: string;
  /** Path and headers of each request. */
  readonly seen: { path: string; headers: IncomingHttpHeaders; body: string; method: string }[];
}

async function serve(answer: RequestListener, host = '127.0.0.1'): Promise<TestServer> {
  const seen: TestServer['seen'] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      seen.push({ path: request.url ?? '', headers: request.headers, body, method: request.method ?? '' });
      answer(request, response);
    });
  });
  await once(server.listen(0, host), 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  return { port, url: `http://${host.includes(':') ? `[${host}]` : host}:${String(port)}`, seen };
}

function hello(): Promise<TestServer> {
  return serve((_, response) => response.end('hello'));
}

function redirecting(location: string, status = 302): Promise<TestServer> {
  return serve((_, response) => response.writeHead(status, { location }).end());
}

function fetcher(options: Partial<EgressOptions> = {}): EgressFetcher {
  const made = new EgressFetcher({ allow: [], trustedHosts: [], ...options });
  onTestFinished(() => made.close());
  return made;
}

const SIGNAL = new AbortController().signal;

async function textOf(from: EgressFetcher, url: string, wanted: Partial<EgressRequest> = {}): Promise<string> {
  const { body } = await from.fetch(url, { signal: SIGNAL, ...wanted });
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

async function thrownBy(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => 'nothing',
    (error: unknown) => error,
  );
}

function resolvingTo(...addresses: string[]): ResolveHost {
  return (_, done) =>
    done(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
}

describe('a private address', () => {
  it.each([
    ['as it is', (port: number) => `http://127.0.0.1:${String(port)}/`],
    ['as one number', (port: number) => `http://2130706433:${String(port)}/`],
    ['in octal', (port: number) => `http://0177.0.0.1:${String(port)}/`],
    ['in hex', (port: number) => `http://0x7f000001:${String(port)}/`],
    ['shortened', (port: number) => `http://127.1:${String(port)}/`],
    ['in other digits', (port: number) => `http://①②⑦.0.0.1:${String(port)}/`],
    ['unspecified', (port: number) => `http://0.0.0.0:${String(port)}/`],
    ['mapped to IPv6', (port: number) => `http://[::ffff:127.0.0.1]:${String(port)}/`],
    ['as a name', (port: number) => `http://localhost:${String(port)}/`],
  ])('is refused %s', async (_, urlOf) => {
    const server = await hello();
    expect(await thrownBy(textOf(fetcher(), urlOf(server.port)))).toBeInstanceOf(EgressRefusedError);
    expect(server.seen).toEqual([]);
  });

  it.each([['127.0.0.1'], ['10.0.0.1'], ['169.254.169.254'], ['::1'], ['fd00::1'], ['64:ff9b::7f00:1']])(
    'is refused when a public name resolves to %s',
    async (address) => {
      const server = await hello();
      const error = await thrownBy(
        textOf(fetcher({ resolve: resolvingTo(address) }), `http://models.example:${String(server.port)}/`),
      );
      expect(error).toBeInstanceOf(EgressRefusedError);
      expect((error as EgressRefusedError).host).toBe('models.example');
      expect((error as EgressRefusedError).message).not.toContain(address);
      expect(server.seen).toEqual([]);
    },
  );

  it('is left out when a name has others beside it', async () => {
    const server = await hello();
    // 127.0.0.1 stands for a public address here; the first is one that nobody allowed.
    const resolve = resolvingTo('10.255.255.1', '127.0.0.1');
    const from = fetcher({ resolve, allow: ['127.0.0.1'], connectTimeoutMs: 60_000 });
    expect(await textOf(from, `http://models.example:${String(server.port)}/`)).toBe('hello');
  });

  it('is checked at the connect: a name that resolves to something else a moment later gains nothing', async () => {
    const server = await hello();
    const answers = [['127.0.0.1'], ['169.254.169.254']];
    const resolve: ResolveHost = (name, done) => resolvingTo(...(answers.shift() ?? []))(name, done);
    const from = fetcher({ resolve, allow: ['127.0.0.1'] });
    expect(await textOf(from, `http://models.example:${String(server.port)}/`)).toBe('hello');
    expect(answers).toHaveLength(1); // one lookup for one connection: nothing between the check and the use
  });

  it('is allowed by address, by network, by name and as a trusted host', async () => {
    const server = await hello();
    const { port } = server;
    const name = `http://mirror.lan:${String(port)}/`;
    const resolve = resolvingTo('127.0.0.1');
    expect(await textOf(fetcher({ allow: ['127.0.0.1'] }), server.url)).toBe('hello');
    expect(await textOf(fetcher({ allow: ['127.0.0.0/8'], resolve }), name)).toBe('hello');
    expect(await textOf(fetcher({ allow: ['mirror.lan'], resolve }), name)).toBe('hello');
    expect(await textOf(fetcher({ trustedHosts: ['127.0.0.1'] }), server.url)).toBe('hello');
  });

  it('is trusted under that name alone', async () => {
    const { port } = await hello();
    const error = await thrownBy(textOf(fetcher({ trustedHosts: ['127.0.0.1'] }), `http://localhost:${String(port)}/`));
    expect(error).toBeInstanceOf(EgressRefusedError);
  });
});

describe('redirects', () => {
  it('are followed, and the last address is told', async () => {
    const end = await hello();
    const start = await redirecting(`${end.url}/there`, 307);
    const answer = await fetcher({ allow: ['127.0.0.1'] }).fetch(`${start.url}/here`, { signal: SIGNAL });
    answer.discard();
    expect([answer.status, answer.url.href]).toEqual([200, `${end.url}/there`]);
  });

  it('are refused to a private address', async () => {
    const end = await hello();
    const start = await redirecting(`http://localhost:${String(end.port)}/`);
    const error = await thrownBy(textOf(fetcher({ trustedHosts: ['127.0.0.1'] }), start.url));
    expect(error).toBeInstanceOf(EgressRefusedError);
    expect(start.seen).toHaveLength(1);
    expect(end.seen).toEqual([]);
  });

  it.each(['file:///etc/passwd', 'ftp://models.example/', 'data:,hello'])('are refused to %s', async (location) => {
    const start = await redirecting(location);
    const error = await thrownBy(textOf(fetcher({ trustedHosts: ['127.0.0.1'] }), start.url));
    expect(error).toBeInstanceOf(EgressRefusedError);
  });

  it('are ten at most', async () => {
    const server = await serve((request, response) => {
      const left = Number(request.url?.slice(1)) - 1;
      if (left < 0) response.end('arrived');
      else response.writeHead(302, { location: `/${String(left)}` }).end();
    });
    const from = fetcher({ trustedHosts: ['127.0.0.1'] });
    expect(await textOf(from, `${server.url}/10`)).toBe('arrived');
    expect(await thrownBy(textOf(from, `${server.url}/11`))).toBeInstanceOf(EgressRedirectError);
  });

  it('need to lead somewhere', async () => {
    const server = await serve((_, response) => response.writeHead(302).end());
    const error = await thrownBy(textOf(fetcher({ trustedHosts: ['127.0.0.1'] }), server.url));
    expect(error).toBeInstanceOf(EgressRedirectError);
  });

  it('take secrets to no other origin, and those of the first request nowhere', async () => {
    const end = await hello();
    const away = await redirecting(end.url);
    const start = await serve((request, response) => {
      response.writeHead(302, { location: request.url === '/1' ? '/2' : away.url }).end();
    });
    await textOf(fetcher({ allow: ['127.0.0.1'] }), `${start.url}/1`, {
      headers: { Authorization: 'a', 'X-Key': 'b', 'X-Open': 'c' },
      sensitiveHeaders: ['x-key'],
      firstHopHeaders: { 'X-First': 'd' },
    });
    const secrets = [...start.seen, ...away.seen, ...end.seen].map(({ headers }) =>
      ['authorization', 'x-key', 'x-open', 'x-first'].map((name) => headers[name]?.toString() ?? '-').join(''),
    );
    expect(secrets).toEqual(['abcd', 'abc-', '--c-', '--c-']);
  });

  it('send a body again where the status says so', async () => {
    const end = await hello();
    const start = await redirecting(end.url, 307);
    await textOf(fetcher({ allow: ['127.0.0.1'] }), start.url, { method: 'POST', body: '{"a":1}' });
    expect(end.seen.map(({ method, body }) => [method, body])).toEqual([['POST', '{"a":1}']]);
  });
});

describe('an answer', () => {
  it('that stops in the middle is an error that may pass, after what has come', async () => {
    const server = await serve((_, response) => {
      response.writeHead(200, { 'content-length': 10 });
      response.write('hello', () => response.socket?.destroySoon());
    });
    const { body } = await fetcher({ trustedHosts: ['127.0.0.1'] }).fetch(server.url, { signal: SIGNAL });
    let text = '';
    const read = async (): Promise<void> => {
      for await (const chunk of body) text += Buffer.from(chunk).toString();
    };
    expect(await thrownBy(read())).toMatchObject({ name: 'EgressNetworkError', retryable: true });
    expect(text).toBe('hello');
  });

  it('that stalls is an error that may pass', async () => {
    const server = await serve((_, response) => response.write('hello'));
    const error = await thrownBy(textOf(fetcher({ trustedHosts: ['127.0.0.1'], stallMs: 50 }), server.url));
    expect(error).toBeInstanceOf(EgressNetworkError);
    expect((error as EgressNetworkError).message).toBe('it stopped sending');
  });

  it('that never begins is an error that may pass', async () => {
    const server = await serve(() => undefined);
    const error = await thrownBy(textOf(fetcher({ trustedHosts: ['127.0.0.1'], headersTimeoutMs: 50 }), server.url));
    expect(error).toBeInstanceOf(EgressNetworkError);
    expect((error as EgressNetworkError).message).toBe('it did not answer in time');
  });

  it.each([
    ['with a length', { 'content-length': '6' }],
    ['without a length', {}],
  ])('that is too long is refused, %s', async (_, headers) => {
    const server = await serve((__, response) => response.writeHead(200, headers).end('hello!'));
    const from = fetcher({ trustedHosts: ['127.0.0.1'] });
    expect(await thrownBy(textOf(from, server.url, { maxBytes: 5 }))).toBeInstanceOf(EgressTooLargeError);
    expect(await textOf(from, server.url, { maxBytes: 6 })).toBe('hello!');
  });

  it('that nobody wants any more ends with the reason of the signal', async () => {
    const server = await serve((_, response) => response.write('hello'));
    const from = fetcher({ trustedHosts: ['127.0.0.1'] });
    const leaving = new AbortController();
    const { body } = await from.fetch(server.url, { signal: leaving.signal });
    const reason = new Error('enough');
    const read = async (): Promise<void> => {
      for await (const chunk of body) if (chunk.length > 0) leaving.abort(reason);
    };
    expect(await thrownBy(read())).toBe(reason);
    expect(await thrownBy(from.fetch(server.url, { signal: leaving.signal }))).toBe(reason);
  });

  it('of a host that does not exist is an error that may pass', async () => {
    const resolve: ResolveHost = (_, done) => done(Object.assign(new Error('no'), { code: 'ENOTFOUND' }));
    const error = await thrownBy(textOf(fetcher({ resolve }), 'http://models.example/'));
    expect(error).toMatchObject({ name: 'EgressNetworkError', message: 'there is no such host' });
  });

  it('of a host that refuses connections is an error that may pass', async () => {
    const server = createServer();
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
    await once(server.close(), 'close');
    const error = await thrownBy(textOf(fetcher({ trustedHosts: ['127.0.0.1'] }), url));
    expect(error).toMatchObject({ name: 'EgressNetworkError', message: 'the connection was refused' });
  });
});
