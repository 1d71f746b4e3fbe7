/** What no client library would send. */
export interface HostileBytes {
  readonly name: string;
  readonly bytes: Buffer;
  /** It promises more than comes: the client leaves, and there need be no answer. */
  readonly leaves?: boolean;
}

/** `target`: a path as it goes onto the wire. `type` and `body`: what the route takes. */
export interface GoodRequest {
  readonly method: string;
  readonly target: string;
  readonly type: string;
  readonly body: Uint8Array;
}

function request(line: string, headers: readonly string[], body: Uint8Array | string = ''): Buffer {
  const head = [line, 'Host: test', 'Connection: close', ...headers].join('\r\n');
  return Buffer.concat([Buffer.from(`${head}\r\n\r\n`, 'latin1'), Buffer.from(body as string)]);
}

function chunk(body: Uint8Array, size = body.length.toString(16)): Buffer {
  return Buffer.concat([Buffer.from(`${size}\r\n`), body, Buffer.from('\r\n')]);
}

/** Requests whose frame is a lie, or broken; each has a connection to itself. */
export function hostileConnections({ method, target, type, body }: GoodRequest): HostileBytes[] {
  const line = `${method} ${target} HTTP/1.1`;
  const typed = `Content-Type: ${type}`;
  const chunked = 'Transfer-Encoding: chunked';
  const length = (value: number | string): string => `Content-Length: ${String(value)}`;
  const withHeaders = (name: string, ...headers: string[]): HostileBytes => ({
    name,
    bytes: request(line, [typed, length(body.length), ...headers], body),
  });
  const inChunks = (name: string, ...chunks: (Uint8Array | string)[]): HostileBytes => ({
    name,
    leaves: true,
    bytes: request(line, [typed, chunked], Buffer.concat(chunks.map((one) => Buffer.from(one as string)))),
  });
  const bodiless = (name: string, ...headers: string[]): HostileBytes => ({ name, bytes: request(line, headers) });
  const [first, rest] = [body.subarray(0, 1), body.subarray(1)];
  return [
    { leaves: true, name: 'a length beyond the body', bytes: request(line, [typed, length(body.length + 100)], body) },
    { name: 'a length within the body', bytes: request(line, [typed, length(Math.max(0, body.length - 5))], body) },
    { leaves: true, name: 'a length of 10 TB', bytes: request(line, [typed, length(1e13)], body) },
    { name: 'a length beyond 64 bits', bytes: request(line, [typed, length('9'.repeat(30))], body) },
    { name: 'a length below 0', bytes: request(line, [typed, length(-1)], body) },
    { name: 'a length that is no number', bytes: request(line, [typed, length('0x10')], body) },
    { name: 'two lengths', bytes: request(line, [typed, length(body.length), length(1)], body) },
    { name: 'a length and chunks', bytes: request(line, [typed, length(3), chunked], chunk(body)) },
    bodiless('no length', typed),
    inChunks(
      'chunks of one byte',
      ...[...body.subarray(0, 200)].map((byte) => chunk(Uint8Array.of(byte))),
      chunk(body.subarray(200)),
      '0\r\n\r\n',
    ),
    inChunks('a chunk without a size', '\r\n'),
    inChunks('a chunk whose size is no number', 'zz\r\n{}\r\n0\r\n\r\n'),
    inChunks('a chunk of 2^64 bytes', 'ffffffffffffffffff\r\n{}\r\n'),
    inChunks('a chunk shorter than told', chunk(body, (body.length + 50).toString(16))),
    inChunks('a chunk longer than told', chunk(body, '1'), '0\r\n\r\n'),
    inChunks('an extension of 100,000 bytes', `1;${'a'.repeat(100_000)}\r\n`, first, '\r\n', chunk(rest), '0\r\n\r\n'),
    inChunks('chunks without an end', chunk(body)),
    inChunks('trailers', chunk(body), '0\r\nX-Evil: 1\r\nContent-Length: 5\r\n\r\n'),
    inChunks('trailers of 100,000 bytes', chunk(body), `0\r\nX-Evil: ${'a'.repeat(100_000)}\r\n\r\n`),
    {
      leaves: true,
      name: 'chunks twice',
      bytes: request(line, [typed, 'Transfer-Encoding: chunked, chunked'], chunk(body)),
    },
    {
      name: 'chunks of gzip',
      bytes: request(
        line,
        [typed, 'Transfer-Encoding: gzip, chunked'],
        Buffer.concat([chunk(body), Buffer.from('0\r\n\r\n')]),
      ),
    },
    { name: 'a coding nobody knows', bytes: request(line, [typed, 'Transfer-Encoding: x-evil'], body) },
    { name: 'chunks hidden by a blank', bytes: request(line, [typed, 'Transfer-Encoding : chunked'], chunk(body)) },
    withHeaders('two content types', 'Content-Type: text/plain'),
    withHeaders('two hosts', 'Host: evil.invalid'),
    withHeaders('a header with NUL', 'X-Evil: a\0b'),
    withHeaders('a header without a name', ': x'),
    withHeaders('a header without a colon', 'X-Evil'),
    withHeaders('a folded header', 'X-Evil: a\r\n b'),
    withHeaders('a header with a bare line end', 'X-Evil: a\rb'),
    withHeaders('a header of 100,000 bytes', `X-Evil: ${'a'.repeat(100_000)}`),
    withHeaders('3,000 headers', ...Array.from({ length: 3000 }, (_, n) => `X-${String(n)}: x`)),
    withHeaders('another protocol asked for', 'Upgrade: websocket', 'Connection: upgrade'),
    withHeaders('HTTP/2 asked for', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAAQAAP__'),
    withHeaders('an expectation', 'Expect: 100-continue'),
    withHeaders('an expectation nobody knows', 'Expect: evil'),
    { name: 'no host', bytes: Buffer.from(`${line}\r\nConnection: close\r\n\r\n`) },
    { leaves: true, name: 'HTTP/0.9', bytes: Buffer.from(`${method} ${target}\r\n\r\n`) },
    { name: 'HTTP/1.0', bytes: request(`${method} ${target} HTTP/1.0`, [typed, length(body.length)], body) },
    { name: 'HTTP/3.0', bytes: request(`${method} ${target} HTTP/3.0`, [typed]) },
    { name: 'HTTP/2 without asking', bytes: Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n') },
    { leaves: true, name: 'TLS', bytes: Buffer.from([0x16, 3, 1, 0, 5, 1, 0, 0, 1, 0]) },
    { name: 'noughts', bytes: Buffer.alloc(1000) },
    { name: 'a method in small letters', bytes: request(`${method.toLowerCase()} ${target} HTTP/1.1`, [typed]) },
    { name: 'a method nobody knows', bytes: request(`EVIL ${target} HTTP/1.1`, [typed]) },
    { leaves: true, name: 'a tunnel', bytes: request('CONNECT 127.0.0.1:6379 HTTP/1.1', []) },
    {
      name: 'a whole URL',
      bytes: request(`${method} http://evil.invalid${target} HTTP/1.1`, [typed, length(body.length)], body),
    },
    {
      name: 'a target of 100,000 bytes',
      bytes: request(`${method} ${target}?${'a'.repeat(100_000)} HTTP/1.1`, [typed]),
    },
    { name: 'a target with NUL', bytes: request(`${method} ${target}\0 HTTP/1.1`, [typed]) },
    { name: 'a target beyond ASCII', bytes: request(`${method} ${target}?\xc3\x28\xff HTTP/1.1`, [typed, length(0)]) },
    { name: 'a target with a blank', bytes: request(`${method} ${target} x HTTP/1.1`, [typed]) },
    { name: 'a target without a slash', bytes: request(`${method} evil HTTP/1.1`, [typed]) },
    { name: 'a target of slashes', bytes: request(`${method} ${target}${'/'.repeat(2000)} HTTP/1.1`, [length(0)]) },
  ];
}
