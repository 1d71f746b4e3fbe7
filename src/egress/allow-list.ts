import { BlockList, isIP } from 'node:net';
import { InvalidSettingError } from '../config/settings.js';
import { withoutZone } from './public-address.js';

/** A host name whose last label is no number: `10.0.0` would be a mistyped address. */
const HOST_NAME = /^(?=.{1,253}$)(?:[\w-]{1,63}\.)*(?!\d+$|0x)[\w-]{1,63}$/i;

type Family = 'ipv4' | 'ipv6';

function familyOf(address: string): Family | null {
  const family = isIP(address);
  if (family === 0) return null;
  return family === 4 ? 'ipv4' : 'ipv6';
}

/** `EGRESS_ALLOW`: hosts, addresses and networks that may be fetched from although they are private. */
export class AllowList {
  private readonly hosts = new Set<string>();
  // One list for each family: a BlockList matches addresses of one against networks of the other.
  private readonly networks: Readonly<Record<Family, BlockList>> = { ipv4: new BlockList(), ipv6: new BlockList() };

  /** Throws `InvalidSettingError` that names the first entry that is none of the three. */
  constructor(entries: readonly string[]) {
    for (const entry of entries) {
      if (!this.addNetwork(entry) && !this.addHost(entry)) {
        throw new InvalidSettingError(
          `EGRESS_ALLOW has "${entry}" where a host name, an address or a network such as 10.1.0.0/16 was expected`,
        );
      }
    }
  }

  /** Host names are compared whole: `lan` does not allow `mirror.lan`. */
  allowsHost(host: string): boolean {
    return this.hosts.has(normal(host));
  }

  allowsAddress(address: string): boolean {
    const bare = withoutZone(address);
    const family = familyOf(bare);
    return family !== null && this.networks[family].check(bare, family);
  }

  private addNetwork(entry: string): boolean {
    const [address = '', prefix, ...rest] = entry.split('/');
    const family = familyOf(address);
    if (family === null || rest.length > 0) return false;
    const bits = family === 'ipv4' ? 32 : 128;
    const length = prefix === undefined ? bits : Number(prefix);
    if (prefix !== undefined && (!/^\d{1,3}$/.test(prefix) || length > bits)) return false;
    this.networks[family].addSubnet(address, length, family);
    return true;
  }

  private addHost(entry: string): boolean {
    if (!HOST_NAME.test(normal(entry))) return false;
    this.hosts.add(normal(entry));
    return true;
  }
}

function normal(host: string): string {
  return host.toLowerCase().replace(/\.$/, '');
}
