import Fastify from 'fastify';
import { describe, expect, it } from 'vitest';
import { baseOf } from '../../src/http/request/base-url.js';
import { TRUSTED_PROXIES } from '../../src/http/server/trusted-proxies.js';

const service = Fastify({ trustProxy: TRUSTED_PROXIES });
service.get('/', (request) => ({ base: baseOf(request), ip: request.ip }));

async function seenFrom(remoteAddress: string): Promise<unknown> {
  const headers = {
    host: 'parley.example',
    'x-forwarded-host': 'ingress.example',
    'x-forwarded-proto': 'https',
    'x-forwarded-for': '198.51.100.7',
  };
  return (await service.inject({ method: 'GET', url: '/', remoteAddress, headers })).json();
}

describe('X-Forwarded-*', () => {
  it.each(['127.0.0.1', '10.2.3.4', '192.168.1.2', '172.20.0.1', '::1', 'fd00::1', '::ffff:10.2.3.4'])(
    'counts from %s, where an ingress may be',
    async (peer) => {
      expect(await seenFrom(peer)).toEqual({ base: 'https://ingress.example', ip: '198.51.100.7' });
    },
  );

  it.each(['203.0.113.5', '8.8.8.8', '172.32.0.1', '2001:db8::1', '::ffff:203.0.113.5'])(
    'says nothing from %s',
    async (peer) => {
      expect(await seenFrom(peer)).toEqual({ base: 'http://parley.example', ip: peer });
    },
  );
});
