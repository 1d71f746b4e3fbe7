import { availableParallelism, totalmem } from 'node:os';
import * as parse from './parsers.js';
import { openDoor } from './open-door.js';
import { SECURITY_SETTINGS } from './security-settings.js';
import { TELEMETRY_SETTINGS } from './telemetry-settings.js';
import { setting, type Setting } from './setting.js';

/** Which part of the service a process is. */
export const ROLES = ['all', 'api', 'worker'] as const;

export type Role = (typeof ROLES)[number];

/** cgroup-aware: `constrainedMemory` is 0 or absurdly large where no limit is set. */
function memoryOfMachine(): number {
  const constrained = process.constrainedMemory();
  return constrained > 0 && constrained < totalmem() ? constrained : totalmem();
}

/**
 * Every environment variable that Parley reads, but for the keys that the catalogue names (`Settings.secretOf`); nothing
 * else in `src/` touches `process.env`.
 */
export const SETTINGS = {
  port: setting('PORT', parse.integer(0, 65_535), 8000, 'Port of the service; 0 takes a free one'),
  host: setting(
    'HOST',
    parse.text,
    '127.0.0.1',
    'Address to listen on; beyond loopback it needs API_KEYS or API_KEYS_FILE',
  ),
  dialectPorts: setting<ReadonlyMap<number, string>>(
    'DIALECT_PORTS',
    parse.dialectPorts,
    new Map(),
    'More ports, each for one dialect alone: `1088=openai,8080=rkllama`',
  ),
  dataDir: setting(
    'DATA_DIR',
    parse.path,
    'data',
    'What the service keeps: models, jobs, conversations, thread calibration',
  ),
  modelsDir: setting<string | null>('MODELS_DIR', parse.path, null, 'Where models lie; default `DATA_DIR/models`'),
  filesDir: setting<string | null>(
    'FILES_DIR',
    parse.path,
    null,
    'Where files lie that were made, or sent for jobs; default `DATA_DIR/files`',
  ),
  queueUrl: setting<URL | null>(
    'QUEUE_URL',
    parse.queueUrl,
    null,
    'Where jobs and conversations live: `redis://…`, `rediss://…` or `postgres://…`; unset: an embedded store in DATA_DIR',
  ),
  role: setting<Role>(
    'ROLE',
    parse.oneOf(...ROLES),
    'all',
    'api answers requests and launches models, worker does the other jobs, all does both; the first two need QUEUE_URL',
  ),
  resultTtl: setting('RESULT_TTL', parse.integer(1, 31_536_000), 3600, 'Seconds that the result of a job is kept'),
  responsesTtl: setting(
    'RESPONSES_TTL',
    parse.integer(1, 31_536_000),
    2_592_000,
    'Seconds that answers of /v1/responses are kept',
  ),
  filesTtl: setting(
    'FILES_TTL',
    parse.integer(60, 31_536_000),
    3600,
    'Seconds that generated files are kept; those that clients sent for jobs stay a day at least',
  ),
  hfEndpoint: setting(
    'HF_ENDPOINT',
    parse.httpUrl,
    new URL('https://huggingface.co'),
    'The model hub: Hugging Face, or a mirror of it',
  ),
  hfToken: setting<string | null>(
    'HF_TOKEN',
    parse.text,
    null,
    'Access token for the hub, for gated and private models',
  ),
  egressAllow: setting<readonly string[]>(
    'EGRESS_ALLOW',
    parse.list,
    [],
    'Private hosts and networks that the service may still fetch from: `mirror.lan,10.1.0.0/16`',
  ),
  catalogueFile: setting<string | null>('CATALOGUE', parse.path, null, 'Another models.yaml than the one in config/'),
  modelsFile: setting<string | null>(
    'MODELS_FILE',
    parse.path,
    null,
    'A file like config/models.yaml, whose models are added to the catalogue or replace those of the same id',
  ),
  ...SECURITY_SETTINGS,
  strict: setting('STRICT', parse.flag, false, 'true refuses unknown JSON fields instead of ignoring them'),
  fullVersion: setting('FULL_VERSION', parse.flag, true, 'false hides and refuses heavy models'),
  autoload: setting('AUTOLOAD', parse.flag, true, 'true loads a model when a request names it'),
  preloadModels: setting<readonly string[]>(
    'PRELOAD_MODELS',
    parse.list,
    ['starter-chat'],
    'Models loaded and pinned at start; empty for none',
  ),
  defaultTextModel: setting('DEFAULT_TEXT_MODEL', parse.text, 'starter-chat', 'Text model of requests that name none'),
  defaultOcrModel: setting('DEFAULT_OCR_MODEL', parse.text, 'starter-ocr', 'Model that reads text off pictures'),
  defaultVisionModel: setting(
    'DEFAULT_VISION_MODEL',
    parse.text,
    'starter-vision',
    'Model that answers about pictures where a request names none',
  ),
  defaultImageModel: setting('DEFAULT_IMAGE_MODEL', parse.text, 'starter-image', 'Model that draws pictures'),
  imageTimeout: setting(
    'IMAGE_TIMEOUT',
    parse.integer(1, 86_400),
    1800,
    'Seconds that a client waits for pictures, unless it asked for a job',
  ),
  defaultEmbeddingModel: setting(
    'DEFAULT_EMBEDDING_MODEL',
    parse.text,
    'starter-embed',
    'Model that turns texts into vectors where a request names none',
  ),
  defaultRerankModel: setting<string | null>(
    'DEFAULT_RERANK_MODEL',
    parse.text,
    null,
    'Model that ranks documents where a request names none; default DEFAULT_EMBEDDING_MODEL',
  ),
  defaultSpeechModel: setting(
    'DEFAULT_SPEECH_MODEL',
    parse.text,
    'starter-voice',
    'Voice of requests that name none, and of those that name a voice of OpenAI',
  ),
  speechStreamChars: setting(
    'SPEECH_STREAM_CHARS',
    parse.integer(0, 1_000_000),
    20_000,
    'Longer texts are spoken by a job, whose file is sent once it is whole',
  ),
  chatvlmTimeout: setting(
    'CHATVLM_TIMEOUT',
    parse.integer(1, 86_400),
    30,
    'Seconds that a request of the chatvlm dialect may wait and work, unless it asked for a job',
  ),
  modelAliases: setting<ReadonlyMap<string, string>>(
    'MODEL_ALIASES',
    parse.stringMap,
    new Map(),
    'Other names of models: `Llama3-8B=starter-chat`',
  ),
  memoryBudget: setting(
    'MEMORY_BUDGET',
    parse.bytes,
    Math.floor(memoryOfMachine() * 0.8),
    'Bytes that all loaded models may take together (`6G`); default 80 % of the memory',
  ),
  slots: setting<number | null>(
    'SLOTS',
    parse.integer(1, 256),
    null,
    'Requests one model answers at a time; default as many as fit a quarter of the budget, at most 16',
  ),
  threads: setting<number | null>(
    'THREADS',
    parse.integer(1, 1024),
    null,
    'CPU threads of one model; default measured at the first load and remembered',
  ),
  contextSize: setting('CONTEXT_SIZE', parse.integer(64, 1_048_576), 8192, "Context in tokens, within the model's own"),
  maxQueue: setting('MAX_QUEUE', parse.integer(0, 100_000), 256, 'Requests that may wait for one model'),
  maxJobs: setting('MAX_JOBS', parse.integer(1, 1_000_000), 1000, 'Jobs of a kind that may wait in the store'),
  ssePingSeconds: setting(
    'SSE_PING_SECONDS',
    parse.integer(0, 3600),
    15,
    'Seconds of silence after which a stream of server-sent events has a comment; 0: none',
  ),
  stalledClientSeconds: setting(
    'STALLED_CLIENT_SECONDS',
    parse.integer(1, 86_400),
    60,
    'Seconds after which a client is cut that takes nothing of the answer that waits for it',
  ),
  drainSeconds: setting(
    'DRAIN_SECONDS',
    parse.integer(0, 3600),
    30,
    'How long running answers may go on after SIGTERM',
  ),
  logLevel: setting(
    'LOG_LEVEL',
    parse.oneOf('debug', 'info', 'warn', 'error', 'silent'),
    'info',
    'debug, info, warn, error or silent',
  ),
  ...TELEMETRY_SETTINGS,
} as const;

type Values = { readonly [K in keyof typeof SETTINGS]: (typeof SETTINGS)[K] extends Setting<infer T> ? T : never };

export interface Settings extends Omit<Values, 'modelsDir' | 'filesDir'> {
  readonly modelsDir: string;
  readonly filesDir: string;
  readonly cpuCount: number;
  /** The part of the environment that model processes get: what finds libraries and devices, and no secrets. */
  readonly runnerEnv: Readonly<Record<string, string>>;
  /** A secret that the catalogue names by its environment variable; null while that is unset or empty. */
  readonly secretOf: (variable: string) => string | null;
}

const PASSED_TO_RUNNERS =
  /^(PATH|HOME|TMPDIR|LANG|LC_\w+|TZ|LD_LIBRARY_PATH|CUDA_\w+|NVIDIA_\w+|GGML_\w+|NODE_LLAMA_CPP_\w+|VK_\w+)$/;

function environmentOfRunners(env: NodeJS.ProcessEnv): Record<string, string> {
  const passed = Object.entries(env).filter(([name]) => PASSED_TO_RUNNERS.test(name));
  return Object.fromEntries(passed.map(([name, value]) => [name, value ?? '']));
}

/** A setting that stops the start; the message names the variable. */
export class InvalidSettingError extends Error {
  override readonly name = 'InvalidSettingError';
}

function readOne<T>(one: Setting<T>, env: NodeJS.ProcessEnv): T {
  const raw = env[one.env];
  if (raw === undefined || (raw === '' && one.fallback === null)) return one.fallback;
  try {
    return one.parse(raw);
  } catch (error) {
    throw new InvalidSettingError(`${one.env} ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Reads and validates every setting once. Throws `InvalidSettingError` for the first that is wrong. */
export function readSettings(env: NodeJS.ProcessEnv): Settings {
  const values = Object.fromEntries(
    Object.entries(SETTINGS).map(([name, one]) => [name, readOne(one as Setting<unknown>, env)]),
  ) as unknown as Values;
  const open = values.apiKeys.length === 0 && values.apiKeysFile === null ? openDoor(values) : null;
  if (open !== null) throw new InvalidSettingError(open);
  if (values.headersTimeout > values.requestTimeout) {
    throw new InvalidSettingError('HEADERS_TIMEOUT is a part of REQUEST_TIMEOUT, and may not be longer');
  }
  if (values.role !== 'all' && values.queueUrl === null) {
    throw new InvalidSettingError(`ROLE=${values.role} needs QUEUE_URL: the embedded store serves one process alone`);
  }
  return {
    ...values,
    modelsDir: values.modelsDir ?? `${values.dataDir}/models`,
    filesDir: values.filesDir ?? `${values.dataDir}/files`,
    cpuCount: availableParallelism(),
    runnerEnv: environmentOfRunners(env),
    secretOf: (variable) => env[variable]?.trim() || null,
  };
}
