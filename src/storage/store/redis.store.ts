import { Redis } from 'ioredis';
import { OutageLog } from './outage-log.js';
import { Store, storeUnreachable } from './store.js';

const CONNECT_TIMEOUT_MS = 3000;
const LONGEST_RETRY_MS = 1000;

/** What ioredis is given for a `redis://` or `rediss://` URL, here and in BullMQ's own connections. */
export interface RedisConnectionOptions {
  readonly host: string;
  readonly port: number;
  readonly db: number;
  readonly username?: string;
  readonly password?: string;
  readonly tls?: { readonly servername: string };
  readonly connectTimeout: number;
  readonly retryStrategy: (times: number) => number | null;
  readonly maxRetriesPerRequest: null;
}

function optionsOf(url: URL, isClosed: () => boolean): RedisConnectionOptions {
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? 6379 : Number(url.port),
    db: Number(url.pathname.slice(1) || 0),
    ...(url.username !== '' && { username: decodeURIComponent(url.username) }),
    ...(url.password !== '' && { password: decodeURIComponent(url.password) }),
    ...(url.protocol === 'rediss:' && { tls: { servername: url.hostname } }),
    connectTimeout: CONNECT_TIMEOUT_MS,
    // Null ends a connection for good: what BullMQ still asks then fails, instead of holding up the end of the process.
    retryStrategy: (times) => (isClosed() ? null : Math.min(times * 100, LONGEST_RETRY_MS)),
    // BullMQ's workers block for as long as it takes.
    maxRetriesPerRequest: null,
  };
}

/** A Redis server. It may be away when the service starts, and come back at any time. */
export class RedisStore extends Store {
  readonly speaks = 'redis';
  /** For commands outside BullMQ, whose queues make connections of their own from {@link queueConnection}. */
  readonly client: Redis;
  readonly queueConnection: RedisConnectionOptions;
  private readonly outages = new OutageLog('Redis');
  private connecting: Promise<void> | null = null;
  private closed = false;

  constructor(url: URL) {
    super();
    this.queueConnection = optionsOf(url, () => this.closed);
    // Commands fail at once while the server is away, instead of being run when nobody waits for them any more.
    this.client = new Redis({ ...this.queueConnection, lazyConnect: true, enableOfflineQueue: false });
    this.client.on('error', (error: Error) => this.outages.failed(error));
    this.client.on('ready', () => this.outages.succeeded());
  }

  override get isOpen(): boolean {
    return this.client.status === 'ready';
  }

  protected override get isUntouched(): boolean {
    return false;
  }

  override start(): void {
    void this.connect();
  }

  override noteUnfinished(): void {
    // a server is asked at each start
  }

  override async open(): Promise<void> {
    if (this.isOpen) return;
    await this.connect();
    if (this.client.status !== 'ready') throw storeUnreachable();
  }

  override async close(): Promise<void> {
    if (this.closed) return;
    const away = !this.isOpen;
    this.closed = true;
    this.client.disconnect();
    // BullMQ waits for the end of a connection that ioredis, while it waits for its next attempt, never tells.
    if (away) await new Promise((resolve) => setTimeout(resolve, LONGEST_RETRY_MS + CONNECT_TIMEOUT_MS / 10));
  }

  /** Everybody waits for the first attempt; later ones are the client's own. */
  private connect(): Promise<void> {
    this.connecting ??= this.client.connect().catch(() => undefined);
    return this.connecting;
  }

  protected override async ping(): Promise<void> {
    await this.client.ping();
  }
}
