import { BlockList, isIP } from 'node:net';

/** IPv4 that IANA's registry of special-purpose addresses does not call globally reachable. */
const SPECIAL_IPV4: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8], // this network; 0.0.0.0 reaches this very machine
  ['10.0.0.0', 8],
  ['100.64.0.0', 10], // carrier-grade NAT
  ['127.0.0.0', 8],
  ['169.254.0.0', 16], // link-local, where clouds serve their credentials
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24], // documentation, and so are the next two of this kind
  ['192.88.99.0', 24], // 6to4 relays
  ['192.168.0.0', 16],
  ['198.18.0.0', 15], // benchmarks
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4], // multicast
  ['240.0.0.0', 4], // reserved, and broadcast
];

/**
 * Everything public in IPv6 is in here. What is outside of it is loopback, unspecified, link-local, unique-local,
 * multicast, or another way to write an IPv4 address (mapped, compatible, NAT64), which needs no list of its own.
 */
const GLOBAL_UNICAST_IPV6: readonly [string, number] = ['2000::', 3];

/** Parts of global unicast that carry an IPv4 address inside, or lead nowhere. */
const SPECIAL_IPV6: readonly (readonly [string, number])[] = [
  ['2001::', 23], // protocol assignments, Teredo among them
  ['2001:db8::', 32], // documentation
  ['2002::', 16], // 6to4
  ['3fff::', 20], // documentation
];

// One list for each family: a BlockList also matches IPv4 against the mapped part of an IPv6 network.
const specialIpv4 = new BlockList();
for (const [net, prefix] of SPECIAL_IPV4) specialIpv4.addSubnet(net, prefix, 'ipv4');

const globalIpv6 = new BlockList();
globalIpv6.addSubnet(...GLOBAL_UNICAST_IPV6, 'ipv6');

const specialIpv6 = new BlockList();
for (const [net, prefix] of SPECIAL_IPV6) specialIpv6.addSubnet(net, prefix, 'ipv6');

/** True for an address that anybody on the internet reaches; false for all others and for what is no address. */
export function isPublicAddress(address: string): boolean {
  const bare = withoutZone(address);
  const family = isIP(bare);
  if (family === 4) return !specialIpv4.check(bare, 'ipv4');
  return family === 6 && globalIpv6.check(bare, 'ipv6') && !specialIpv6.check(bare, 'ipv6');
}

/** `fe80::1%eth0` → `fe80::1`; a BlockList matches nothing that has a zone. */
export function withoutZone(address: string): string {
  return address.replace(/%.*$/, '');
}
