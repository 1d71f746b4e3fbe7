import { describe, expect, it } from 'vitest';
import { InvalidSettingError } from '../../src/config/settings.js';
import { AllowList } from '../../src/egress/allow-list.js';
import { isPublicAddress } from '../../src/egress/public-address.js';
import { nextHop, type Hop } from '../../src/egress/redirects.js';
import { messageOf } from './support/errors.js';

describe('addresses that are not public', () => {
  it.each([
    ['unspecified', '0.0.0.0', '::'],
    ['this network', '0.1.2.3'],
    ['loopback', '127.0.0.1', '127.255.255.254', '::1'],
    ['private', '10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1'],
    ['shared with a carrier', '100.64.0.1', '100.127.255.255'],
    ['link-local', '169.254.169.254', 'fe80::1', 'fe80::1%eth0', 'febf::1'],
    ['unique-local', 'fc00::1', 'fd12:3456::1'],
    ['site-local', 'fec0::1'],
    ['multicast', '224.0.0.1', '239.255.255.255', 'ff02::1'],
    ['reserved and broadcast', '240.0.0.1', '255.255.255.255'],
    ['for documents and benchmarks', '192.0.2.1', '198.51.100.1', '203.0.113.1', '198.18.0.1', '2001:db8::1'],
    ['IPv4 inside of IPv6', '::ffff:127.0.0.1', '::ffff:10.0.0.1', '::ffff:8.8.8.8', '::127.0.0.1'],
    ['NAT64', '64:ff9b::7f00:1', '64:ff9b::808:808', '64:ff9b:1::1'],
    ['6to4 and Teredo', '2002:7f00:1::', '2001:0:1::1'],
    ['no address', 'localhost', '', '127.1', '0x7f.0.0.1', '1.2.3.4.5'],
  ])('%s', (_, ...addresses) => {
    expect(addresses.filter((address) => isPublicAddress(address))).toEqual([]);
  });
});

it('public addresses are public', () => {
  const addresses = ['8.8.8.8', '1.1.1.1', '172.32.0.1', '100.128.0.1', '2606:4700::1111', '2a00:1450:4001::200e'];
  expect(addresses.filter((address) => !isPublicAddress(address))).toEqual([]);
});

describe('EGRESS_ALLOW', () => {
  it('knows hosts, whole and whatever their spelling', () => {
    const list = new AllowList(['Mirror.lan', 'nas_1']);
    expect(['mirror.lan', 'MIRROR.LAN.', 'nas_1'].map((host) => list.allowsHost(host))).toEqual([true, true, true]);
    expect(['lan', 'a.mirror.lan', 'mirror.lan.evil.org'].map((host) => list.allowsHost(host))).toEqual([
      false,
      false,
      false,
    ]);
  });

  it('knows addresses and networks of both kinds', () => {
    const list = new AllowList(['10.1.0.0/16', '192.168.1.7', 'fd00::/8', '::1']);
    const inside = ['10.1.2.3', '192.168.1.7', 'fd12::1', 'fd12::1%eth0', '::1'];
    expect(inside.filter((address) => !list.allowsAddress(address))).toEqual([]);
    const outside = ['10.2.0.1', '192.168.1.8', 'fe80::1', '::2', '::ffff:10.1.2.3', 'mirror.lan'];
    expect(outside.filter((address) => list.allowsAddress(address))).toEqual([]);
  });

  it('does not let a network of one kind allow the other', () => {
    expect(new AllowList(['::/0']).allowsAddress('127.0.0.1')).toBe(false);
    expect(new AllowList(['0.0.0.0/0']).allowsAddress('::1')).toBe(false);
  });

  it.each([
    'http://mirror.lan',
    'mirror.lan:80',
    '10.0.0.0/33',
    '10.0.0.0/',
    '10.0.0/8',
    '10.0.0.0/8/8',
    '10.0.0',
    '256.1.1.1',
    'fd00::/129',
    '*.lan',
    'a b',
    '',
    '[::1]',
  ])('names an entry that is none of them: "%s"', (entry) => {
    expect(() => new AllowList(['mirror.lan', entry])).toThrow(InvalidSettingError);
    expect(messageOf(() => new AllowList([entry]))).toContain(`EGRESS_ALLOW has "${entry}"`);
  });
});

describe('a redirect', () => {
  const hop: Hop = {
    url: new URL('https://a.example/x'),
    method: 'POST',
    headers: { authorization: 'secret', 'x-key': 'secret', accept: '*/*', 'content-type': 'application/json' },
    body: '{}',
  };

  it('to another origin loses what is secret', () => {
    for (const url of ['https://b.example/', 'http://a.example/', 'https://a.example:444/']) {
      const next = nextHop(hop, 307, new URL(url), ['X-Key']);
      expect(next.headers).toEqual({ accept: '*/*', 'content-type': 'application/json' });
    }
  });

  it('on the same origin keeps it', () => {
    expect(nextHop(hop, 307, new URL('https://a.example/y'), ['X-Key']).headers).toEqual(hop.headers);
  });

  it('never gets it back by returning', () => {
    const away = nextHop(hop, 307, new URL('https://b.example/'), ['X-Key']);
    expect(nextHop(away, 307, new URL('https://a.example/x'), ['X-Key']).headers).toEqual(away.headers);
  });

  it('keeps the method where the status says so, and becomes a GET elsewhere', () => {
    const url = new URL('https://a.example/y');
    expect([307, 308].map((status) => nextHop(hop, status, url, []))).toEqual([
      { ...hop, url },
      { ...hop, url },
    ]);
    for (const status of [301, 302, 303]) {
      const next = nextHop(hop, status, url, []);
      expect([next.method, next.body, next.headers['content-type']]).toEqual(['GET', null, undefined]);
    }
  });
});
