import { lookup as systemLookup, type LookupAddress } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { buildConnector } from 'undici';
import type { AllowList } from './allow-list.js';
import { EgressRefusedError } from './egress-errors.js';
import { isPublicAddress } from './public-address.js';

/** Looks up every address of a host name, as `dns.lookup` does with `all`; there are none beside an error. */
export type ResolveHost = (
  hostname: string,
  done: (error: NodeJS.ErrnoException | null, addresses?: LookupAddress[]) => void,
) => void;

export const resolveBySystem: ResolveHost = (hostname, done) => systemLookup(hostname, { all: true }, done);

/**
 * The lookup of a socket, which leaves out the addresses that are not permitted. It runs inside of the connect, so that
 * the address that was checked is the one that is connected to, whatever the name resolves to a moment later.
 */
function permittedLookup(resolve: ResolveHost, permits: (address: string) => boolean): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, (error, found = []) => {
      const permitted = found.filter(({ address }) => permits(address));
      const first = permitted[0];
      if (error !== null) callback(error, []);
      else if (first === undefined) callback(new EgressRefusedError(hostname), []);
      else if (options.all === true) callback(null, permitted);
      else callback(null, first.address, first.family);
    });
  };
}

export interface ConnectRules {
  readonly allow: AllowList;
  /** Host names that the operator gave; what they resolve to is the operator's affair. */
  readonly trustedHosts: ReadonlySet<string>;
  readonly resolve: ResolveHost;
  readonly connectTimeoutMs: number;
}

/** Opens the sockets of an undici agent, and refuses those that the rules forbid with {@link EgressRefusedError}. */
export function checkedConnector(rules: ConnectRules): buildConnector.connector {
  const { allow, resolve, connectTimeoutMs: timeout } = rules;
  const permits = (address: string): boolean => isPublicAddress(address) || allow.allowsAddress(address);
  const connectAnywhere = buildConnector({ timeout, lookup: permittedLookup(resolve, () => true) });
  const connectChecked = buildConnector({ timeout, lookup: permittedLookup(resolve, permits) });
  return (target, callback) => {
    const { hostname } = target;
    if (rules.trustedHosts.has(hostname) || allow.allowsHost(hostname)) connectAnywhere(target, callback);
    // An address in the URL is never looked up, so that the lookup would not see it.
    else if (isIP(hostname) !== 0 && !permits(hostname)) callback(new EgressRefusedError(hostname), null);
    else connectChecked(target, callback);
  };
}
