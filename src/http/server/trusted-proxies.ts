/**
 * Whose `X-Forwarded-*` headers count: an ingress in the same private network. Anybody else could choose what addresses
 * in answers look like.
 */
export const TRUSTED_PROXIES = ['loopback', 'linklocal', 'uniquelocal'];
