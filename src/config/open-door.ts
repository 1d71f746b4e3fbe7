import { isIP } from 'node:net';

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

interface Door {
  readonly host: string;
  readonly allowUnauthenticated: boolean;
}

/** Why a service with no key may not start, in the words of its settings; null where it may. */
export function openDoor({ host, allowUnauthenticated }: Door): string | null {
  if (isLoopback(host) || allowUnauthenticated) return null;
  return `HOST=${host} is reachable from outside: set API_KEYS or API_KEYS_FILE, or ALLOW_UNAUTHENTICATED=true to open it to anyone`;
}
