import { apiKeys, type ConfiguredKey } from './api-keys.js';
import * as parse from './parsers.js';
import { setting } from './setting.js';

/** Who may call, from where, how often, and how long a request may take to arrive. */
export const SECURITY_SETTINGS = {
  apiKeys: setting<readonly ConfiguredKey[]>(
    'API_KEYS',
    apiKeys,
    [],
    'Accepted keys, separated by commas, each `key` or `name:key`',
  ),
  apiKeysFile: setting<string | null>(
    'API_KEYS_FILE',
    parse.path,
    null,
    'A YAML file of more keys, with limits of their own; read again when it changes',
  ),
  metricsKey: setting<string | null>('METRICS_KEY', parse.text, null, 'A key that only opens /metrics'),
  adminKey: setting<string | null>('ADMIN_KEY', parse.text, null, 'A key that only opens the queue board'),
  allowUnauthenticated: setting(
    'ALLOW_UNAUTHENTICATED',
    parse.flag,
    false,
    'true lets HOST leave loopback without API_KEYS',
  ),
  rateLimit: setting<parse.RateLimit | null>(
    'RATE_LIMIT',
    parse.rateLimit,
    null,
    'Requests/seconds allowed to each key, such as `60/60`; unset: no limit',
  ),
  corsOrigins: setting<readonly string[]>(
    'CORS_ORIGINS',
    parse.origins,
    [],
    'Origins whose pages may call from a browser: `https://chat.example.org`, or `*`; unset: none',
  ),
  headersTimeout: setting(
    'HEADERS_TIMEOUT',
    parse.integer(1, 3600),
    15,
    "Seconds that a client may take to send a request's headers",
  ),
  bodyTimeout: setting(
    'BODY_TIMEOUT',
    parse.integer(1, 3600),
    30,
    'Seconds that a body may take to arrive, and one more for every 16 KiB of it',
  ),
  requestTimeout: setting(
    'REQUEST_TIMEOUT',
    parse.integer(1, 86_400),
    3600,
    'Seconds that a whole request may take to arrive, however large it is',
  ),
  maxConnections: setting(
    'MAX_CONNECTIONS',
    parse.integer(1, 1_000_000),
    4096,
    'Connections that each port keeps open at a time',
  ),
} as const;
