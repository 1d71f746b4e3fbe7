import { BlockList, isIP } from 'node:net';
import { beforeAll, describe, expect, it } from 'vitest';
import { MAX_PICTURES, MAX_PICTURE_BYTES } from '../../src/egress/picture-links.js';
import { isPublicAddress } from '../../src/egress/public-address.js';
import { build, named, type Manifest } from './support/manifests.js';

let base: readonly Manifest[];

beforeAll(async () => {
  base = await build('base');
});

describe('the network policies', () => {
  /** Whether a pod may open HTTPS to an address, by the blocks that are open and their exceptions. */
  function isOpen(address: string): boolean {
    const family = isIP(address) === 4 ? 'ipv4' : 'ipv6';
    const within = (networks: readonly string[]): boolean => {
      const list = new BlockList();
      const ofFamily = networks
        .map((network) => network.split('/'))
        .filter(([net = '']) => isIP(net) === isIP(address));
      for (const [net = '', prefix] of ofFamily) list.addSubnet(net, Number(prefix), family);
      return list.check(address, family);
    };
    const rules = named(base, 'NetworkPolicy', 'parley').spec?.egress ?? [];
    const https = rules.filter(({ ports }) => ports?.some(({ port }) => port === 443));
    return https
      .flatMap(({ to }) => to ?? [])
      .some(({ ipBlock }) => ipBlock !== undefined && within([ipBlock.cidr]) && !within(ipBlock.except ?? []));
  }

  it.each([
    ...[
      '0.0.0.0',
      '10.1.2.3',
      '100.64.0.1',
      '127.0.0.1',
      '169.254.169.254',
      '172.31.255.255',
      '192.0.0.1',
      '192.0.2.1',
    ],
    ...['192.88.99.1', '192.168.1.1', '198.19.0.1', '198.51.100.1', '203.0.113.1', '224.0.0.1', '255.255.255.255'],
    ...['::', '::1', '::ffff:10.0.0.1', '64:ff9b::a00:1', 'fd00::1', 'fe80::1', 'ff02::1', '2001::1', '2001:db8::1'],
    ...['2002:a00:1::', '3fff::1', '8.8.8.8', '172.32.0.1', '100.128.0.1', '192.0.3.1', '2606:4700::1', '2001:4860::1'],
  ])('lead to %s where the service would go there, and nowhere else', (address) => {
    expect(isOpen(address)).toBe(isPublicAddress(address));
  });
});

describe('the Ingress', () => {
  it('takes the largest form, passes streams as they come, and waits an hour', () => {
    const { metadata } = named(base, 'Ingress', 'parley');
    const { annotations = {} } = metadata;
    for (const [community, own] of [
      ['proxy-body-size', 'client-max-body-size'],
      ['proxy-read-timeout', 'proxy-read-timeout'],
    ] as const) {
      const value = annotations[`nginx.ingress.kubernetes.io/${community}`] ?? '';
      expect(annotations[`nginx.org/${own}`]).toMatch(new RegExp(`^${value}s?$`));
    }
    const megabytes = Number.parseInt(annotations['nginx.ingress.kubernetes.io/proxy-body-size'] ?? '', 10);
    expect(megabytes * 1024 ** 2).toBeGreaterThan(MAX_PICTURES * MAX_PICTURE_BYTES);
    expect(annotations).toMatchObject({
      'nginx.ingress.kubernetes.io/proxy-buffering': 'off',
      'nginx.org/proxy-buffering': 'False',
      'nginx.ingress.kubernetes.io/proxy-read-timeout': '3600',
    });
  });
});
