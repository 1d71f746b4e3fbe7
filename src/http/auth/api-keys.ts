import { Logger, type OnModuleDestroy } from '@nestjs/common';
import { openDoor } from '../../config/open-door.js';
import { InvalidSettingError, type Settings } from '../../config/settings.js';
import { KeyRing, plainKey, type KeyEntry } from './key-ring.js';
import { KeysFileError, parseKeysFile } from './keys-file.js';
import { WatchedFile } from './watched-file.js';

type KeySettings = Pick<Settings, 'apiKeys' | 'apiKeysFile' | 'host' | 'allowUnauthenticated'>;

/**
 * The API keys of API_KEYS and API_KEYS_FILE. The file is read again when it changes, and on SIGHUP; one that is wrong
 * or gone changes nothing.
 */
export class ApiKeys implements OnModuleDestroy {
  private readonly log = new Logger('Keys');
  private readonly configured: readonly KeyEntry[];
  private readonly file: WatchedFile | null;
  private current: KeyRing;
  private readonly onHangup = (): void => void this.file?.look();

  private constructor(private readonly settings: KeySettings) {
    this.configured = settings.apiKeys.map(({ name, key }) => plainKey(key, name));
    this.current = new KeyRing(this.configured);
    const listener = {
      changed: (text: string): void => this.replace(text),
      unreadable: (reason: string): void => this.keep(`cannot be read: ${reason}`),
    };
    this.file = settings.apiKeysFile === null ? null : new WatchedFile(settings.apiKeysFile, listener);
  }

  /** Whether callers need a key. A file that has lost its last key closes the service; it does not open it to anyone. */
  get needed(): boolean {
    return this.file !== null || !this.current.empty;
  }

  get ring(): KeyRing {
    return this.current;
  }

  /** Rejects with `InvalidSettingError` for a file that is wrong, and where no key would be left to keep strangers out. */
  static async load(settings: KeySettings): Promise<ApiKeys> {
    const keys = new ApiKeys(settings);
    await keys.readFirst();
    return keys;
  }

  onModuleDestroy(): void {
    this.file?.stop();
    process.removeListener('SIGHUP', this.onHangup);
  }

  private async readFirst(): Promise<void> {
    if (this.file === null) return;
    try {
      this.current = this.ringWith(await this.file.read());
    } catch (error) {
      throw new InvalidSettingError(`API_KEYS_FILE ${reasonOf(error)}`);
    }
    if (this.current.empty) this.refuseNoKeys();
    this.file.start();
    process.on('SIGHUP', this.onHangup);
  }

  private refuseNoKeys(): void {
    const reason = openDoor(this.settings);
    if (reason !== null) throw new InvalidSettingError(`API_KEYS_FILE has no key, and ${reason}`);
    this.log.warn('API_KEYS_FILE has no key: every request that needs one is refused');
  }

  private ringWith(text: string): KeyRing {
    return new KeyRing([...this.configured, ...parseKeysFile(text, this.configured)]);
  }

  private replace(text: string): void {
    try {
      this.current = this.ringWith(text);
      this.log.log('API_KEYS_FILE was read again');
    } catch (error) {
      this.keep(reasonOf(error));
    }
  }

  private keep(reason: string): void {
    this.log.error(`API_KEYS_FILE ${reason}; the keys stay as they were`);
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof KeysFileError) return error.message;
  return `cannot be read: ${error instanceof Error ? error.message : String(error)}`;
}
