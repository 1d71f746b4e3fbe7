import { describe, expect, it } from 'vitest';
import { InvalidSettingError, readSettings, SETTINGS } from '../../src/config/settings.js';
import { messageOf } from './support/errors.js';

/** A value that each setting must refuse; settings of free text have none. */
const BAD_VALUES: readonly (readonly [string, string])[] = [
  ['PORT', '65536'],
  ['PORT', ''],
  ['DATA_DIR', '/'],
  ['MODELS_DIR', '/'],
  ['CATALOGUE', '/'],
  ['API_KEYS', 'Team:key'],
  ['API_KEYS', 'anonymous:key'],
  ['API_KEYS', 'team:'],
  ['API_KEYS', 'one:key,two:key'],
  ['API_KEYS', 'two words'],
  ['API_KEYS_FILE', '/'],
  ['ALLOW_UNAUTHENTICATED', 'yes'],
  ['CORS_ORIGINS', 'chat.example.org'],
  ['CORS_ORIGINS', 'https://chat.example.org/'],
  ['CORS_ORIGINS', 'null'],
  ['CORS_ORIGINS', '*,https://chat.example.org'],
  ['HEADERS_TIMEOUT', '0'],
  ['BODY_TIMEOUT', '0'],
  ['REQUEST_TIMEOUT', '0'],
  ['MAX_CONNECTIONS', '0'],
  ['RATE_LIMIT', 'often'],
  ['STRICT', 'strictly'],
  ['FULL_VERSION', '2'],
  ['AUTOLOAD', 'on'],
  ['MODEL_ALIASES', 'Llama3-8B'],
  ['MEMORY_BUDGET', 'everything'],
  ['SLOTS', '0'],
  ['THREADS', 'all'],
  ['CONTEXT_SIZE', '63'],
  ['MAX_QUEUE', '-1'],
  ['MAX_QUEUE', ''],
  ['DRAIN_SECONDS', '1.5'],
  ['DRAIN_SECONDS', ''],
  ['LOG_LEVEL', 'loud'],
];

describe('readSettings', () => {
  it('has a default for everything', () => {
    const settings = readSettings({});
    expect(settings).toMatchObject({
      port: 8000,
      host: '127.0.0.1',
      dataDir: 'data',
      modelsDir: 'data/models',
      apiKeys: [],
      autoload: true,
      fullVersion: true,
      preloadModels: ['starter-chat'],
      defaultTextModel: 'starter-chat',
      slots: null,
      rateLimit: null,
    });
    expect(settings.memoryBudget).toBeGreaterThan(0);
    expect(settings.cpuCount).toBeGreaterThanOrEqual(1);
  });

  it('reads what is set', () => {
    const settings = readSettings({
      PORT: '0',
      DATA_DIR: '/srv/d',
      API_KEYS: 'a,team-b:b',
      SLOTS: '4',
      STRICT: 'true',
    });
    expect(settings).toMatchObject({
      port: 0,
      modelsDir: '/srv/d/models',
      apiKeys: [
        { name: null, key: 'a' },
        { name: 'team-b', key: 'b' },
      ],
      slots: 4,
      strict: true,
    });
    expect(readSettings({ DATA_DIR: '/srv/d', MODELS_DIR: '/models/here' }).modelsDir).toBe('/models/here');
  });

  it.each(BAD_VALUES)('refuses %s=%j with one line that names it', (env, value) => {
    const message = messageOf(() => readSettings({ [env]: value }));
    expect(message).toMatch(new RegExp(`^${env} `));
    expect(message).not.toContain('\n');
  });

  it.each(['Hidden:sesame', 'sesame:', 'one:sesame,two:sesame', 'sesame\u00e9'])(
    'never shows a key of API_KEYS=%s',
    (given) => {
      expect(messageOf(() => readSettings({ API_KEYS: given }))).not.toMatch(/sesame|Hidden/);
    },
  );

  it('refuses more time for the headers than for the whole request', () => {
    const message = messageOf(() => readSettings({ HEADERS_TIMEOUT: '20', REQUEST_TIMEOUT: '10' }));
    expect(message).toContain('HEADERS_TIMEOUT');
  });

  it('throws its own kind of error', () => {
    expect(() => readSettings({ PORT: 'x' })).toThrow(InvalidSettingError);
  });

  it('takes an empty value of an optional setting for unset', () => {
    expect(readSettings({ SLOTS: '', RATE_LIMIT: '', MODELS_DIR: '', METRICS_KEY: '' })).toMatchObject({
      slots: null,
      rateLimit: null,
      modelsDir: 'data/models',
      metricsKey: null,
    });
  });

  it('takes an empty PRELOAD_MODELS for none', () => {
    expect(readSettings({ PRELOAD_MODELS: '' }).preloadModels).toEqual([]);
  });
});

describe('leaving loopback', () => {
  it.each(['0.0.0.0', '::', '192.168.1.2', '127.evil.example', '', 'localhost.example'])(
    'HOST=%s is refused without keys',
    (host) => {
      const message = messageOf(() => readSettings({ HOST: host }));
      expect(message).toContain(`HOST=${host}`);
      expect(message).toContain('API_KEYS');
      expect(message).not.toContain('\n');
    },
  );

  it.each(['127.0.0.1', '127.8.8.8', '::1', 'localhost'])('HOST=%s needs none', (host) => {
    expect(readSettings({ HOST: host }).host).toBe(host);
  });

  it('is allowed with keys, or when it was asked for', () => {
    expect(readSettings({ HOST: '0.0.0.0', API_KEYS: 'secret' }).host).toBe('0.0.0.0');
    expect(readSettings({ HOST: '0.0.0.0', ALLOW_UNAUTHENTICATED: 'true' }).host).toBe('0.0.0.0');
  });

  it('does not take a list of nothing for keys', () => {
    expect(() => readSettings({ HOST: '0.0.0.0', API_KEYS: ' , ' })).toThrow('API_KEYS');
  });
});

describe('the environment of runners', () => {
  it('has what finds libraries and devices, and no secrets', () => {
    const { runnerEnv } = readSettings({
      PATH: '/bin',
      LD_LIBRARY_PATH: '/lib',
      CUDA_VISIBLE_DEVICES: '0',
      LC_ALL: 'C',
      API_KEYS: 'secret',
      METRICS_KEY: 'secret',
      HF_TOKEN: 'secret',
      NODE_OPTIONS: '--inspect',
      XPATH: 'x',
    });
    expect(runnerEnv).toEqual({ PATH: '/bin', LD_LIBRARY_PATH: '/lib', CUDA_VISIBLE_DEVICES: '0', LC_ALL: 'C' });
  });
});

describe('the list of settings', () => {
  it('says one line about each, and uses each name once', () => {
    const all = Object.values(SETTINGS);
    for (const { env, about } of all) {
      expect(env).toMatch(/^[A-Z][A-Z_]*$/);
      expect(about).toMatch(/^\S.*\S$/);
      expect(about).not.toContain('\n');
    }
    expect(new Set(all.map(({ env }) => env)).size).toBe(all.length);
  });
});
